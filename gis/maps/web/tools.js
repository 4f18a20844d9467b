/* Tools on the map: measure length and 亩, home, graticule, and where the pointer is. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2], LINES = 8;

  function fixed(value, digits) { return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }); }
  gis.lengthWords = function (metres) { return metres < 10000 ? fixed(metres, 1) + " m" : fixed(metres / 1000, 3) + " km"; };
  gis.areaWords = function (m2) { return [fixed(m2 * 3 / 2000, 2) + " 亩（" + fixed(m2, 0) + " m²）", fixed(m2 * 3 / 2000, 2) + " mu (" + fixed(m2, 0) + " m²)"]; };

  /* Coordinates under the pointer: degrees, and the 3-degree zone. */
  function pointer(map, box) {
    map.on("mousemove", function (event) {
      var at = event.latlng, plane = gis.gauss(at.lng, at.lat);
      box.textContent = gis.sexagesimal(at.lng) + "E " + gis.sexagesimal(at.lat) + "N（" + at.lng.toFixed(5) + ", " + at.lat.toFixed(5) + "）  X " +
        plane.north.toFixed(0) + "  Y " + plane.zone + plane.east.toFixed(0).padStart(6, "0");
    });
  }

  function graticule(map) {
    var group = L.layerGroup();
    function draw() {
      var view = map.getBounds(), span = Math.max(view.getEast() - view.getWest(), view.getNorth() - view.getSouth());
      var step = STEPS.find(function (one) { return span / one <= LINES; }) || 5, digits = Math.max(0, Math.ceil(-Math.log10(step)));
      group.clearLayers();
      function line(a, b, text, at) {
        L.polyline([a, b], { color: "#52606d", weight: 0.8, dashArray: "2 4", interactive: false }).addTo(group);
        L.marker(at, { interactive: false, keyboard: false, pane: "labels", icon: L.divIcon({ className: "place", html: gis.el("span", "degree", text), iconSize: [0, 0] }) }).addTo(group);
      }
      for (var x = Math.ceil(view.getWest() / step) * step; x < view.getEast(); x += step)
        line([view.getSouth(), x], [view.getNorth(), x], x.toFixed(digits) + "°E", [view.getSouth() + 0.02 * (view.getNorth() - view.getSouth()), x]);
      for (var y = Math.ceil(view.getSouth() / step) * step; y < view.getNorth(); y += step)
        line([y, view.getWest()], [y, view.getEast()], y.toFixed(digits) + "°N", [y, view.getWest() + 0.03 * (view.getEast() - view.getWest())]);
    }
    group.on("add", function () { draw(); map.on("moveend", draw); });
    group.on("remove", function () { map.off("moveend", draw); });
    return group;
  }

  /* The county, small, and what of it is seen; a press moves the map there. */
  function overview(map, home) {
    var box = gis.el("div", "overview"), a = gisShapes.toGrid(L.latLng(home[1][0], home[0][1])), b = gisShapes.toGrid(L.latLng(home[0][0], home[1][1])), wide = b[0] - a[0], high = b[1] - a[1];
    var svg = box.appendChild(gis.svg("svg", { viewBox: "0 0 100 " + 100 * high / wide, width: 110, height: 110 * high / wide })), county = gis.byId.base_county || gis.byId.base_towns, seen;
    function at(place) { var spot = gisShapes.toGrid(place); return [(spot[0] - a[0]) / wide * 100, (spot[1] - a[1]) / wide * 100]; }
    if (county) for (var row = 0; row < county.data.n; row++) gis.board.lines(county, row).forEach(function (line) {
      var step = Math.max(1, Math.floor(line.length / 200));
      svg.appendChild(gis.svg("path", { d: "M" + line.filter(function (_, k) { return k % step === 0; }).map(function (one) { return at(one).map(function (n) { return n.toFixed(1); }); }).join("L"), fill: "none", stroke: "#52606D" }));
    });
    seen = svg.appendChild(gis.svg("rect", { class: "seen" }));
    function draw() {
      var view = map.getBounds(), p = at(view.getNorthWest()), q = at(view.getSouthEast());
      function within(value, most) { return Math.max(1, Math.min(most - 1, value)); }
      [["x", p[0], 100], ["y", p[1], 100 * high / wide]].forEach(function (one, k) {
        var from = within(one[1], one[2]);
        seen.setAttribute(one[0], from);
        seen.setAttribute(["width", "height"][k], Math.max(1, within(q[k], one[2]) - from));
      });
    }
    map.on("moveend", draw);
    draw();
    box.setAttribute("aria-hidden", "true");
    box.addEventListener("click", function (event) {
      var frame = svg.getBoundingClientRect();
      map.panTo(gisShapes.toPlace(a[0] + (event.clientX - frame.left) / frame.width * wide, a[1] + (event.clientY - frame.top) / frame.height * high), { animate: false });
    });
    return box;
  }

  /* Corners are clicked, or set at the middle of the map by Enter; Escape ends. */
  function measure(map, said) {
    var corners = [], shape = L.layerGroup(), on = false, container = map.getContainer();
    function told() {
      if (corners.length < 2) { gis.fill(said, ["点选各转折点，Esc 结束", "click the corners, Esc ends"]); return; }
      var length = 0;
      for (var k = 1; k < corners.length; k++) length += gis.distance(corners[k - 1], corners[k]);
      var zh = "长 " + gis.lengthWords(length), en = "length " + gis.lengthWords(length);
      if (corners.length > 2) {
        var area = gis.areaWords(gis.area(corners)), around = ["围合", "enclosed"], measured = ["椭球面积", "ellipsoidal"];
        zh += " · " + around[0] + " " + area[0] + " " + measured[0];
        en += " · " + around[1] + " " + area[1] + " " + measured[1];
      }
      gis.fill(said, [zh, en]);
    }
    function draw() {
      var places = corners.map(function (one) { return [one[1], one[0]]; });
      shape.clearLayers();
      L.polygon(places, { color: "#8e1b4b", weight: 2, dashArray: "5 4", fillOpacity: 0.08, interactive: false }).addTo(shape);
      places.forEach(function (at) { L.circleMarker(at, { radius: 3, color: "#8e1b4b", fillOpacity: 1, interactive: false }).addTo(shape); });
      told();
    }
    function corner(at) { corners.push([at.lng, at.lat]); draw(); }
    function click(event) { corner(event.latlng); }
    function key(event) {
      if (event.key === "Escape") tool.toggle(false);
      else if (event.key === "Enter") corner(map.getCenter());
      else if (event.key === "Backspace") { corners.pop(); draw(); }
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    var tool = { toggle: function (yes) {
      if (yes === on) return;
      on = yes;
      gisShapes.quiet = on;
      container.classList.toggle("measuring", on);
      said.hidden = !on;
      corners = [];
      if (on) { shape.addTo(map); map.on("click", click); container.addEventListener("keydown", key, true); draw(); container.focus(); }
      else { shape.remove(); map.off("click", click); container.removeEventListener("keydown", key, true); }
      tool.button.setAttribute("aria-pressed", String(on));
    } };
    return tool;
  }

  /* Buttons at the edge of the map: one stop of Tab, arrows inside. */
  gis.tools = function (map, home, compare) {
    var stage = map.getContainer().parentNode, bar = gis.el("div", "tools"), said = gis.el("p", "measured"), under = gis.el("p", "pointer"), lines = graticule(map);
    said.hidden = true;
    said.setAttribute("role", "status");
    under.setAttribute("aria-hidden", "true");
    bar.setAttribute("role", "toolbar");
    gis.speaks([bar], "地图工具", "Map tools");
    var ruler = measure(map, said);
    function button(zh, en, act, pressed) {
      var made = gis.el("button", "tool");
      made.type = "button";
      made.appendChild(gis.words([zh, en]));
      if (pressed) made.setAttribute("aria-pressed", "false");
      made.addEventListener("click", function () { act(made); });
      bar.appendChild(made);
      return made;
    }
    button("全图", "Home", function () { map.fitBounds(home, { animate: false }); });
    ruler.button = button("量测", "Measure", function (made) { ruler.toggle(made.getAttribute("aria-pressed") !== "true"); }, true);
    button("经纬网", "Graticule", function (made) {
      var on = made.getAttribute("aria-pressed") !== "true";
      made.setAttribute("aria-pressed", String(on));
      if (on) lines.addTo(map); else lines.remove();
    }, true);
    var beside = compare && button("卷帘", "Swipe", function (made) { compare(made.getAttribute("aria-pressed") !== "true"); }, true);
    gis.pressed = function (on) { if (beside) beside.setAttribute("aria-pressed", String(on)); };
    var small = overview(map, home);
    button("鹰眼", "Overview", function (made) {
      small.hidden = !small.hidden;
      made.setAttribute("aria-pressed", String(!small.hidden));
    }, true);
    bar.lastChild.setAttribute("aria-pressed", "true");
    bar.lastChild.classList.add("wide");
    stage.appendChild(small);
    stage.appendChild(bar);
    stage.appendChild(said);
    stage.appendChild(under);
    gis.roving(bar, "button", true);
    pointer(map, under);
  };
})();
