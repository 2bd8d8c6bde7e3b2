// The teacher's page: minutes by one tap, and what the limit will say before anything is sent. Without this file the form
// works all the same: the server answers. Written in ES2015 so that phones of 2018 run it.
(function () {
  "use strict";

  function each(nodes, act) { Array.prototype.forEach.call(nodes, act); }

  function chosen(form, name) {
    var input = form.querySelector("input[name=" + name + "]:checked");
    return input ? input.value : "";
  }

  // As homework/policy.py reckons: what is set for everybody counts in each layer; the heaviest layer is the load.
  function load(minutes) {
    return minutes.all + Math.max(minutes.basic, minutes.higher, minutes.extended);
  }

  // By how many minutes the class of `form` would be over the limit with the item typed in `typed`; at most 0 when within.
  function overBy(form, typed) {
    var minutes = JSON.parse(form.dataset.layers);
    var before = load(minutes);
    if (chosen(typed, "kind") === "written" && chosen(typed, "place") === "home") {
      minutes[chosen(typed, "layer")] += Number(typed.elements.minutes.value) || 0;
    }
    var after = load(minutes);
    return { over: after - Number(form.dataset.limit), left: Number(form.dataset.limit) - after, grew: after > before };
  }

  function nameOf(form) {
    return form.closest(".class-card").querySelector("h2").textContent;
  }

  function concerned(form) {
    var forms = [form];
    each(form.querySelectorAll("input[name=also]:checked"), function (box) {
      var other = document.querySelector("#class-" + box.value + " .item-form");
      if (other) { forms.push(other); }
    });
    return forms;
  }

  function foretell(form) {
    var words = form.querySelector(".forecast");
    var reason = form.querySelector(".reason");
    var isOver = false;
    var lines = concerned(form).map(function (one) {
      var will = overBy(one, form);
      isOver = isOver || (will.over > 0 && will.grew);
      if (will.over > 0) { return nameOf(one) + "将超出" + will.over + "分钟"; }
      return will.grew ? nameOf(one) + "公示后还剩" + will.left + "分钟" : "";
    }).filter(Boolean);
    words.textContent = lines.length ? lines.join("；") + "。" + (isOver ? "可减少用时，或写明原因后公示，由教导处审核。" : "") : "";
    words.hidden = !lines.length;
    words.classList.toggle("forecast-over", isOver);
    if (reason.hasAttribute("data-only-over")) { reason.hidden = !isOver; }
    each(form.querySelectorAll("[data-minutes]"), function (button) {
      button.classList.toggle("active", button.dataset.minutes === form.elements.minutes.value);
    });
  }

  // --- Suggestions: one tap fills the form with what was set before ---

  function tick(form, name, values) {
    each(form.querySelectorAll("input[name=" + name + "]"), function (input) {
      if (input.type === "hidden") { return; }
      input.checked = values.indexOf(input.value) >= 0;
    });
  }

  // Whether the class's card on this page says that the subject has set homework, or has none.
  function hasSpoken(classId, subject) {
    var card = document.getElementById("class-" + classId);
    return Boolean(card) && (card.dataset.spoken || "").split(" ").indexOf(subject) >= 0;
  }

  function subjectOf(form) {
    var only = form.querySelector("input[type=hidden][name=subject]");
    return only ? only.value : chosen(form, "subject");
  }

  // Nobody posts a second time to a class by a tick that she has not set herself.
  function untick() {
    each(document.querySelectorAll(".item-form[data-class]"), function (form) {
      if (form.elements.content.value.trim()) { return; }
      each(form.querySelectorAll("input[name=also]:checked"), function (box) {
        box.checked = !hasSpoken(box.value, subjectOf(form));
      });
    });
  }

  function fill(form, then) {
    form.elements.content.value = then.content;
    form.elements.minutes.value = Number(then.minutesThen) || "";
    each(["subject", "kind", "place", "layer"], function (name) { tick(form, name, [then[name]]); });
    if (then.also) { tick(form, "also", then.also.split(" ").filter(function (id) { return !hasSpoken(id, then.subject); })); }
    form.closest("details").open = true;
    forget(form, form.elements.content);
    foretell(form);
    form.dispatchEvent(new CustomEvent("homework:filled", { bubbles: true }));
    form.querySelector("button[type=submit]").focus({ preventScroll: true });
    form.querySelector(".item-submit").scrollIntoView({ block: "nearest" });
  }

  // --- Minutes to begin with: those of the subject, until she has chosen some ---

  function begin(form) {
    var usual = JSON.parse(form.dataset.usual || "{}")[subjectOf(form)];
    var minutes = form.elements.minutes;
    if (usual && !form.hasAttribute("data-chosen")) { minutes.value = usual; }
  }

  // What the server refused speaks of what was typed then: at the edited field, and that the whole was too much.
  function forget(form, edited) {
    var reason = form.querySelector(".reason");
    each([edited.closest(".field, .segments"), reason], function (field) {
      if (!field) { return; }
      each(field.querySelectorAll(".text-bad"), function (words) { words.remove(); });
      each(field.querySelectorAll("[aria-invalid]"), function (input) { input.removeAttribute("aria-invalid"); });
      field.removeAttribute("aria-invalid");
    });
    if (edited.name === "content") {
      each(form.querySelectorAll(".wording"), function (words) { words.remove(); });
      var button = form.querySelector("button[type=submit]");
      button.textContent = button.textContent.replace("仍要", "");
    }
    // Not while the reason itself is being typed: it would vanish where the page knows of no overrun.
    if (!reason.contains(edited)) { reason.setAttribute("data-only-over", ""); }
  }

  function ready() {
    untick();
    each(document.querySelectorAll(".item-form:not([data-ready])"), function (form) {
      form.setAttribute("data-ready", "");
      each(form.querySelectorAll(".quick, .quick-reasons"), function (row) { row.hidden = false; });
      foretell(form);
      var told = form.querySelector(".wording");
      if (told) { told.scrollIntoView({ block: "center" }); }
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-minutes]");
    if (!button) { return; }
    button.form.setAttribute("data-chosen", "");
    button.form.elements.minutes.value = button.dataset.minutes;
    button.form.dispatchEvent(new CustomEvent("homework:filled", { bubbles: true }));
    forget(button.form, button);
    foretell(button.form);
  });

  document.addEventListener("click", function (event) {
    var suggestion = event.target.closest(".suggestion");
    var form = suggestion && suggestion.closest(".class-card").querySelector(".item-form");
    if (!form || event.ctrlKey || event.metaKey) { return; }
    event.preventDefault();
    fill(form, suggestion.dataset);
    form.dispatchEvent(new CustomEvent("form:touched", { bubbles: true }));
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-reason]");
    if (!button) { return; }
    button.form.elements.reason.value = button.dataset.reason;
    forget(button.form, button.form.elements.reason);
  });

  each(["input", "change"], function (kind) {
    document.addEventListener(kind, function (event) {
      var form = event.target.closest(".item-form");
      if (!form) { return; }
      if (event.target.name === "minutes") { form.setAttribute("data-chosen", ""); }
      if (event.target.name === "subject") { begin(form); }
      forget(form, event.target);
      foretell(form);
    });
  });

  // What was refused comes first, else the content: it is what one types first.
  document.addEventListener("toggle", function (event) {
    if (!event.target.matches(".add-item") || !event.target.open) { return; }
    var first = event.target.querySelector("[aria-invalid=true]") || event.target.querySelector("textarea");
    // What a tap has filled wants no keyboard.
    if (!first.value || first.matches("[aria-invalid=true]")) { first.focus(); }
  }, true);

  function foretellAll() { each(document.querySelectorAll(".item-form[data-ready]"), foretell); }

  document.addEventListener("homework:filled", function (event) { foretell(event.target); });
  document.addEventListener("homework:minutes", function () { untick(); foretellAll(); });
  document.addEventListener("homework:cards", ready);
  document.addEventListener("htmx:afterSettle", ready);
  ready();
})();
