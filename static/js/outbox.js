// What could not be sent is not lost: forms wait on the phone and go out once the network is back. The server carries out each
// form once, by its key, however often it comes. What waits is kept under her own account's number, and goes when she signs out.
// What a kind of form needs of its own (drafts.js, roll.js) it hangs onto `window.outbox`. Written in ES2015.
(function () {
  "use strict";

  var user = document.body.dataset.user;
  if (!user) { return; }
  var QUEUE = "outbox:" + user;
  var DRAFT = "draft:" + user + ":";
  var BURDEN = "burden:" + user; // of burden.js
  var LONGEST_WAIT = 20000; // ms for one sending; then the next attempt may begin
  var PAUSE = 15000; // ms between attempts
  var WAITS = "还没发出，有网后自动发送";
  var memory = {};
  var isForgetful = false;
  var sendingSince = 0;

  function each(nodes, act) { Array.prototype.forEach.call(nodes, act); }

  // --- Keeping: on the phone or, where it refuses, at least while the page is open ---

  function keep(key, value) {
    memory[key] = JSON.stringify(value);
    try { localStorage.setItem(key, memory[key]); } catch (error) { isForgetful = true; }
  }

  function kept(key) {
    var text = memory[key];
    try { text = localStorage.getItem(key) || (isForgetful ? text : null); } catch (error) { isForgetful = true; }
    try { return text ? JSON.parse(text) : null; } catch (error) { return null; }
  }

  function drop(key) {
    delete memory[key];
    try { localStorage.removeItem(key); } catch (error) { isForgetful = true; }
  }

  function dropAll() {
    memory = {};
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key === QUEUE || key === BURDEN || key.indexOf(DRAFT) === 0) { localStorage.removeItem(key); }
      });
    } catch (error) { isForgetful = true; }
  }

  function queue() {
    var entries = kept(QUEUE);
    return Array.isArray(entries) ? entries : [];
  }

  function change(key, edit) {
    keep(QUEUE, queue().map(function (entry) { return entry.key === key ? edit(entry) : entry; }).filter(Boolean));
  }

  // --- Forms ---

  function newKey() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    var hex = Array.prototype.map.call(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function isTicked(input) { return input.type === "radio" || input.type === "checkbox"; }

  function isTyped(input) {
    return input.name && input.name !== "csrfmiddlewaretoken" && input.type !== "submit" && input.type !== "button";
  }

  function valuesOf(form) {
    var values = [];
    each(form.elements, function (input) {
      if (isTyped(input) && (!isTicked(input) || input.checked)) { values.push([input.name, input.value]); }
    });
    return values;
  }

  function valueIn(values, name) {
    var found = values.filter(function (pair) { return pair[0] === name; })[0];
    return found ? found[1] : "";
  }

  // --- The box ---

  function isSignIn(address) {
    var link = document.createElement("a");
    link.href = address;
    return link.pathname === document.body.dataset.signIn;
  }

  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? decodeURIComponent(found[1]) : "";
  }

  // An entry: kind, key, action, values; label, what she sees of it; back, the page where it can be mended; place, of which a
  // later entry takes the place of an earlier one; refusals, a selector of what the server says against it. why: it said so.
  function add(entry) {
    keep(QUEUE, queue().filter(function (one) {
      return one.key !== entry.key && (!entry.place || one.place !== entry.place);
    }).concat([entry]));
    show();
  }

  function remove(key) {
    change(key, function () { return null; });
    show();
  }

  function button(words, act) {
    var one = document.createElement("button");
    one.type = "button";
    one.className = "btn btn-sm btn-outline-secondary";
    one.textContent = words;
    one.addEventListener("click", act);
    return one;
  }

  function box() {
    var found = document.getElementById("outbox");
    if (!found) {
      found = document.createElement("section");
      found.id = "outbox";
      found.className = "outbox";
      found.setAttribute("aria-live", "polite");
      found.setAttribute("aria-label", "待发送");
      var messages = document.getElementById("messages");
      messages.parentNode.insertBefore(found, messages.nextSibling);
    }
    return found;
  }

  function show(done) {
    var entries = queue();
    if (!entries.length && !done && !document.getElementById("outbox")) { return; }
    var found = box();
    found.textContent = "";
    if (done) { line(found, "outbox-done", "已发出：" + done.label); }
    entries.forEach(function (entry) {
      var row = line(found, entry.why ? "outbox-refused" : "outbox-waits", entry.label);
      var state = document.createElement("strong");
      state.textContent = entry.why || WAITS + (isForgetful ? "；请不要关闭页面" : "");
      row.appendChild(state);
      row.appendChild(button("改一改", function () { takeBack(entry); }));
      row.appendChild(button("删除", function () {
        if (window.confirm("删除这一条？如已发出，不会撤回。")) { remove(entry.key); }
      }));
    });
  }

  function line(parent, name, text) {
    var row = document.createElement("p");
    row.className = name;
    row.textContent = text;
    parent.appendChild(row);
    return row;
  }

  // What is known of this kind of form on this page; elsewhere nothing is.
  function kindOf(entry) { return api.kinds[entry.kind] || {}; }

  function takeBack(entry) {
    if (kindOf(entry).takeBack) {
      kindOf(entry).takeBack(entry);
    } else {
      location.href = entry.back;
    }
  }

  function refusal(entry, html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    var words = [];
    each(page.querySelectorAll(entry.refusals), function (one) { words.push(one.textContent.trim()); });
    return words.join("") || "没有保存，请打开改一改。";
  }

  var REFUSED = { 403: "没有保存：没有这项权限。", 404: "没有保存：内容已不存在。" };

  function settle(entry, response) {
    if (isSignIn(response.url)) {
      show();
      line(box(), "outbox-refused", "登录已过期，").appendChild(link("重新登录后自动发送"));
      return null;
    }
    if (response.status === 409) {
      line(box(), "outbox-refused", "已换了账号登录。请用原来的账号登录后再发送。");
      return null;
    }
    return response.text().then(function (html) {
      if (response.ok) {
        change(entry.key, function () { return null; });
        if (kindOf(entry).sent) { kindOf(entry).sent(entry, html); }
        show(entry);
      } else if (response.status === 422 || REFUSED[response.status]) {
        change(entry.key, function (one) {
          one.why = response.status === 422 ? refusal(entry, html) : REFUSED[response.status];
          return one;
        });
        show();
      }
    });
  }

  function link(words) {
    var one = document.createElement("a");
    one.href = document.body.dataset.signIn + "?next=" + encodeURIComponent(location.pathname + location.search);
    one.textContent = words;
    return one;
  }

  function send(entry) {
    var body = entry.values.map(function (pair) { return pair.map(encodeURIComponent).join("="); }).join("&");
    return fetch(entry.action, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-CSRFToken": cookie("csrftoken"),
        "X-Written-By": user,
        "HX-Request": "true"
      },
      body: body
    }).then(function (response) { return settle(entry, response); });
  }

  // One after the other, so that she reads each answer; a lost one is tried again later.
  function flush() {
    var waiting = queue().filter(function (entry) { return !entry.why; });
    if (!waiting.length || Date.now() - sendingSince < LONGEST_WAIT) { return Promise.resolve(); }
    sendingSince = Date.now();
    return waiting.reduce(function (before, entry) {
      return before.then(function () { return send(entry); });
    }, Promise.resolve()).catch(function () {
      // Still no network.
    }).then(function () { sendingSince = 0; });
  }

  // --- What happens on the page ---

  document.addEventListener("submit", function (event) {
    if (!event.target.matches(".sign-out")) { return; }
    var words = "还有" + queue().length + "项没有发出，退出后就没有了。确定退出吗？";
    if (queue().length && !window.confirm(words)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    dropAll();
  }, true);

  document.addEventListener("visibilitychange", function () { if (!document.hidden) { flush(); } });
  window.addEventListener("online", flush);
  setInterval(flush, PAUSE);

  var api = window.outbox = {
    user: user, LONGEST_WAIT: LONGEST_WAIT, WAITS: WAITS, kinds: {},
    each: each, keep: keep, kept: kept, drop: drop, newKey: newKey, isTicked: isTicked, isTyped: isTyped,
    valuesOf: valuesOf, valueIn: valueIn, isSignIn: isSignIn, queue: queue, add: add, remove: remove, flush: flush
  };

  // By then the scripts of the page have said what they know.
  document.addEventListener("DOMContentLoaded", function () {
    show();
    flush();
  });
})();
