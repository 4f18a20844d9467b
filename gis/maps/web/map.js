/* Panel, legend, year filter, search and popups of one map. Text from data only ever becomes textContent. */
(function () {
  "use strict";
  var board = null, byId = {}, pictures = {}, map = null, home = null, closed = {}, HITS = 8;
  var gis = (window.gis = {});

  function el(tag, className, text) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function words(pair) {
    var node = el("span");
    node.appendChild(el("span", "zh", pair[0]));
    var en = el("span", "en", pair[1]);
    en.lang = "en";
    node.appendChild(en);
    return node;
  }
  function speaks(nodes, zh, en) {
    nodes.forEach(function (node) {
      node.dataset.zh = zh;
      node.dataset.en = en;
      node.setAttribute("aria-label", document.documentElement.lang === "en" ? en : zh);
    });
  }
  function speaksAll(selector, zh, en) { speaks(document.querySelectorAll(selector), zh, en); }
  function boxOf(id) { return document.querySelector('[data-layer="' + id + '"]'); }
  function styleOf(layer, row) { return layer.styles[layer.style[row]]; }
  function value(layer, name, row) { return layer.columns[name] ? layer.columns[name].value(row) : null; }

  gisShapes.name = function (layer, row) {
    var node = el("span", "place-label");
    node.appendChild(el("span", "zh", layer.text("t", row)));
    node.appendChild(el("span", "en", layer.text("v0", row) || layer.text("t", row)));
    return node;
  };
  gisShapes.card = function (layer, row) {
    var card = el("div", "card-popup"), style = styleOf(layer, row), source = layer.text("f", row);
    card.appendChild(el("h3", "", layer.text("t", row)));
    if (style) {
      var state = el("p", "state"), symbol = el("span", "symbol");
      symbol.innerHTML = style.icon;
      state.appendChild(symbol);
      state.appendChild(words(style.word));
      card.appendChild(state);
    }
    (value(layer, "k", row) || []).forEach(function (verdict) {
      var box = el("p", "verdict");
      box.appendChild(words([verdict[0], verdict[1]]));
      if (verdict[2]) box.appendChild(el("small", "clause", verdict[2]));
      if (verdict[3]) {
        var page = el("a");
        page.href = verdict[3];
        page.appendChild(words([" 单页", " page"]));
        box.appendChild(page);
      }
      card.appendChild(box);
    });
    var table = el("dl");
    layer.spec.fields.forEach(function (field, at) {
      var told = layer.text("v" + at, row), name = el("dt");
      if (!told) return;
      name.appendChild(words(field));
      table.appendChild(name);
      var cell = el("dd", "", Array.isArray(told) ? undefined : told);
      if (Array.isArray(told)) cell.appendChild(words(told));
      table.appendChild(cell);
    });
    card.appendChild(table);
    if (source) {
      var from = el("p", "source"), place = layer.text("r", row);
      from.appendChild(words(["来源 ", "Source "]));
      from.appendChild(document.createTextNode(source + (place ? " · " + place : "")));
      card.appendChild(from);
    }
    return card;
  };

  function years() {
    var from = document.getElementById("year-from"), to = document.getElementById("year-to");
    if (!from || !to) return null;
    var a = +from.value, b = +to.value;
    return a <= b ? [a, b] : [b, a];
  }

  function write(n, sum) {
    n.textContent = sum.n.toLocaleString("en");
    if (!sum.a) return;
    var digits = sum.a >= 1000 ? 0 : 1;
    n.appendChild(document.createTextNode(" · " +
      sum.a.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + " "));
    n.appendChild(words(["亩", "mu"]));
  }
  function refresh(layer) {
    var span = years(), box = boxOf(layer.id), year = layer.columns.y, area = layer.columns.a;
    var counts = layer.styles.map(function () { return { n: 0, a: 0 }; }), all = { n: 0, a: 0 }, shut = closed[layer.id];
    board.filter(layer, function (row) {
      var when = year && span ? year.value(row) : null, at = layer.style[row], mu = area ? area.value(row) || 0 : 0;
      if (when !== null && (when < span[0] || when > span[1])) return false;
      if (counts[at]) { counts[at].n += 1; counts[at].a += mu; }
      if (shut[layer.spec.keys[at]]) return false;
      all.n += 1;
      all.a += mu;
      return true;
    });
    if (!box) return;
    write(box.querySelector("label .n"), all);
    box.querySelectorAll("[data-entry]").forEach(function (entry) {
      write(entry.querySelector(".n"), counts[layer.spec.keys.indexOf(entry.dataset.entry)] || { n: 0, a: 0 });
    });
  }
  function display(id, shown) {
    if (byId[id]) board.display(byId[id], shown);
    else if (shown) pictures[id].addTo(map);
    else map.removeLayer(pictures[id]);
  }

  function panel() {
    document.querySelectorAll("[data-layer]").forEach(function (box) {
      var id = box.dataset.layer;
      box.querySelector("input").addEventListener("change", function (event) {
        box.querySelectorAll(".legend").forEach(function (legend) { legend.hidden = !event.target.checked; });
        display(id, event.target.checked);
      });
      box.querySelectorAll("[data-entry]").forEach(function (entry) {
        entry.addEventListener("click", function () {
          var hide = entry.getAttribute("aria-pressed") === "true";
          entry.setAttribute("aria-pressed", String(!hide));
          closed[id][entry.dataset.entry] = hide;
          refresh(byId[id]);
        });
      });
    });
    ["year-from", "year-to"].forEach(function (name) {
      var choice = document.getElementById(name);
      if (choice) choice.addEventListener("change", function () { board.layers.forEach(refresh); });
    });
    var button = document.querySelector(".panel-button");
    button.addEventListener("click", function () {
      var shown = document.getElementById("panel").classList.toggle("open");
      button.setAttribute("aria-expanded", String(shown));
    });
  }

  function show(layer, row) {
    var box = boxOf(layer.id), input = box && box.querySelector("input");
    if (input && !input.checked) input.click();
    if (!layer.visible(row)) board.filter(layer, function (one) { return one === row || layer.mask[one] === 1; });
    board.show(layer, row);
  }
  function searched() { return board.layers.filter(function (layer) { return layer.spec.search; }); }
  gis.show = function (title) {
    return searched().some(function (layer) {
      for (var row = 0; row < layer.data.n; row++) if (layer.text("t", row) === title) { show(layer, row); return true; }
      return false;
    });
  };

  /* Rows whose title or a value holds the words; a dictionary is searched once, not once a row. */
  function found(layer, wanted, most) {
    var names = ["t"].concat(layer.spec.fields.map(function (_, at) { return "v" + at; })), hits = [];
    function holds(told) { return String(told).toLowerCase().indexOf(wanted) >= 0; }
    var tests = names.map(function (name) {
      var column = layer.columns[name], known = column.entries && column.entries.map(holds);
      if (known) return function (row) { return column.numbers[row] > 0 && known[column.numbers[row] - 1]; };
      return function (row) { return holds(column.text(row)); };
    });
    for (var row = 0; row < layer.data.n && hits.length < most; row++)
      if (tests.some(function (test) { return test(row); })) hits.push(row);
    return hits;
  }
  function search() {
    var input = document.getElementById("search"), list = document.getElementById("found");
    if (!input) return;
    function offer(layer, row) {
      var item = el("li"), button = el("button", "", layer.text("t", row)), style = styleOf(layer, row);
      button.type = "button";
      if (style) button.appendChild(words(style.word));
      button.addEventListener("click", function () { list.hidden = true; input.value = layer.text("t", row); show(layer, row); });
      item.appendChild(button);
      list.appendChild(item);
    }
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase();
      list.textContent = "";
      if (wanted) searched().forEach(function (layer) {
        found(layer, wanted, HITS - list.children.length).forEach(function (row) { offer(layer, row); });
      });
      if (wanted && !list.children.length) list.appendChild(words(["没有找到", "nothing found"]));
      list.hidden = !wanted;
    });
    input.addEventListener("keydown", function (event) {
      var first = list.querySelector("button");
      if (event.key === "Enter" && first) first.click();
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
      if (event.key === "Escape") list.hidden = true;
    });
    list.addEventListener("keydown", function (event) {
      var step = event.key === "ArrowDown" ? "nextElementSibling" : event.key === "ArrowUp" ? "previousElementSibling" : "";
      var row = step && event.target.parentNode[step];
      if (row) { event.preventDefault(); row.firstChild.focus(); }
      if (event.key === "Escape") { list.hidden = true; input.focus(); }
    });
  }

  /* A place name gives way to the point symbols on the map: up or down, as little as will do. */
  function makeWay() {
    var spots = [], view = map.getBounds().pad(0.1);
    board.layers.forEach(function (layer) {
      if (!layer.shown || layer.spec.labels || layer.data.kind[0] !== 0 || layer.data.n > 2000) return;
      for (var row = 0; row < layer.data.n; row++) {
        var at = layer.visible(row) && board.place(layer, row);
        if (at && view.contains(at)) spots.push(map.latLngToLayerPoint(at));
      }
    });
    board.layers.forEach(function (layer) {
      if (layer.names) layer.names.eachLayer(function (name) {
        var icon = name.getElement(), at = map.latLngToLayerPoint(name.getLatLng());
        if (!icon) return;
        var label = icon.firstChild, half = label.offsetWidth / 2 + 11;
        var shift = [0, -8, 8, -16, 16, -24, 24].find(function (step) {
          return !spots.some(function (spot) { return Math.abs(spot.x - at.x) < half && Math.abs(spot.y - at.y - step) < 21; });
        });
        label.style.marginTop = (shift || 0) + "px";
      });
    });
  }

  gis.start = function (given, images, bounds) {
    map = given;
    board = gisShapes.board(map);
    pictures = images;
    home = bounds;
    board.layers.forEach(function (layer) { byId[layer.id] = layer; closed[layer.id] = Object.create(null); });
    L.control.zoom({ position: "topright", zoomInTitle: "", zoomOutTitle: "" }).addTo(map);
    speaksAll(".leaflet-control-zoom-in", "放大", "Zoom in");
    speaksAll(".leaflet-control-zoom-out", "缩小", "Zoom out");
    map.getContainer().setAttribute("role", "application");
    speaks([map.getContainer()], "地图：方向键平移，加减键缩放，回车列出图中要素", "Map: arrows pan, plus and minus zoom, Enter lists the features in sight");
    document.querySelectorAll(".leaflet-control-zoom a").forEach(function (button) { button.tabIndex = -1; });
    map.on("popupopen", function () { speaksAll(".leaflet-popup-close-button", "关闭", "Close"); });
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    map.fitBounds(home, { animate: false });
    board.draw();
    panel();
    search();
    document.querySelectorAll("[data-show]").forEach(function (button) {
      button.addEventListener("click", function () {
        document.querySelector(".stage").scrollIntoView({ block: "nearest" });
        gis.show(button.dataset.show);
      });
    });
    function label() { map.getContainer().classList.toggle("near", map.getZoom() >= 10.5); makeWay(); }
    map.on("zoomend", label);
    document.getElementById("panel").addEventListener("change", makeWay);
    label();
    /* Before the sheet is laid out the map still has the size of the screen: give it that of the sheet (map.css, page.css). */
    function sized(width, height) {
      var style = map.getContainer().style;
      style.width = width;
      style.height = height;
      map.invalidateSize({ animate: false });
      map.fitBounds(home, { animate: false });
    }
    window.addEventListener("beforeprint", function () { sized("145mm", "117mm"); board.printed(true); });
    window.addEventListener("afterprint", function () { sized("", ""); });
    gis.ready = true;
  };
  /* How many features of each layer are on the map. */
  gis.drawn = function () {
    var sums = {};
    Object.keys(pictures).forEach(function (id) { sums[id] = map.hasLayer(pictures[id]) ? 1 : 0; });
    board.layers.forEach(function (layer) {
      sums[layer.id] = 0;
      for (var row = 0; layer.shown && row < layer.data.n; row++) sums[layer.id] += layer.visible(row) ? 1 : 0;
    });
    return sums;
  };
  gis.open = function (id, row) { board.open(byId[id], row); };
})();
