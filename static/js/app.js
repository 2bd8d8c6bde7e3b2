// What every page needs: the CSRF header for htmx, charts, a guard against double submits, and words when the line or the
// session is gone. Written in ES2015 so that phones of 2018 run it.
(function () {
  "use strict";

  // --- Messages ---

  function say(text) {
    var box = document.getElementById("messages");
    var alert = document.createElement("div");
    alert.className = "alert alert-danger";
    alert.setAttribute("role", "alert");
    alert.textContent = text;
    box.innerHTML = "";
    box.appendChild(alert);
    box.scrollIntoView({ block: "center" });
  }

  // --- htmx ---

  function cookie(name) {
    var found = document.cookie.match("(?:^|; )" + name + "=([^;]*)");
    return found ? decodeURIComponent(found[1]) : "";
  }

  function isSignInPage(address) {
    var link = document.createElement("a");
    link.href = address || "";
    return Boolean(document.body.dataset.signIn) && link.pathname === document.body.dataset.signIn;
  }

  function toSignIn() {
    var here = location.pathname + location.search;
    location.href = document.body.dataset.signIn + "?next=" + encodeURIComponent(here);
  }

  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") {
      event.detail.headers["X-CSRFToken"] = cookie("csrftoken");
    }
  });

  // A fragment that answers with the sign-in page means that the session has ended.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (isSignInPage(event.detail.xhr.responseURL) && !isSignInPage(location.href)) {
      event.detail.shouldSwap = false;
      toSignIn();
    } else if (event.detail.xhr.status === 422) {
      // A form sent back with its errors.
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:responseError", function (event) {
    var words = { 403: "没有这项权限，或页面已过期。请刷新页面后再试。", 404: "内容已不存在。请刷新页面。", 429: "操作太频繁，请稍后再试。" };
    say(words[event.detail.xhr.status] || "没有保存成功。请稍后再试；多次失败请联系管理员。");
  });

  document.addEventListener("htmx:sendError", function () {
    say("网络不通，没有保存。请检查网络后再试一次。");
  });

  // --- Forms ---

  function setBusy(form, busy) {
    form.toggleAttribute("data-sent", busy);
    Array.prototype.forEach.call(form.querySelectorAll("button[type=submit], button:not([type])"), function (button) {
      button.disabled = busy;
    });
  }

  // data-keep-enabled: for forms whose answer is a download, so that the page stays.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-keep-enabled")) { return; }
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    // Later, because a disabled button's own name and value would not be sent.
    form.setAttribute("data-sent", "");
    setTimeout(function () { setBusy(form, true); }, 0);
  });

  // "Back" may bring the page from memory, with its buttons still disabled.
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.querySelectorAll("form[data-sent]"), function (form) { setBusy(form, false); });
  });

  document.addEventListener("click", function (event) {
    var asker = event.target.closest("[data-confirm]");
    if (asker && !window.confirm(asker.dataset.confirm)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);

  // --- Charts: <div data-chart="id of a json_script"> ---

  function mount(box) {
    var option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    var chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option);
    box.setAttribute("data-mounted", "");
    if (window.ResizeObserver) {
      new ResizeObserver(function () { chart.resize(); }).observe(box);
    } else {
      window.addEventListener("resize", function () { chart.resize(); });
    }
  }

  function mountAll() {
    Array.prototype.forEach.call(document.querySelectorAll("[data-chart]:not([data-mounted])"), mount);
  }

  // ECharts is 300 kB: only a page with a chart loads it.
  function findCharts() {
    if (!document.querySelector("[data-chart]:not([data-mounted])")) { return; }
    if (window.echarts) { mountAll(); return; }
    if (document.getElementById("echarts-script")) { return; }
    var script = document.createElement("script");
    script.id = "echarts-script";
    script.src = document.body.dataset.echarts;
    script.onload = mountAll;
    document.head.appendChild(script);
  }

  document.addEventListener("htmx:afterSettle", findCharts);
  findCharts();
})();
