// What a teacher has typed of an item is not lost: a draft per class and day while she types, and the outbox (outbox.js) where
// it could not be sent. Written in ES2015.
(function () {
  "use strict";

  var outbox = window.outbox;
  if (!outbox) { return; }
  var user = outbox.user;
  var DRAFT = "draft:" + user + ":";
  var REFUSALS = ".item-form .text-bad, .item-form .wording li strong, .said-not";
  var each = outbox.each;
  var valueIn = outbox.valueIn;

  function fill(form, values) {
    each(form.elements, function (input) {
      if (!outbox.isTyped(input) || input.name === "day") { return; }
      if (outbox.isTicked(input)) {
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
    var values = outbox.valuesOf(form);
    if (valueIn(values, "content").trim()) {
      outbox.keep(draftKey(form), { values: values });
    } else {
      outbox.drop(draftKey(form));
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
    outbox.drop(draftKey(form));
    each(form.querySelectorAll(".draft-note, .wording, .text-bad"), function (old) { old.remove(); });
    form.reset();
    form.elements.content.value = "";
    form.elements.key.value = outbox.newKey();
    form.elements.seen.value = "";
    form.dispatchEvent(new CustomEvent("homework:filled", { bubbles: true }));
  }

  function restore(form) {
    form.setAttribute("data-kept", "");
    if (form.hasAttribute("data-sent-back")) { draft(form); return; }
    var found = outbox.kept(draftKey(form));
    if (!found || !Array.isArray(found.values)) { return; }
    fill(form, found.values);
    note(form, "已恢复上次没写完的内容。", true);
    form.closest("details").open = true;
  }

  function restoreAll() { each(document.querySelectorAll(".item-form[data-class]:not([data-kept])"), restore); }

  // --- What could not be sent ---

  function labelOf(form) {
    var names = [form.closest(".class-card").querySelector("h2").textContent];
    each(form.querySelectorAll("input[name=also]:checked"), function (box) {
      names.push(form.querySelector("label[for='" + box.id + "']").textContent);
    });
    return names.join("、") + "：" + form.elements.content.value.trim();
  }

  function enqueue(form) {
    var values = outbox.valuesOf(form);
    outbox.add({
      kind: "item", key: valueIn(values, "key"), action: form.getAttribute("action"), values: values, label: labelOf(form),
      refusals: REFUSALS, back: pageOf(form), day: form.dataset.day, class: form.dataset.class, why: ""
    });
    empty(form);
    form.removeAttribute("data-sent");
    each(form.querySelectorAll("button[type=submit]"), function (button) { button.disabled = false; });
    form.closest("details").open = false;
  }

  function pageOf(form) {
    return form.getAttribute("action").replace(/classes\/.*$/, "") + "?day=" + form.dataset.day + "#class-" + form.dataset.class;
  }

  // Back into its form, on the day for which it was written.
  function takeBack(entry) {
    var form = document.querySelector(".item-form[data-class='" + entry.class + "'][data-day='" + entry.day + "']");
    var typed = form ? form.elements.content.value.trim() : valueIn((outbox.kept(DRAFT + entry.class + ":" + entry.day) || { values: [] }).values, "content");
    if (typed && !window.confirm("表单里正在写的内容会被换掉，确定吗？")) { return; }
    outbox.keep(DRAFT + entry.class + ":" + entry.day, { values: entry.values });
    outbox.remove(entry.key);
    if (form) {
      restore(form);
      form.elements.content.focus();
    } else {
      location.href = entry.back;
    }
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

  outbox.kinds.item = { takeBack: takeBack, sent: function (entry, html) { refresh(html); } };

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
        form.elements.key.value = outbox.newKey();
        form.removeAttribute("data-tried");
      }
      draft(form);
    });
  });

  document.addEventListener("htmx:configRequest", function (event) {
    if (!isOurs(event.detail.elt)) { return; }
    event.detail.timeout = outbox.LONGEST_WAIT;
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
    if (form && event.detail.xhr.status === 200 && !outbox.isSignIn(event.detail.xhr.responseURL)) { outbox.drop(draftKey(form)); }
  });

  document.addEventListener("htmx:afterSettle", restoreAll);
  document.addEventListener("homework:cards", restoreAll);
  restoreAll();
})();
