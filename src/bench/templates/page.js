/* Draws the page's charts; everything else on the page works without a script. */
(function () {
  "use strict";
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var narrow = window.matchMedia("(max-width: 40rem)");
  var paperWidth = 690; // CSS pixels between the margins of a sheet of A4
  var printing = false;

  // Plotly takes no CSS custom properties, so each light colour is exchanged for its dark one.
  function recoloured(value, colours) {
    if (typeof value === "string") {
      return Object.prototype.hasOwnProperty.call(colours, value) ? colours[value] : value;
    }
    if (Array.isArray(value)) {
      return value.map(function (item) { return recoloured(item, colours); });
    }
    if (value && typeof value === "object") {
      var copy = {};
      Object.keys(value).forEach(function (name) { copy[name] = recoloured(value[name], colours); });
      return copy;
    }
    return value;
  }

  function assign(target, path, value) {
    var names = path.split(".");
    var last = names.pop();
    names.forEach(function (name) {
      if (target[name] === undefined) { target[name] = {}; }
      target = target[name];
    });
    target[last] = value;
  }

  function draw(holder) {
    var target = document.getElementById(holder.getAttribute("data-target"));
    if (!target) { return; }
    var chart = JSON.parse(holder.textContent);
    var meta = chart.layout.meta || {};
    delete chart.layout.meta;
    if (narrow.matches && !printing) {
      Object.keys(meta.narrow || {}).forEach(function (path) {
        assign(chart.layout, path, meta.narrow[path]);
      });
    }
    if (dark.matches && !printing) { chart = recoloured(chart, meta.dark || {}); }
    if (printing) {
      chart.layout.width = paperWidth;
      chart.layout.font = { size: 11 };
    } else {
      chart.layout.autosize = true;
    }
    var apology = target.parentNode.querySelector(".undrawn");
    if (apology) { apology.hidden = true; }
    window.Plotly.react(target, chart.data, chart.layout, { displayModeBar: false, responsive: true });
  }

  function drawAll() {
    document.querySelectorAll("script.chart-data").forEach(draw);
  }

  function start() {
    if (!window.Plotly) {
      document.querySelectorAll("details.behind").forEach(function (each) { each.open = true; });
      return;
    }
    drawAll();
    dark.addEventListener("change", drawAll);
    narrow.addEventListener("change", drawAll);
    window.addEventListener("beforeprint", function () { printing = true; drawAll(); });
    window.addEventListener("afterprint", function () { printing = false; drawAll(); });
  }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
