// The roll on a phone: a tap on a pupil goes from 到 to 缺席, 请假, 提前接走. It is handed to the outbox, which sends it now or
// once the network is back; what waits there holds numbers of pupils, never names. Without this file the form works all the
// same. Written in ES2015.
(function () {
  "use strict";

  var form = document.querySelector(".roll-form");
  var outbox = window.outbox;
  if (!form || !outbox) { return; }
  var each = outbox.each;
  var EARLY = "left_early";

  function now() {
    var time = new Date();
    return ("0" + time.getHours()).slice(-2) + ":" + ("0" + time.getMinutes()).slice(-2);
  }

  // --- Pupils ---

  function showMark(pupil) {
    var select = pupil.querySelector("select");
    var state = pupil.querySelector(".pupil-state");
    state.className = "pupil-state state-" + select.value;
    state.textContent = select.options[select.selectedIndex].textContent;
    pupil.querySelector(".pupil-early").hidden = select.value !== EARLY;
  }

  function count() {
    var marks = {};
    var selects = form.querySelectorAll(".pupil select");
    each(selects, function (select) { marks[select.value] = (marks[select.value] || 0) + 1; });
    var line = form.querySelector(".roll-count");
    if (!line) { return; }
    line.textContent = "应到" + selects.length + "，实到" + ((marks[""] || 0) + (marks[EARLY] || 0)) +
      "，缺席" + (marks.absent || 0) + "，请假" + (marks.on_leave || 0) + "，提前接走" + (marks[EARLY] || 0);
  }

  function next(pupil) {
    var select = pupil.querySelector("select");
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    var time = pupil.querySelector("input[type=time]");
    if (select.value === EARLY && !time.value) { time.value = now(); }
    showMark(pupil);
    count();
    form.removeAttribute("data-saved");
  }

  function toggleOf(pupil) {
    var label = pupil.querySelector(".pupil-name");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "pupil-toggle";
    var name = document.createElement("span");
    each(Array.prototype.slice.call(label.childNodes), function (node) { name.appendChild(node.cloneNode(true)); });
    var state = document.createElement("span");
    button.appendChild(name);
    button.appendChild(state);
    state.className = "pupil-state";
    button.addEventListener("click", function () { next(pupil); });
    return button;
  }

  function prepare(pupil) {
    var line = pupil.querySelector(".pupil-line");
    line.hidden = true;
    line.parentNode.insertBefore(toggleOf(pupil), line);
    showMark(pupil);
  }

  function fill(values) {
    each(form.elements, function (input) {
      if (outbox.isTyped(input) && input.name !== "seen" && input.name !== "key") {
        input.value = outbox.valueIn(values, input.name);
      }
    });
    each(form.querySelectorAll(".pupil"), showMark);
    count();
  }

  // --- Sending ---

  var place = "roll:" + form.dataset.roll;
  var leaving = "";

  function say(text) {
    var line = form.querySelector(".roll-state");
    if (line) { line.textContent = text; }
  }

  // Empty fields say nothing: who was there is not sent at all.
  function filled(pair) { return pair[1] !== ""; }

  function waiting() {
    return outbox.queue().filter(function (entry) { return entry.place === place; })[0];
  }

  function showWaiting() {
    var entry = waiting();
    say(entry ? entry.why || outbox.WAITS : "");
  }

  // Who went early without the time or the name of who came: asked for at once, by name, before anything is sent.
  function unfinished() {
    return Array.prototype.slice.call(form.querySelectorAll(".pupil-early:not([hidden]) input")).filter(function (input) {
      return !input.value.trim();
    })[0];
  }

  function ask(input) {
    var pupil = input.closest(".pupil");
    say(pupil.querySelector(".pupil-name").firstChild.textContent.trim() + "：请填写" + input.labels[0].textContent + "。");
    input.scrollIntoView({ block: "center" });
    input.focus({ preventScroll: true });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var missing = unfinished();
    if (missing) { ask(missing); return; }
    leaving = outbox.newKey();
    form.elements.key.value = leaving;
    outbox.add({
      kind: "roll", key: leaving, place: place, action: form.getAttribute("action"), label: form.dataset.label,
      values: outbox.valuesOf(form).filter(filled), refusals: ".roll-form .text-bad", back: form.getAttribute("action"), why: ""
    });
    form.dispatchEvent(new CustomEvent("form:sent", { bubbles: true }));
    say("正在保存……");
    outbox.flush().then(function () {
      leaving = "";
      showWaiting();
    });
  });

  outbox.kinds.roll = {
    takeBack: function (entry) {
      if (entry.place !== place) { location.href = entry.back; return; }
      fill(entry.values);
      form.scrollIntoView();
    },
    sent: function (entry) {
      if (entry.place !== place) { return; }
      say("已保存");
      if (entry.key === leaving) { location.href = form.dataset.next; }
    }
  };

  each(form.querySelectorAll("[data-with-script]"), function (one) { one.hidden = false; });
  each(form.querySelectorAll(".pupil"), prepare);
  count();
  if (waiting()) {
    fill(waiting().values);
    showWaiting();
  }
})();
