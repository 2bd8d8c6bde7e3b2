// Whether a chosen file is one of those that were issued: its digest is made here, and the file goes nowhere.
// Written in ES2015; the browser's own crypto.subtle is missing on pages without https.
(function () {
  "use strict";

  var input = document.getElementById("verify-file");
  var result = document.getElementById("verify-result");
  if (!input || !result || !window.sha256 || !window.FileReader) { return; }

  function formatOf(digest) {
    var row = document.querySelector('[data-digest="' + digest + '"]');
    return row ? row.getAttribute("data-format") : "";
  }

  function say(text, tone) {
    result.textContent = text;
    result.className = "mt-3 mb-0 " + tone;
  }

  input.addEventListener("change", function () {
    var file = input.files[0];
    if (!file) { say("", ""); return; }
    var reader = new FileReader();
    say("正在比对……", "muted");
    reader.onload = function () {
      var format = formatOf(window.sha256(reader.result));
      if (format) {
        say("是原件：与签发的" + format + "文件一字不差。", "text-good");
      } else {
        say("不是原件：这个文件与签发的文件不同，可能改动过，或另存、转换过格式。", "text-bad");
      }
    };
    reader.onerror = function () { say("文件读不出来，请换一个文件再试。", "text-bad"); };
    reader.readAsArrayBuffer(file);
  });
}());
