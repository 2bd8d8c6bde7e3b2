// What a teacher has typed is not lost: a draft per class and day while she types, and an outbox for what could not be sent.
// Both are kept on the phone under her own account's number, and go when she signs out. The server carries out each form
// once, by its key, however often it comes. Written in ES2015.
(function () {
  "use strict";

  var user = document.body.dataset.user;
  if (!user) { return; }
  var QUEUE = "outbox:" + user;
  var DRAFT = "draft:" + user + ":";
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
        if (key === QUEUE || key.indexOf(DRAFT) === 0) { localStorage.removeItem(key); }
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

  function fill(form, values) {
    each(form.elements, function (input) {
      if (!isTyped(input) || input.name === "day") { return; }
      if (isTicked(input)) {
        input.checked = values.some(function (pair) { return pair[0] === input.name && pair[1] === input.value; });
      } else {
        input.value = valueIn(values, input.name);
      }
    });
    form.dispatchEvent(new CustomEvent("homework:filled", { bubbles: true }));
  }

  function draftKey(form) { return DRAFT + form.dataset.class + ":" + form.dataset.day; }

  function isOurs(form) { return Boolean(form) && form.matches && form.matches(".item-form[data-class]"); }

  function draft(form) {
    var values = valuesOf(form);
    if (valueIn(values, "content").trim()) {
      keep(draftKey(form), { values: values });
    } else {
      drop(draftKey(form));
    }
  }

  function note(form, text, hasButton) {
    each(form.querySelectorAll(".draft-note"), function (old) { old.remove(); });
    var line = document.createElement("p");
    line.className = "draft-note";
    line.setAttribute("role", "status");
    line.textContent = text;
    if (hasButton) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm btn-outline-secondary";
      button.textContent = "清除";
      button.addEventListener("click", function () { empty(form); });
      line.appendChild(button);
    }
    form.insertBefore(line, form.firstChild);
  }

  // As it was before she typed, and a form of its own: with a key of its own.
  function empty(form) {
    drop(draftKey(form));
    each(form.querySelectorAll(".draft-note, .wording, .text-bad"), function (old) { old.remove(); });
    form.reset();
    form.elements.content.value = "";
    form.elements.key.value = newKey();
    form.elements.seen.value = "";
    form.dispatchEvent(new CustomEvent("homework:filled", { bubbles: true }));
  }

  function restore(form) {
    form.setAttribute("data-kept", "");
    if (form.hasAttribute("data-sent-back")) { draft(form); return; }
    var found = kept(draftKey(form));
    if (!found || !Array.isArray(found.values)) { return; }
    fill(form, found.values);
    note(form, "已恢复上次没写完的内容。", true);
    form.closest("details").open = true;
  }

  function restoreAll() { each(document.querySelectorAll(".item-form[data-class]:not([data-kept])"), restore); }

  // --- The outbox ---

  function isSignIn(address) {
    var link = document.createElement("a");
    link.href = address;
    return link.pathname === document.body.dataset.signIn;
  }

  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? decodeURIComponent(found[1]) : "";
  }

  function labelOf(form) {
    var names = [form.closest(".class-card").querySelector("h2").textContent];
    each(form.querySelectorAll("input[name=also]:checked"), function (box) {
      names.push(form.querySelector("label[for='" + box.id + "']").textContent);
    });
    return names.join("、") + "：" + form.elements.content.value.trim();
  }

  function enqueue(form) {
    var values = valuesOf(form);
    var key = valueIn(values, "key");
    var others = queue().filter(function (entry) { return entry.key !== key; });
    keep(QUEUE, others.concat([{
      key: key, action: form.getAttribute("action"), values: values, label: labelOf(form),
      day: form.dataset.day, class: form.dataset.class, why: ""
    }]));
    empty(form);
    form.removeAttribute("data-sent");
    each(form.querySelectorAll("button[type=submit]"), function (button) { button.disabled = false; });
    form.closest("details").open = false;
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
      found.setAttribute("aria-label", "待发送的作业");
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
        if (window.confirm("删除这一条？如已发出，不会撤回。")) { change(entry.key, function () { return null; }); show(); }
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

  // Back into its form, on the day for which it was written.
  function takeBack(entry) {
    var form = document.querySelector(".item-form[data-class='" + entry.class + "'][data-day='" + entry.day + "']");
    var typed = form ? form.elements.content.value.trim() : valueIn((kept(DRAFT + entry.class + ":" + entry.day) || { values: [] }).values, "content");
    if (typed && !window.confirm("表单里正在写的内容会被换掉，确定吗？")) { return; }
    keep(DRAFT + entry.class + ":" + entry.day, { values: entry.values });
    change(entry.key, function () { return null; });
    show();
    if (form) {
      restore(form);
      form.elements.content.focus();
    } else {
      location.href = entry.action.replace(/classes\/.*$/, "") + "?day=" + entry.day + "#class-" + entry.class;
    }
  }

  function refusal(html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    var words = [];
    each(page.querySelectorAll(".item-form .text-bad, .item-form .wording li strong, .said-not"), function (one) {
      words.push(one.textContent.trim());
    });
    return words.join("") || "没有公示，请打开改一改。";
  }

  // The cards that have changed, unless somebody types in them.
  function refresh(html) {
    var page = new DOMParser().parseFromString(html, "text/html");
    each(page.querySelectorAll(".class-card"), function (fresh) {
      var old = document.getElementById(fresh.id);
      var form = old && old.querySelector(".item-form");
      var isSameDay = form && fresh.querySelector(".item-form") && form.dataset.day === fresh.querySelector(".item-form").dataset.day;
      if (!isSameDay || form.elements.content.value.trim()) { return; }
      fresh.removeAttribute("hx-swap-oob");
      old.replaceWith(fresh);
      if (window.htmx) { window.htmx.process(fresh); }
    });
    document.dispatchEvent(new CustomEvent("homework:cards"));
  }

  var REFUSED = { 403: "没有公示：没有这项权限。", 404: "没有公示：班级已不存在。" };

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
        refresh(html);
        show(entry);
      } else if (response.status === 422 || REFUSED[response.status]) {
        change(entry.key, function (one) {
          one.why = response.status === 422 ? refusal(html) : REFUSED[response.status];
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
    if (!waiting.length || Date.now() - sendingSince < LONGEST_WAIT) { return; }
    sendingSince = Date.now();
    waiting.reduce(function (before, entry) {
      return before.then(function () { return send(entry); });
    }, Promise.resolve()).catch(function () {
      // Still no network.
    }).then(function () { sendingSince = 0; });
  }

  // --- What happens on the page ---

  function formOf(event) {
    var config = event.detail.requestConfig;
    var form = config ? config.elt : event.detail.elt;
    return isOurs(form) ? form : null;
  }

  each(["input", "change", "homework:filled"], function (kind) {
    document.addEventListener(kind, function (event) {
      var form = event.target.closest && event.target.closest(".item-form");
      if (!isOurs(form)) { return; }
      // What is edited after a sending that may have arrived is another item.
      if (kind === "input" && form.hasAttribute("data-tried")) {
        form.elements.key.value = newKey();
        form.removeAttribute("data-tried");
      }
      draft(form);
    });
  });

  document.addEventListener("htmx:configRequest", function (event) {
    if (!isOurs(event.detail.elt)) { return; }
    event.detail.timeout = LONGEST_WAIT;
    event.detail.headers["X-Written-By"] = user;
    event.detail.elt.setAttribute("data-tried", "");
  });

  // Before app.js would say that nothing was saved.
  each(["htmx:sendError", "htmx:timeout", "htmx:responseError"], function (kind) {
    window.addEventListener(kind, function (event) {
      var form = formOf(event);
      var isAway = kind !== "htmx:responseError" || [502, 503, 504].indexOf(event.detail.xhr.status) >= 0;
      if (!form || !isAway) { return; }
      event.stopPropagation();
      enqueue(form);
    }, true);
  });

  document.addEventListener("htmx:beforeSwap", function (event) {
    var form = formOf(event);
    if (form && event.detail.xhr.status === 200 && !isSignIn(event.detail.xhr.responseURL)) { drop(draftKey(form)); }
  });

  document.addEventListener("submit", function (event) {
    if (!event.target.matches(".sign-out")) { return; }
    var words = "还有" + queue().length + "项作业没有发出，退出后就没有了。确定退出吗？";
    if (queue().length && !window.confirm(words)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    dropAll();
  }, true);

  document.addEventListener("htmx:afterSettle", restoreAll);
  document.addEventListener("homework:cards", restoreAll);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { flush(); } });
  window.addEventListener("online", flush);
  setInterval(flush, PAUSE);
  restoreAll();
  show();
  flush();
})();
