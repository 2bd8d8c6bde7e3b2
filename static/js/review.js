// 教导处's queue by keyboard: j/k or the arrows move, space ticks, a lets pass, r goes to the reason of a return, ? shows
// help. Everything here also works by the page's own buttons. ES2015.
(function () {
  "use strict";

  var cards = Array.prototype.slice.call(document.querySelectorAll("[data-review]"));
  var help = document.querySelector("[data-review-help]");
  var ask = document.querySelector("[data-review-ask]");
  var all = document.querySelector("[data-review-all]");
  var count = document.querySelector("[data-review-count]");
  if (!cards.length) { return; }

  function current() {
    return document.activeElement ? document.activeElement.closest("[data-review]") : null;
  }

  function move(step) {
    var here = cards.indexOf(current());
    var next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), cards.length - 1);
    cards[next].focus();
    cards[next].scrollIntoView({ block: "nearest" });
  }

  function ticks() {
    return cards.map(function (card) { return card.querySelector("[data-review-tick]"); });
  }

  function tell() {
    var ticked = ticks().filter(function (box) { return box.checked; }).length;
    count.textContent = ticked ? "（" + ticked + "份）" : "";
    all.textContent = ticked === cards.length ? "全不选" : "全选本页";
  }

  function toggleHelp() {
    help.hidden = !help.hidden;
    ask.setAttribute("aria-expanded", String(!help.hidden));
    if (!help.hidden) { help.scrollIntoView({ block: "nearest" }); }
  }

  function press(key) {
    var card = current();
    if (key === "j" || key === "ArrowDown") { move(1); return true; }
    if (key === "k" || key === "ArrowUp") { move(-1); return true; }
    if (key === "?" || key === "？") { toggleHelp(); return true; }
    if (!card) { return false; }
    if (key === " " && document.activeElement === card) {
      card.querySelector("[data-review-tick]").click();
      return true;
    }
    if (key === "a") { card.querySelector("[data-review-pass]").click(); return true; }
    if (key === "r") {
      var note = card.querySelector("input[name=note]");
      if (note) { note.focus(); }
      return Boolean(note);
    }
    return false;
  }

  function isTyping(element) {
    return element.tagName === "TEXTAREA" || element.tagName === "SELECT" ||
      (element.tagName === "INPUT" && element.type !== "checkbox");
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) { return; }
    if (isTyping(event.target)) {
      if (event.key === "Escape" && current()) { current().focus(); }
      return;
    }
    if (press(event.key)) { event.preventDefault(); }
  });

  // A quick reason goes into the field, so that it can be changed before it is sent.
  document.addEventListener("click", function (event) {
    var quick = event.target.closest("[data-review-quick]");
    if (!quick) { return; }
    event.preventDefault();
    var note = quick.form.querySelector("input[name=note]");
    note.value = quick.value;
    note.focus();
  });

  all.addEventListener("click", function () {
    var tick = ticks().some(function (box) { return !box.checked; });
    ticks().forEach(function (box) { box.checked = tick; });
    tell();
  });
  document.addEventListener("change", tell);
  ask.addEventListener("click", toggleHelp);
  all.hidden = ask.hidden = false;
  tell();
  // "Back" may bring ticks along.
  window.addEventListener("pageshow", tell);
})();
