/* Two years, or two editions of a layer, on one map: the same shapes drawn twice, parted by a handle. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), STEP = 0.02, WIDE = 0.1;

  /* Layers that have the same classes and no year of their own are editions of one another. */
  gis.editionsOf = function (layers) {
    var out = [];
    layers.forEach(function (one, at) {
      layers.slice(at + 1).forEach(function (other) {
        if (!one.columns.y && !other.columns.y && one.data.n && other.data.n && one.spec.group[0] === other.spec.group[0] && one.spec.keys.join() === other.spec.keys.join()) out.push([one, other]);
      });
    });
    return out;
  };

  /* `rows(layer)` are those of the right side; `moved(share)` hears where a reader leaves the handle; `set(left, right, share)`: layers that stand on one side only; `off()` ends it. */
  gis.swipe = function (map, board, rows, moved) {
    var stage = map.getContainer().parentNode, handle = gis.el("div", "swipe"), at = 0.5, stacks = {}, on = false;
    handle.tabIndex = 0;
    handle.hidden = true;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-valuemin", 0);
    handle.setAttribute("aria-valuemax", 100);
    gis.speaks([handle], "卷帘：左右方向键移动", "Swipe: left and right arrows move it");
    stage.appendChild(handle);
    function panes() { return Object.keys(board.stacks); }
    function right(name) {
      var pane = map.getPane(name + "-right") || map.createPane(name + "-right");
      pane.style.zIndex = getComputedStyle(map.getPane(name)).zIndex;
      pane.style.pointerEvents = "none";
    }
    function clip() {
      if (!on) return;
      var size = map.getSize(), a = map.containerPointToLayerPoint([0, 0]), b = a.add(size), x = a.x + Math.round(size.x * at);
      function rect(left, right) { return "rect(" + a.y + "px," + right + "px," + b.y + "px," + left + "px)"; }
      panes().concat("pictures").forEach(function (name) {
        map.getPane(name).style.clip = rect(a.x, x);
        map.getPane(name + "-right").style.clip = rect(x, b.x);
      });
      board.sides.x = size.x * at;
      handle.style.left = at * 100 + "%";
      handle.setAttribute("aria-valuenow", Math.round(at * 100));
    }
    function move(to) { at = Math.max(0, Math.min(1, to)); clip(); }
    handle.addEventListener("keydown", function (event) {
      var steps = { ArrowLeft: at - STEP, ArrowRight: at + STEP, PageUp: at - WIDE, PageDown: at + WIDE, Home: 0, End: 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      move(steps[event.key]);
      moved(at);
    });
    handle.addEventListener("pointerdown", function (event) { handle.setPointerCapture(event.pointerId); });
    handle.addEventListener("pointermove", function (event) {
      var box = stage.getBoundingClientRect();
      if (handle.hasPointerCapture(event.pointerId)) move((event.clientX - box.left) / box.width);
    });
    handle.addEventListener("lostpointercapture", function () { moved(at); });
    map.on("move zoomend resize", clip);
    /* A layer as the right side sees it: its shapes and styles, other rows. */
    function twin(layer) {
      var made = Object.create(layer);
      made.twin = layer;
      made.mask = rows(layer);
      return made;
    }
    return {
      set: function (left, other, share) {
        on = true;
        at = share;
        right("pictures");
        handle.hidden = false;
        board.sides = { left: board.layers.filter(function (layer) { return layer !== other; }), right: board.layers.filter(function (layer) { return layer !== left; }).map(function (layer) { return layer.names ? layer : twin(layer); }) };
        panes().forEach(function (name) {
          var stack = board.stacks[name];
          right(name);
          if (!stacks[name]) stacks[name] = new gisShapes.Stack({ pane: name + "-right" });
          stacks[name].layers = board.sides.right.filter(function (layer) { return layer.twin && layer.stack === stack; });
          stack.layers = board.sides.left.filter(function (layer) { return layer.stack === stack; });
          stack.repaint(true);
          stacks[name].ratio = stack.ratio;
          if (map.hasLayer(stacks[name])) stacks[name].repaint(true); else stacks[name].addTo(map);
        });
        board.twins = stacks;
        clip();
      },
      off: function () {
        if (!on) return;
        on = false;
        handle.hidden = true;
        board.sides = board.twins = null;
        map.getPane("pictures").style.clip = "";
        panes().forEach(function (name) {
          stacks[name].remove();
          map.getPane(name).style.clip = "";
          board.stacks[name].layers = board.layers.filter(function (layer) { return layer.stack === board.stacks[name]; });
          board.stacks[name].repaint(true);
        });
      }
    };
  };
})();
