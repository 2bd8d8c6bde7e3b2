// How long forms marked data-metered="kind" take, where her school has turned it on: added up here by week and kind, from first
// touch to sending, without pauses of over two minutes. On a later day the sums go out as one, with no name, account or time; on
// the day itself nothing does. Other scripts tell of themselves by "form:touched" and "form:sent". Written in ES2015.
(function () {
  "use strict";

  var script = document.currentScript;
  var user = document.body.dataset.user;
  if (!script || !user || !window.fetch || !window.WeakMap) { return; }
  var KEY = "burden:" + user;
  var PAUSE = 120000; // ms: whoever touches nothing for longer does something else
  var DAYS_KEPT = 56;
  var begun = new WeakMap(); // form → { ms, last }

  // --- Days ---

  function iso(date) {
    return date.getFullYear() + "-" + ("0" + (date.getMonth() + 1)).slice(-2) + "-" + ("0" + date.getDate()).slice(-2);
  }

  function daysAgo(days) {
    var now = new Date();
    return iso(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
  }

  function monday() { return daysAgo((new Date().getDay() + 6) % 7); }

  // --- Keeping. day: of the oldest sum that waits; sums: "week form" → filled, seconds, fields; known: weeks and kinds sent ---

  function kept() {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch (error) { return {}; }
  }

  function keep(state) {
    try { localStorage.setItem(KEY, JSON.stringify(state)); } catch (error) { /* Then nothing is measured. */ }
  }

  function change(edit) {
    var state = kept();
    edit(state);
    keep(state);
  }

  function dropSums(state) {
    delete state.day;
    delete state.sums;
  }

  function note(kind, filled, ms, fields) {
    change(function (state) {
      var key = monday() + " " + kind;
      var sums = state.sums || {};
      var before = sums[key] || [0, 0, 0];
      sums[key] = [before[0] + filled, before[1] + ms / 1000, before[2] + fields];
      state.sums = sums;
      state.day = state.day || daysAgo(0);
    });
  }

  // --- Measuring ---

  function touch(form) {
    var now = Date.now();
    var was = begun.get(form) || { ms: 0, last: now };
    var gap = now - was.last;
    begun.set(form, { ms: was.ms + (gap > 0 && gap <= PAUSE ? gap : 0), last: now });
  }

  // By name, as far as they show; pupils on a roll show as something else.
  function fieldsOf(form) {
    if (form.dataset.meteredFields) { return Number(form.dataset.meteredFields); }
    var names = {};
    Array.prototype.forEach.call(form.elements, function (input) {
      if (input.name && input.tagName !== "BUTTON" && input.type !== "hidden" && input.offsetParent) { names[input.name] = true; }
    });
    return Object.keys(names).length;
  }

  function sent(form) {
    if (!begun.has(form)) { return; }
    touch(form);
    var ms = begun.get(form).ms;
    begun.delete(form);
    if (kept().shared === false) { return; }
    // What was refused and is sent again is the same form, and took longer.
    var again = form.querySelector("[aria-invalid=true], .is-invalid");
    note(form.dataset.metered, again ? 0 : 1, ms, again ? 0 : fieldsOf(form));
  }

  function meteredAt(target) { return target && target.closest && target.closest("form[data-metered]"); }

  ["pointerdown", "focusin", "keydown", "input", "change", "form:touched"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      var form = meteredAt(event.target);
      if (form) { touch(form); }
    }, true);
  });

  // Forms of htmx and of the outbox prevent the submission, and say themselves when they send.
  document.addEventListener("submit", function (event) {
    var form = meteredAt(event.target);
    if (form && !event.defaultPrevented) { sent(form); }
  });

  ["htmx:beforeRequest", "form:sent"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      if (event.target.matches && event.target.matches("form[data-metered]")) { sent(event.target); }
    });
  });

  // --- Asking, once a day, and sending ---

  function ask() {
    var state = kept();
    if (state.asked === daysAgo(0)) { return Promise.resolve(state); }
    return fetch(script.dataset.asked, { credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (response) {
      if (!response.ok || response.redirected) { throw new Error("not answered"); }
      return response.json();
    }).then(function (answer) {
      change(function (fresh) {
        fresh.asked = daysAgo(0);
        fresh.shared = answer.is_shared;
        fresh.about = answer.about;
        if (!answer.is_shared) { dropSums(fresh); }
      });
      return kept();
    });
  }

  function row(key, sum, known) {
    var parts = key.split(" ");
    return {
      week: parts[0], form: parts[1], filled: sum[0], seconds: Math.round(sum[1]), fields: sum[2], is_first: known.indexOf(key) < 0
    };
  }

  // Taken out before it goes: a sum whose answer is lost is lost, and none is counted twice.
  function send(state) {
    if (!state.shared || !state.day || state.day >= daysAgo(0) || navigator.onLine === false) { return null; }
    var oldest = daysAgo(DAYS_KEPT);
    var known = (state.known || []).filter(function (key) { return key >= oldest; });
    var keys = Object.keys(state.sums || {}).filter(function (key) { return key >= oldest && state.sums[key][0]; });
    change(function (fresh) {
      dropSums(fresh);
      fresh.known = known.concat(keys.filter(function (key) { return known.indexOf(key) < 0; }));
    });
    if (!keys.length) { return null; }
    return fetch(script.dataset.add, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": script.dataset.token },
      body: JSON.stringify(keys.map(function (key) { return row(key, state.sums[key], known); }))
    });
  }

  // She is told on the page itself that it is added up.
  function tell() {
    var state = kept();
    if (!state.shared || !state.about || !document.querySelector("form[data-metered]")) { return; }
    var line = document.createElement("p");
    var link = document.createElement("a");
    line.className = "muted";
    line.textContent = "本校汇总填报用时，不记个人。";
    link.href = state.about;
    link.textContent = "看说明";
    line.appendChild(link);
    document.getElementById("main").appendChild(line);
  }

  ask().then(function (state) {
    tell();
    return send(state);
  }).catch(function () { /* Without a network: another day. */ });
})();
