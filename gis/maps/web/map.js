/* Panel, legend, search and popups of one map. Text from data only ever becomes textContent. */
(function () {
  "use strict";
  var board = null, byId = {}, pictures = {}, map = null, home = null, closed = {}, MOST = 200;
  var gis = (window.gis = window.gis || {});

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
  /* A text, or a pair of which the page's language is shown. */
  function fill(node, told) {
    node.textContent = "";
    if (Array.isArray(told)) node.appendChild(words(told)); else node.textContent = told;
  }
  gis.el = el;
  gis.words = words;
  gis.fill = fill;
  gis.told = function (told) { return Array.isArray(told) ? told[document.documentElement.lang === "en" ? 1 : 0] : String(told); };
  gis.number = function (value) {
    return value.toLocaleString("en", { minimumFractionDigits: value % 1 ? 2 : 0, maximumFractionDigits: 2 });
  };
  gis.inMu = function (mu) { return mu.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }); };
  /* One stop of Tab for many controls: arrows go from one to the next. */
  gis.roving = function (box, selector, across) {
    function all() { return Array.prototype.filter.call(box.querySelectorAll(selector), function (one) { return one.offsetParent !== null; }); }
    function only(node) {
      Array.prototype.forEach.call(box.querySelectorAll(selector), function (one) { one.tabIndex = one === node ? 0 : -1; });
    }
    only(box.querySelector(selector));
    box.addEventListener("focusin", function (event) { var node = event.target.closest(selector); if (node) only(node); });
    box.addEventListener("keydown", function (event) {
      var list = all(), at = list.indexOf(event.target.closest(selector)), keys = { Home: 0, End: list.length - 1 };
      keys[across ? "ArrowRight" : "ArrowDown"] = at + 1;
      keys[across ? "ArrowLeft" : "ArrowUp"] = at - 1;
      if (at < 0 || !(event.key in keys)) return;
      event.preventDefault();
      var to = list[Math.max(0, Math.min(list.length - 1, keys[event.key]))];
      only(to);
      to.focus();
    });
  };
  function speaks(nodes, zh, en) {
    nodes.forEach(function (node) {
      node.dataset.zh = zh;
      node.dataset.en = en;
      node.setAttribute("aria-label", document.documentElement.lang === "en" ? en : zh);
    });
  }
  gis.speaks = speaks;
  function speaksAll(selector, zh, en) { speaks(document.querySelectorAll(selector), zh, en); }
  function boxOf(id) { return document.querySelector('[data-layer="' + id + '"]'); }
  function styleOf(layer, row) { return layer.styles[layer.style[row]]; }
  function value(layer, name, row) { return layer.columns[name] ? layer.columns[name].value(row) : null; }

  gisShapes.name = function (layer, row) {
    var node = el("span", "place-label");
    node.appendChild(el("span", "zh", layer.text("t", row) || layer.spec.name[0]));
    node.appendChild(el("span", "en", layer.text("v0", row) || layer.text("t", row) || layer.spec.name[1]));
    return node;
  };
  gisShapes.card = function (layer, row) {
    var card = el("div", "card-popup"), style = styleOf(layer, row), source = layer.text("f", row);
    card.appendChild(el("h3", "", layer.text("t", row)));
    if (!layer.text("t", row)) card.firstChild.appendChild(gisShapes.name(layer, row));
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

  function write(node, n, mu, follows) {
    node.textContent = "";
    if (follows) node.appendChild(words(["所选 ", "selected "]));
    node.appendChild(document.createTextNode(n.toLocaleString("en")));
    if (mu === null) return;
    node.appendChild(document.createTextNode(" · " + gis.inMu(mu) + " "));
    node.appendChild(words(["亩", "mu"]));
  }
  /* What passes the filters of the page: all of it on a map alone. */
  gis.pass = function (layer) { return { rows: new Uint8Array(layer.data.n).fill(1), loose: [] }; };
  /* Select the rows of a layer anew, and count them: an entry counts what passes, the layer what is open too. */
  gis.refresh = function (layer) {
    if (layer.names) return;
    var passed = gis.pass(layer), box = boxOf(layer.id), shut = layer.spec.keys.map(function (key) { return closed[layer.id][key]; });
    var Sum = gis.Sum || function () { this.n = 0; this.add = function () { this.n++; }; this.mu = function () { return null; }; };
    var counts = layer.styles.map(function () { return new Sum(layer); }), all = new Sum(layer), rows = passed.rows, style = layer.style;
    for (var row = 0; row < rows.length; row++) {
      var at = style[row];
      if (!rows[row] || !counts[at]) { rows[row] = 0; continue; }
      counts[at].add(row);
      if (shut[at]) rows[row] = 0; else all.add(row);
    }
    layer.rows = rows;
    layer.sum = all;
    board.masked(layer, gis.drawnOf ? gis.drawnOf(layer, rows) : rows);
    if (!box) return;
    box.classList.toggle("loose", passed.loose.length > 0);
    box.classList.toggle("none", !all.n);
    write(box.querySelector("label .n"), all.n, all.mu(), gis.follows && layer.spec.listed);
    box.querySelectorAll("[data-entry]").forEach(function (entry) {
      var k = layer.spec.keys.indexOf(entry.dataset.entry);
      entry.setAttribute("aria-pressed", String(!shut[k]));
      entry.classList.toggle("none", shut[k] || !counts[k].n);
      if (shut[k]) entry.querySelector(".n").textContent = "–";
      else write(entry.querySelector(".n"), counts[k].n, counts[k].n ? counts[k].mu() : null, false);
    });
  };
  function changed() { board.layers.forEach(gis.refresh); board.seen(); if (gis.onchange) gis.onchange(); }
  gis.closed = closed;
  gis.changed = changed;
  gis.display = function (id, shown) {
    var box = boxOf(id), input = box && box.querySelector("input");
    if (input) input.checked = shown;
    if (box) box.querySelectorAll(".legend").forEach(function (legend) { legend.hidden = !shown; });
    if (byId[id]) { board.display(byId[id], shown); return; }
    pictures[id].shown = shown;
    gis.pictured(pictures[id].year);
    if (!pictures[id].tiles || !byId.base_towns) return;
    byId.base_towns.styles[0].opacity = shown ? 0 : 1;
    byId.base_towns.stack.repaint();
  };
  /* Of each series of pictures the one of the year, or the last before it; without a year the newest. With two years each side of a swipe has its own. */
  gis.pictured = function (year, right) {
    Object.keys(pictures).forEach(function (id) {
      var spec = pictures[id], sides = (right === undefined || spec.tiles ? [year] : [year, right]).map(function (one) {
        return spec.images.filter(function (image) { return !one || !(image[0] > one); }).pop();
      }), told = sides.map(function (image) { return image ? image[0] || "" : "–"; });
      spec.year = year;
      (spec.overlays || []).forEach(function (one) { one.remove(); });
      spec.overlays = [];
      boxOf(id).querySelector("label .n").textContent = told[0] === told[1] ? told[0] : told.join(" | ");
      sides.forEach(function (image, side) {
        if (!spec.shown || !image) return;
        var made = spec.tiles ? new L.TileLayer(spec.tiles, { maxZoom: 19, maxNativeZoom: 18, subdomains: "01234567" }) : new L.ImageOverlay(image[1], spec.bounds, { pane: side ? "pictures-right" : "pictures", opacity: spec.opacity, alt: spec.name[0] });
        spec.overlays.push(made.addTo(map));
      });
    });
  };

  function panel(order) {
    gis.panel(order, pictures);
    document.querySelectorAll("[data-layer]").forEach(function (box) {
      var id = box.dataset.layer;
      box.querySelector("input").addEventListener("change", function (event) {
        gis.display(id, event.target.checked);
        if (gis.onchange) gis.onchange();
      });
      box.querySelectorAll("[data-entry]").forEach(function (entry) {
        entry.addEventListener("click", function () {
          closed[id][entry.dataset.entry] = entry.getAttribute("aria-pressed") === "true";
          changed();
        });
      });
    });
    document.querySelectorAll("#panel .group").forEach(function (group) { gis.roving(group, "input, .entry, summary"); });
    var button = document.querySelector(".panel-button");
    button.addEventListener("click", function () {
      var shown = document.getElementById("panel").classList.toggle("open");
      button.setAttribute("aria-expanded", String(shown));
    });
  }

  function show(layer, row) {
    var box = boxOf(layer.id), input = box && box.querySelector("input");
    if (input && !input.checked) input.click();
    if (!layer.visible(row)) gis.reveal(layer, row);
    board.show(layer, row);
  }
  gis.reveal = function (layer, row) { board.filter(layer, function (one) { return one === row || layer.mask[one] === 1; }); };
  gis.bring = show;
  function searched() { return board.layers.filter(function (layer) { return layer.spec.search; }); }
  gis.show = function (title) {
    return searched().some(function (layer) {
      for (var row = 0; row < layer.data.n; row++) if (layer.text("t", row) === title) { show(layer, row); return true; }
      return false;
    });
  };

  /* A test of rows whose title or a text of theirs holds the words; a dictionary is searched once, not once a row. */
  gis.holding = function (layer, wanted) {
    function holds(told) { return String(told).toLowerCase().indexOf(wanted) >= 0; }
    var tests = ["t"].concat((layer.spec.fields || []).map(function (_, at) { return "v" + at; })).map(function (name) {
      var column = layer.columns[name], known = column && column.entries && column.entries.map(holds);
      if (!column || column.kind === "number" && column.digits || column.kind === "float") return null;
      if (known) return known.some(Boolean) && function (row) { return column.numbers[row] > 0 && known[column.numbers[row] - 1]; };
      return function (row) { return holds(column.text(row)); };
    }).filter(Boolean);
    return function (row) { for (var k = 0; k < tests.length; k++) if (tests[k](row)) return true; return false; };
  };

  /* Rows that hold the words; of a place with a row a period the one on the map, else its last. */
  function heard(layer, wanted) {
    var test = gis.holding(layer, wanted), of = layer.spec.last && layer.data.of, best = Object.create(null), out = [];
    for (var row = 0; row < layer.data.n; row++) {
      if (!test(row)) continue;
      if (!of) out.push(row);
      else if (best[of[row]] === undefined || !layer.mask[best[of[row]]]) best[of[row]] = row;
    }
    return of ? Object.keys(best).map(function (place) { return best[place]; }) : out;
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
      var hits = 0;
      if (wanted) searched().forEach(function (layer) {
        var rows = heard(layer, wanted);
        hits += rows.length;
        rows.slice(0, Math.max(0, MOST - list.children.length)).forEach(function (row) { offer(layer, row); });
      });
      if (wanted) list.appendChild(el("li", "n")).appendChild(words(hits > MOST ? ["共 " + hits + " 处，列出 " + MOST + " 处", hits + " found, " + MOST + " listed"] : hits ? ["共 " + hits + " 处", hits + " found"] : ["没有找到", "nothing found"]));
      list.hidden = !wanted;
    });
    input.addEventListener("keydown", function (event) {
      var first = list.querySelector("button");
      if (event.key === "Enter" && first) first.click();
      if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
      if (event.key === "Escape") { list.hidden = true; event.preventDefault(); }
    });
    list.addEventListener("keydown", function (event) {
      var step = event.key === "ArrowDown" ? "nextElementSibling" : event.key === "ArrowUp" ? "previousElementSibling" : "";
      var row = step && event.target.parentNode[step];
      if (step) event.preventDefault();
      if (row && row.firstChild.focus && row.querySelector("button")) row.firstChild.focus();
      else if (step === "previousElementSibling") input.focus();
      if (event.key === "Escape") { list.hidden = true; input.focus(); }
    });
  }

  /* A place name gives way to the point symbols on the map: up or down, as little as will do. */
  function makeWay() {
    var spots = [], view = map.getBounds().pad(0.1);
    board.layers.forEach(function (layer) {
      if (!layer.shown || layer.spec.labels || layer.data.kind[0] !== 0 || layer.data.n > 2000) return;
      for (var row = 0; row < layer.data.n; row++) {
        var at = layer.visible(row) && layer.data.has(row) && board.place(layer, row);
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

  gis.start = function (given, images, bounds, order) {
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
    gis.map = map;
    gis.board = board;
    gis.home = home;
    gis.byId = byId;
    panel(order);
    gis.pictures = pictures;
    Object.keys(pictures).forEach(function (id) { pictures[id].shown = pictures[id].show; });
    gis.pictured(null);
    board.layers.forEach(gis.refresh);
    board.draw();
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
    /* Before the sheet is laid out the map still has the size of the screen: give it that of the sheet (map.css, work.css). */
    var before = null;
    function sized(width, height) {
      var style = map.getContainer().style;
      style.width = width;
      style.height = height;
      map.invalidateSize({ animate: false, pan: false });
    }
    window.addEventListener("beforeprint", function () {
      var size = gis.paper || ["145mm", "117mm"], seen = gis.moved ? map.getBounds() : home;
      gis.printing = true;
      before = before || [map.getCenter(), map.getZoom()];
      sized(size[0], size[1]);
      map.fitBounds(seen, { animate: false });
      board.printed(true);
    });
    window.addEventListener("afterprint", function () {
      sized("", "");
      map.setView(before[0], before[1], { animate: false });
      before = null;
      gis.printing = false;
    });
    gis.ready = true;
  };
  /* How many features of each layer are on the map. */
  gis.drawn = function () {
    var sums = {};
    Object.keys(pictures).forEach(function (id) { sums[id] = pictures[id].overlays.length; });
    board.layers.forEach(function (layer) {
      sums[layer.id] = 0;
      for (var row = 0; layer.shown && row < layer.data.n; row++) sums[layer.id] += layer.visible(row) && layer.data.has(row) ? 1 : 0;
    });
    return sums;
  };
  gis.open = function (id, row) { board.open(byId[id], row); };
})();
