// How long forms marked data-metered="kind" take, where her school has turned it on: added up here by week and kind, from first
// touch to sending, without pauses of over two minutes. On a later day the sums go out as one, with no name, account or time; on
// the day itself nothing does. What waits goes when she signs out (outbox.js). Other scripts tell of themselves by "form:touched"
// and "form:sent". Written in ES2015.
(function () {
  "use strict";

  var script = document.currentScript;
  var user = document.body.dataset.user;
  if (!script || !user || !window.fetch || !window.WeakMap) { return; }
  var KEY = "burden:" + user;
  var PAUSE = 120000; // ms: whoever touches nothing for longer does something else
  var LONGEST = 1800000; // ms of one form that the server believes
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
  // What the server answered stays with the window: asked: on which day; shared; about: the page that explains.

  function read(name) {
    try { return JSON.parse(window[name].getItem(KEY)) || {}; } catch (error) { return {}; }
  }

  function write(name, value) {
    try {
      if (Object.keys(value).length) { window[name].setItem(KEY, JSON.stringify(value)); } else { window[name].removeItem(KEY); }
    } catch (error) { /* Then nothing is measured. */ }
  }

  function kept() { return read("localStorage"); }
  function keep(state) { write("localStorage", state); }
  function answered() { return read("sessionStorage"); }

  function note(kind, filled, ms, fields) {
    var state = kept();
    var key = monday() + " " + kind;
    var sums = state.sums || {};
    var before = sums[key] || [0, 0, 0];
    sums[key] = [before[0] + filled, before[1] + ms / 1000, before[2] + fields];
    state.sums = sums;
    state.day = state.day || daysAgo(0);
    keep(state);
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

  function sent(form, isUnfinished) {
    if (!begun.has(form)) { return; }
    touch(form);
    var ms = Math.min(begun.get(form).ms, LONGEST);
    begun.delete(form);
    if (!answered().shared) { return; }
    // What was refused and is sent again is the same form, and took longer; what is only kept for later comes again too.
    var isPart = isUnfinished || form.querySelector("[aria-invalid=true], .is-invalid");
    note(form.dataset.metered, isPart ? 0 : 1, ms, isPart ? 0 : fieldsOf(form));
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
    if (form && !event.defaultPrevented) { sent(form, event.submitter && event.submitter.hasAttribute("data-unfinished")); }
  });

  ["htmx:beforeRequest", "form:sent"].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      if (event.target.matches && event.target.matches("form[data-metered]")) { sent(event.target); }
    });
  });

  // --- Asking, once a day, and sending ---

  function ask() {
    if (answered().asked === daysAgo(0)) { return Promise.resolve(); }
    return fetch(script.dataset.asked, { credentials: "same-origin", headers: { Accept: "application/json" } }).then(function (response) {
      if (!response.ok || response.redirected) { throw new Error("not answered"); }
      return response.json();
    }).then(function (answer) {
      write("sessionStorage", { asked: daysAgo(0), shared: answer.is_shared, about: answer.about });
      if (!answer.is_shared) { keep({}); }
    });
  }

  function row(key, sum, known) {
    var parts = key.split(" ");
    return {
      week: parts[0], form: parts[1], filled: sum[0], seconds: Math.round(sum[1]), fields: sum[2], is_first: known.indexOf(key) < 0
    };
  }

  // Taken out before it goes: a sum whose answer is lost is lost, and none is counted twice.
  function send() {
    var state = kept();
    if (!answered().shared || !state.day || state.day >= daysAgo(0) || navigator.onLine === false) { return null; }
    var oldest = daysAgo(DAYS_KEPT);
    var known = (state.known || []).filter(function (key) { return key >= oldest; });
    var keys = Object.keys(state.sums || {}).filter(function (key) { return key >= oldest && state.sums[key][0]; });
    keep({ known: known.concat(keys.filter(function (key) { return known.indexOf(key) < 0; })) });
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
    var answer = answered();
    if (!answer.shared || !answer.about || !document.querySelector("form[data-metered]")) { return; }
    var line = document.createElement("p");
    var link = document.createElement("a");
    line.className = "muted";
    line.textContent = "本校汇总填报用时，不记个人。";
    link.href = answer.about;
    link.textContent = "看说明";
    line.appendChild(link);
    document.getElementById("main").appendChild(line);
  }

  ask().then(function () {
    tell();
    return send();
  }).catch(function () { /* Without a network: another day. */ });
})();
