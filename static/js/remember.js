// Fields marked data-remember="key" keep their last value on this device: a teacher types her school's code once.
(function () {
  "use strict";

  function each(visit) {
    Array.prototype.forEach.call(document.querySelectorAll("[data-remember]"), visit);
  }

  // A private window may refuse to store; then nothing is remembered.
  function attempt(action) {
    try { return action(); } catch (error) { return null; }
  }

  each(function (field) {
    var kept = attempt(function () { return localStorage.getItem(field.dataset.remember); });
    if (!field.value && kept) { field.value = kept; }
    field.form.addEventListener("submit", function () {
      attempt(function () { if (field.value) { localStorage.setItem(field.dataset.remember, field.value); } });
    });
  });
})();
