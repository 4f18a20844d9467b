/* Each figure leaves the page as a file: what it is, what it is made of, its rows as they stand here. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {});
  function told(node) { return node.innerText.replace(/\s*\n\s*/g, " ").trim(); }
  /* A record leads to its place: `planner parcels:17` is row 17 of a layer there, `day 2021 3 …` the days of a station. */
  function address(at) {
    var day = /^day (\d+) (\d+) (.*)$/.exec(at);
    return day ? "air.html#y=" + day[1] + "&part=" + day[2] + encodeURIComponent("月") + "&t=stations&q=" + encodeURIComponent(day[3])
      : at.replace(/^(\w+) ((\w+):\d+)$/, "$1.html#t=$3&pick=$2");
  }
  document.querySelectorAll("[data-at]").forEach(function (cell) {
    var link = document.createElement("a");
    link.href = "../" + address(cell.dataset.at);
    link.append.apply(link, cell.childNodes);
    cell.appendChild(link);
  });
  document.querySelectorAll(".proof").forEach(function (proof) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.innerHTML = '<span class="zh">下载依据（CSV）</span><span class="en" lang="en">Download the evidence (CSV)</span>';
    button.addEventListener("click", function () {
      var head = [[told(proof.querySelector("h2")), proof.id]], rows = [];
      proof.querySelectorAll(".facts-list > div").forEach(function (one) { head.push([told(one.firstChild), told(one.lastChild)]); });
      proof.querySelectorAll("tr").forEach(function (row) { rows.push([].map.call(row.cells, told)); });
      proof.querySelectorAll(".note").forEach(function (one) { rows.push([told(one)]); });
      document.querySelectorAll(".stamp, .mast .facts span").forEach(function (one) { if (one.innerText) rows.push([told(one)]); });
      gis.save(proof.id + ".csv", "text/csv;charset=utf-8", gis.csv(head[0], head.slice(1).concat(rows)));
    });
    proof.querySelector(".id").appendChild(button);
  });
})();
