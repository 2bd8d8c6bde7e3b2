// Charts that can be saved, and whose rows lead where the rows of their tables lead.
(function () {
  "use strict";

  function boxOf(name) { return document.querySelector('[data-chart="' + name + '"]'); }

  function save(url, name) {
    var link = document.createElement("a");
    link.href = url;
    link.download = name;
    document.body.appendChild(link);
    link.click();
    document.body.removeChild(link);
  }

  function saveSvg(box, title) {
    var text = window.echarts.getInstanceByDom(box).renderToSVGString();
    var url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    save(url, title + ".svg");
    window.setTimeout(function () { URL.revokeObjectURL(url); }, 1000);
  }

  // Drawn anew on a canvas: a chart made of SVG gives no PNG.
  function savePng(box, title) {
    var shown = window.echarts.getInstanceByDom(box);
    var size = { renderer: "canvas", width: shown.getWidth(), height: shown.getHeight() };
    var drawn = window.echarts.init(document.createElement("div"), null, size);
    drawn.setOption(JSON.parse(document.getElementById(box.dataset.chart).textContent));
    save(drawn.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#fff" }), title + ".png");
    drawn.dispose();
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-save-picture]");
    var box = button && boxOf(button.dataset.savePicture);
    if (!box || !window.echarts || !window.echarts.getInstanceByDom(box)) { return; }
    (button.dataset.format === "svg" ? saveSvg : savePng)(box, button.dataset.title);
  });

  // A cell of a map has its row in its value.
  document.addEventListener("click", function (event) {
    var box = event.target.closest("[data-chart]");
    var table = box && document.querySelector('[data-rows-of="' + box.dataset.chart + '"]');
    var chart = box && window.echarts && window.echarts.getInstanceByDom(box);
    if (!table || !chart || !table.querySelector("tbody a")) { return; }
    var frame = box.getBoundingClientRect();
    var place = chart.convertFromPixel({ seriesIndex: 0 }, [event.clientX - frame.left, event.clientY - frame.top]);
    var row = place && table.tBodies[0].rows[place[1]];
    var link = row && row.querySelector("a");
    if (link && chart.containPixel({ gridIndex: 0 }, [event.clientX - frame.left, event.clientY - frame.top])) {
      window.location.href = link.href;
    }
  });

  Array.prototype.forEach.call(document.querySelectorAll("[data-save-picture]"), function (one) { one.hidden = false; });
})();
