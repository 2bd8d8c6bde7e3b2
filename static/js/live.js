// Minutes left, layers and who has spoken, while colleagues post: one small question for all classes of the page, at most
// every ten seconds and only while the page is looked at. What is being typed is never touched. Written in ES2015.
(function () {
  "use strict";

  var SECONDS = 10;
  var cards = document.querySelector("[data-live]");
  if (!cards || !window.fetch) { return; }
  var asked = Date.now();
  var isAsking = false;

  function each(nodes, act) { Array.prototype.forEach.call(nodes, act); }

  function setText(node, text) {
    if (node && node.textContent !== text) { node.textContent = text; }
  }

  // As templates/homework/_meter.html says it.
  function meterWords(state) {
    var left = state.limit - state.load;
    if (!state.limit && !state.load) { return ["书面作业不带回家（限0分钟）", "", "", false]; }
    if (!state.limit) { return ["", "不应布置书面家庭作业", "，已布置" + state.load + "分钟", true]; }
    if (left < 0) { return ["书面作业" + state.load + "分钟，", "超出" + -left + "分钟", "（限" + state.limit + "分钟）", true]; }
    return ["书面作业" + state.load + "分钟，", "还剩" + left + "分钟", "（限" + state.limit + "分钟）", false];
  }

  function showMeter(card, state) {
    var words = card.querySelector(".load-words");
    var said = meterWords(state);
    if (words.textContent.replace(/\s+/g, "") !== said.slice(0, 3).join("")) {
      words.textContent = said[0];
      if (said[1]) {
        var strong = document.createElement("strong");
        strong.textContent = said[1];
        strong.classList.toggle("text-bad", said[3]);
        words.appendChild(strong);
      }
      words.appendChild(document.createTextNode(said[2]));
    }
    var meter = card.querySelector(".load .meter");
    if (!meter || !state.limit) { return; }
    var percent = Math.min(Math.floor(state.load * 100 / state.limit), 100);
    meter.firstElementChild.style.width = percent + "%";
    meter.classList.toggle("meter-bad", state.load > state.limit);
    meter.classList.toggle("meter-warn", state.load <= state.limit && percent >= 90);
  }

  var LAYERS = { basic: "基础", higher: "提高", extended: "拓展" };

  function showLayers(card, layers) {
    var line = card.querySelector(".load-layers");
    var names = Object.keys(LAYERS).filter(function (layer) { return layer in layers; });
    if (!line && !names.length) { return; }
    if (!line) {
      line = document.createElement("p");
      line.className = "load-layers";
      card.querySelector(".load").appendChild(line);
    }
    var words = names.map(function (layer) { return LAYERS[layer] + " " + layers[layer] + "分"; });
    if (words.join("") === line.textContent) { return; }
    line.textContent = "";
    words.forEach(function (word) {
      var span = document.createElement("span");
      span.textContent = word;
      line.appendChild(span);
    });
  }

  function showMissing(card, state) {
    var line = card.querySelector(".missing");
    var names = line.dataset.due.split(" ").filter(Boolean).map(function (due) { return due.split(":"); });
    var missing = state.closed ? [] : names.filter(function (due) { return state.spoken.indexOf(Number(due[0])) < 0; });
    setText(line, missing.length ? "还没公示：" + missing.map(function (due) { return due[1]; }).join("、") : "");
    line.hidden = !missing.length;
  }

  function showRooms(card, state) {
    each(card.querySelectorAll(".room"), function (room) {
      var left = Number(room.dataset.share) - (state.used[room.dataset.subject] || 0);
      setText(room.querySelector(".room-left"), String(Math.max(left, 0)));
    });
  }

  function showNews(card, state) {
    var more = state.items - Number(card.dataset.items);
    var news = card.querySelector(".news");
    setText(news, more > 0 ? "同事刚公示了" + more + "项，刷新页面可看内容。" : "");
    news.hidden = more <= 0;
  }

  function show(states) {
    each(document.querySelectorAll(".class-card[data-class]"), function (card) {
      var state = states[card.dataset.class];
      if (!state) { return; }
      showMeter(card, state);
      showLayers(card, state.layers);
      showMissing(card, state);
      showRooms(card, state);
      showNews(card, state);
      card.dataset.spoken = state.spoken.join(" ");
      var form = card.querySelector(".item-form");
      if (form) {
        form.dataset.limit = state.limit;
        form.dataset.layers = JSON.stringify(state.set);
      }
    });
    // The forecasts of all forms: an item may go to several classes.
    document.dispatchEvent(new CustomEvent("homework:minutes"));
  }

  function ask() {
    if (isAsking || document.hidden || Date.now() - asked < SECONDS * 1000) { return; }
    asked = Date.now();
    isAsking = true;
    // The browser keeps the answer with its ETag, and asks whether it still holds.
    fetch(cards.dataset.live, { credentials: "same-origin", cache: "no-cache" }).then(function (response) {
      var isJson = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
      return response.ok && isJson ? response.json().then(show) : null;
    }).catch(function () {
      // Without a network the page stays as it is; it is asked again in ten seconds.
    }).then(function () { isAsking = false; });
  }

  setInterval(ask, 1000);
  document.addEventListener("visibilitychange", ask);
})();
