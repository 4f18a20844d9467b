/* Layers, legend, year filter, search and popups of one map. Text from data only ever becomes textContent. */
(function () {
  "use strict";
  var specs = {}, items = {}, live = {}, map = null, home = null, open = {};
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
  function speaks(selector, zh, en) {
    document.querySelectorAll(selector).forEach(function (node) {
      node.dataset.zh = zh;
      node.dataset.en = en;
      node.setAttribute("aria-label", document.documentElement.lang === "en" ? en : zh);
    });
  }
  function styled(id, feature) {
    return specs[id].styles[feature.properties.s];
  }

  gis.describe = function (given) {
    specs = given;
    Object.keys(given).forEach(function (id) { items[id] = []; open[id] = {}; });
  };
  gis.style = function (id) {
    return function (feature) { var found = styled(id, feature); return found ? found.path : {}; };
  };
  gis.point = function (id) {
    return function (feature, place) {
      var spec = specs[id], size = spec.size, node;
      if (spec.labels) {
        node = el("span", "place-label");
        node.appendChild(el("span", "zh", feature.properties.t));
        node.appendChild(el("span", "en", feature.properties.v[0] || feature.properties.t));
        return L.marker(place, { pane: "labels", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "place", html: node, iconSize: [0, 0] }) });
      }
      node = el("span", "symbol");
      var found = styled(id, feature);
      node.innerHTML = found ? found.icon : "";
      return L.marker(place, { pane: spec.pane, title: "", alt: feature.properties.t,
        icon: L.divIcon({ className: "point", html: node, iconSize: [size, size] }) });
    };
  };
  gis.each = function (id) {
    return function (feature, layer) {
      items[id].push({ layer: layer, p: feature.properties });
      if (specs[id].labels) return;
      if (layer.getIcon) layer.on("add", function () { layer.getElement().setAttribute("aria-label", feature.properties.t); });
      layer.bindPopup(function () { return gis.card(id, feature.properties); }, { maxWidth: 340, minWidth: 220 });
      layer.bindTooltip(function () { return el("span", "", feature.properties.t); }, { sticky: true, direction: "top" });
    };
  };

  gis.card = function (id, p) {
    var card = el("div", "card-popup"), spec = specs[id], found = spec.styles[p.s];
    card.appendChild(el("h3", "", p.t));
    if (found) {
      var state = el("p", "state");
      var symbol = el("span", "symbol");
      symbol.innerHTML = found.icon;
      state.appendChild(symbol);
      state.appendChild(words(found.word));
      card.appendChild(state);
    }
    (p.k || []).forEach(function (verdict) {
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
    spec.fields.forEach(function (field, at) {
      if (!p.v[at]) return;
      var name = el("dt");
      name.appendChild(words(field));
      table.appendChild(name);
      var value = el("dd", "", Array.isArray(p.v[at]) ? undefined : p.v[at]);
      if (Array.isArray(p.v[at])) value.appendChild(words(p.v[at]));
      table.appendChild(value);
    });
    card.appendChild(table);
    if (p.f) {
      var source = el("p", "source");
      source.appendChild(words(["来源 ", "Source "]));
      source.appendChild(document.createTextNode(p.f));
      card.appendChild(source);
    }
    return card;
  };

  function years() {
    var from = document.getElementById("year-from"), to = document.getElementById("year-to");
    if (!from || !to) return null;
    var a = +from.value, b = +to.value;
    return a <= b ? [a, b] : [b, a];
  }
  function inYears(p, span) { return !span || p.y === undefined || (p.y >= span[0] && p.y <= span[1]); }

  function write(n, sum) {
    n.textContent = sum.n.toLocaleString("en");
    if (!sum.a) return;
    var digits = sum.a >= 1000 ? 0 : 1;
    n.appendChild(document.createTextNode(" · " +
      sum.a.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + " "));
    n.appendChild(words(["亩", "mu"]));
  }
  function refresh(id) {
    var span = years(), group = live[id], box = document.querySelector('[data-layer="' + id + '"]');
    var counts = {}, all = { n: 0, a: 0 };
    if (!group.eachLayer) return;
    items[id].forEach(function (item) {
      var wanted = inYears(item.p, span);
      if (wanted) {
        var sum = counts[item.p.s] || (counts[item.p.s] = { n: 0, a: 0 });
        sum.n += 1;
        sum.a += item.p.a || 0;
      }
      wanted = wanted && !open[id][item.p.s];
      if (wanted) {
        all.n += 1;
        all.a += item.p.a || 0;
      }
      if (wanted && !group.hasLayer(item.layer)) group.addLayer(item.layer);
      if (!wanted && group.hasLayer(item.layer)) group.removeLayer(item.layer);
    });
    if (!box) return;
    write(box.querySelector("label .n"), all);
    box.querySelectorAll("[data-entry]").forEach(function (entry) {
      write(entry.querySelector(".n"), counts[entry.dataset.entry] || { n: 0, a: 0 });
    });
  }

  function panel() {
    document.querySelectorAll("[data-layer]").forEach(function (box) {
      var id = box.dataset.layer;
      box.querySelector("input").addEventListener("change", function (event) {
        box.querySelectorAll(".legend").forEach(function (legend) { legend.hidden = !event.target.checked; });
        if (event.target.checked) live[id].addTo(map); else map.removeLayer(live[id]);
      });
      box.querySelectorAll("[data-entry]").forEach(function (entry) {
        entry.addEventListener("click", function () {
          var hide = entry.getAttribute("aria-pressed") === "true";
          entry.setAttribute("aria-pressed", String(!hide));
          open[id][entry.dataset.entry] = hide;
          refresh(id);
        });
      });
    });
    ["year-from", "year-to"].forEach(function (name) {
      var choice = document.getElementById(name);
      if (choice) choice.addEventListener("change", function () { Object.keys(live).forEach(refresh); });
    });
    var button = document.querySelector(".panel-button");
    button.addEventListener("click", function () {
      var shown = document.getElementById("panel").classList.toggle("open");
      button.setAttribute("aria-expanded", String(shown));
    });
  }

  function show(id, item) {
    var box = document.querySelector('[data-layer="' + id + '"] input');
    if (box && !box.checked) box.click();
    if (!live[id].hasLayer(item.layer)) live[id].addLayer(item.layer);
    if (item.layer.getBounds) map.fitBounds(item.layer.getBounds(), { maxZoom: 15, animate: false });
    else map.setView(item.layer.getLatLng(), Math.max(map.getZoom(), 13), { animate: false });
    item.layer.openPopup();
  }
  gis.show = function (title) {
    return Object.keys(specs).some(function (id) {
      if (!specs[id].search) return false;
      var item = items[id].find(function (one) { return one.p.t === title; });
      if (item) show(id, item);
      return Boolean(item);
    });
  };

  function search() {
    var input = document.getElementById("search"), list = document.getElementById("found");
    if (!input) return;
    function choose(hit) { list.hidden = true; input.value = hit.item.p.t; show(hit.id, hit.item); }
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase(), hits = [];
      list.textContent = "";
      if (wanted) Object.keys(specs).forEach(function (id) {
        if (specs[id].search) items[id].forEach(function (item) {
          if (hits.length < 8 && (item.p.t + " " + item.p.v.join(" ")).toLowerCase().indexOf(wanted) >= 0)
            hits.push({ id: id, item: item });
        });
      });
      hits.forEach(function (hit) {
        var row = el("li"), button = el("button", "", hit.item.p.t);
        button.type = "button";
        var word = specs[hit.id].styles[hit.item.p.s];
        if (word) button.appendChild(words(word.word));
        button.addEventListener("click", function () { choose(hit); });
        row.appendChild(button);
        list.appendChild(row);
      });
      if (wanted && !hits.length) list.appendChild(words(["没有找到", "nothing found"]));
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
    var spots = [];
    Object.keys(live).forEach(function (id) {
      if (specs[id].pane === "points" && map.hasLayer(live[id])) live[id].eachLayer(function (one) {
        if (one.getLatLng) spots.push(map.latLngToLayerPoint(one.getLatLng()));
      });
    });
    Object.keys(live).forEach(function (id) {
      if (!specs[id].labels) return;
      items[id].forEach(function (item) {
        var icon = item.layer.getElement(), at = map.latLngToLayerPoint(item.layer.getLatLng());
        if (!icon) return;
        var label = icon.querySelector(".place-label"), half = label.offsetWidth / 2 + 11;
        var shift = [0, -8, 8, -16, 16, -24, 24].find(function (step) {
          return !spots.some(function (spot) {
            return Math.abs(spot.x - at.x) < half && Math.abs(spot.y - at.y - step) < 21;
          });
        });
        label.style.marginTop = (shift || 0) + "px";
      });
    });
  }

  gis.start = function (given, groups, bounds) {
    map = given;
    live = groups;
    home = bounds;
    L.control.zoom({ position: "topright", zoomInTitle: "放大 · zoom in", zoomOutTitle: "缩小 · zoom out" }).addTo(map);
    speaks(".leaflet-control-zoom-in", "放大", "Zoom in");
    speaks(".leaflet-control-zoom-out", "缩小", "Zoom out");
    map.on("popupopen", function () { speaks(".leaflet-popup-close-button", "关闭", "Close"); });
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    map.fitBounds(home, { animate: false });
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
    window.addEventListener("beforeprint", function () { sized("145mm", "117mm"); });
    window.addEventListener("afterprint", function () { sized("", ""); });
    gis.ready = true;
  };
  gis.drawn = function () {
    var sums = {};
    Object.keys(live).forEach(function (id) { sums[id] = map.hasLayer(live[id]) ? (live[id].getLayers ? live[id].getLayers().length : 1) : 0; });
    return sums;
  };
  gis.layerOf = function (id) { return items[id].map(function (item) { return item.layer; }); };
})();
