/* What a workspace shows, as the fragment of its address and as a short code that can be read out and pasted. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", GROUP = 4, CHECK = 10;
  gis.FACETS = ["town", "line", "category", "part"];

  /* Fragments hold names, so that a person can read them: y=2023&town=…&t=parcels&at=12.5,31.65,120.75. */
  gis.toFragment = function (state, words) {
    var out = [];
    function put(key, value) { if (value !== "" && value !== null && value !== undefined) out.push(key + "=" + encodeURIComponent(value)); }
    put("lang", state.lang === "en" ? "en" : "");
    put("y", state.y === null ? (words.first.y === null ? "" : "all") : state.y);
    gis.FACETS.forEach(function (name) { put(name, state[name] || (words.first[name] ? "all" : "")); });
    put("q", state.q);
    put("t", state.t === words.first.t ? "" : words.layers[state.t].id);
    if (differs(state.on, words.first.on)) put("on", named(state.on, words).join(".") || "none");
    if (differs(state.images, words.first.images)) put("images", words.images.filter(function (_, k) { return state.images[k]; }).join(".") || "none");
    state.shut.forEach(function (keys, at) {
      var shut = words.layers[at].keys.filter(function (_, k) { return keys[k]; });
      if (shut.length) put("shut." + words.layers[at].id, shut.join(","));
    });
    put("sort", state.sort);
    put("beside", state.beside);
    put("handle", state.beside && state.handle !== words.first.handle ? state.handle : "");
    if (state.at) put("at", state.at.map(function (one, k) { return one.toFixed(k ? 5 : 2); }).join(","));
    if (state.pick) put("pick", words.layers[state.pick[0]].id + ":" + state.pick[1]);
    return out.join("&");
  };
  function named(on, words) { return words.layers.filter(function (_, at) { return on[at]; }).map(function (one) { return one.id; }); }
  function differs(one, other) { return one.some(function (value, at) { return value !== other[at]; }); }
  function indexOf(list, id) { return list.map(function (one) { return one.id; }).indexOf(id); }

  /* What is not known stays as the page opens: an address may be of another edition. */
  gis.fromFragment = function (text, words) {
    var state = gis.copy(words.first), given = Object.create(null);
    text.replace(/^#/, "").split("&").forEach(function (one) {
      var cut = one.indexOf("="), value;
      try { value = decodeURIComponent(one.slice(cut + 1)); } catch (fault) { return; }
      if (cut > 0) given[one.slice(0, cut)] = value;
    });
    state.lang = given.lang === "en" ? "en" : "zh";
    if (given.y === "all") state.y = null;
    else if (words.years.indexOf(+given.y) >= 0) state.y = +given.y;
    gis.FACETS.forEach(function (name) {
      if (given[name] === "all") state[name] = "";
      else if (words[name].indexOf(given[name]) >= 0) state[name] = given[name];
    });
    state.q = given.q || "";
    if (indexOf(words.layers, given.t) >= 0) state.t = indexOf(words.layers, given.t);
    if (given.on) state.on = words.layers.map(function (one) { return given.on.split(".").indexOf(one.id) >= 0; });
    if (given.images) state.images = words.images.map(function (id) { return given.images.split(".").indexOf(id) >= 0; });
    words.layers.forEach(function (layer, at) {
      var shut = given["shut." + layer.id];
      if (shut) layer.keys.forEach(function (key, k) { state.shut[at][k] = shut.split(",").indexOf(key) >= 0; });
    });
    state.sort = /^[tskfyv\d]+[+-]$/.test(given.sort || "") ? given.sort : "";
    if (words.besides.indexOf(given.beside) >= 0) state.beside = given.beside;
    if (state.beside && /^\d+$/.test(given.handle)) state.handle = Math.min(100, +given.handle);
    var place = (given.at || "").split(",").map(Number);
    if (place.length === 3 && place.every(isFinite)) state.at = place;
    var pick = (given.pick || "").split(":"), at = indexOf(words.layers, pick[0]);
    if (at >= 0 && /^\d+$/.test(pick[1]) && +pick[1] < words.layers[at].n) state.pick = [at, +pick[1]];
    return state;
  };
  gis.copy = function (state) { return JSON.parse(JSON.stringify(state)); };

  /* ---- the code: bits of what differs from how the page opens, letters without I, L, O and U, a check at the end ---- */
  function widthOf(n) { var bits = 1; while (1 << bits < n) bits++; return bits; }
  gis.hash = function (text) {
    var sum = 2166136261;
    for (var i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 16777619) >>> 0;
    return sum;
  };
  function Bits(given) { this.bits = given || []; this.next = 0; }
  Bits.prototype.put = function (value, width) { for (var k = width - 1; k >= 0; k--) this.bits.push((value >>> k) & 1); };
  Bits.prototype.take = function (width) {
    var value = 0;
    for (var k = 0; k < width; k++) value = value * 2 + (this.bits[this.next++] || 0);
    return value;
  };
  function grid(value, from, to, bits) { return Math.max(0, Math.min((1 << bits) - 1, Math.round((value - from) / (to - from) * ((1 << bits) - 1)))); }
  function ungrid(step, from, to, bits) { return from + step / ((1 << bits) - 1) * (to - from); }
  var FINE = 13;

  /* Both ways in one walk: `each(width, value)` writes a value and gives it, or reads one. */
  function walk(state, words, each) {
    var first = words.first, box = words.box;
    function some(differs, then) { if (each(1, differs ? 1 : 0)) then(); }
    function choice(key, list) {
      some(state[key] !== first[key], function () {
        var at = each(widthOf(list.length + 1), list.indexOf(state[key]) + 1);
        state[key] = at ? list[at - 1] : key === "y" ? null : "";
      });
    }
    state.lang = each(1, state.lang === "en" ? 1 : 0) ? "en" : "zh";
    choice("y", words.years);
    gis.FACETS.forEach(function (name) { choice(name, words[name]); });
    some(state.t !== first.t, function () { state.t = Math.min(each(widthOf(words.layers.length), state.t), words.layers.length - 1); });
    some(differs(state.on, first.on), function () { state.on = state.on.map(function (on) { return each(1, on ? 1 : 0) === 1; }); });
    some(state.shut.some(function (keys) { return keys.some(Boolean); }), function () {
      state.shut = state.shut.map(function (keys) {
        some(keys.some(Boolean), function () { keys = keys.map(function (shut) { return each(1, shut ? 1 : 0) === 1; }); });
        return keys;
      });
    });
    some(!!state.at, function () {
      var at = state.at || [0, 0, 0];
      state.at = [8 + each(6, Math.round((at[0] - 8) * 4)) / 4, ungrid(each(FINE, grid(at[1], box[1], box[3], FINE)), box[1], box[3], FINE),
        ungrid(each(FINE, grid(at[2], box[0], box[2], FINE)), box[0], box[2], FINE)];
    });
    some(!!state.pick, function () {
      var layer = Math.min(each(widthOf(words.layers.length), state.pick ? state.pick[0] : 0), words.layers.length - 1);
      state.pick = [layer, each(widthOf(words.layers[layer].n), state.pick ? state.pick[1] : 0)];
    });
    some(!!state.sort, function () {
      var name = state.sort.slice(0, -1), at = each(6, words.sorts.indexOf(name));
      state.sort = words.sorts[at] ? words.sorts[at] + (each(1, state.sort.slice(-1) === "-" ? 1 : 0) ? "-" : "+") : "";
    });
    some(!!state.q, function () {
      var octets = new TextEncoder().encode(state.q), n = each(6, Math.min(63, octets.length)), out = new Uint8Array(n);
      for (var k = 0; k < n; k++) out[k] = each(8, octets[k]);
      state.q = new TextDecoder().decode(out);
    });
    some(differs(state.images, first.images), function () { state.images = state.images.map(function (on) { return each(1, on ? 1 : 0) === 1; }); });
    choice("beside", words.besides);
    if (state.beside) some(state.handle !== first.handle, function () { state.handle = Math.min(100, each(7, state.handle)); });
    return state;
  }
  gis.toCode = function (state, words) {
    var bits = new Bits(), body;
    walk(gis.copy(state), words, function (width, value) { bits.put(value, width); return value; });
    while (bits.bits.length % 5) bits.put(0, 1);
    while (bits.bits.length > 5 && bits.bits.slice(-5).every(function (bit) { return !bit; })) bits.bits.length -= 5;
    body = bits.bits.join("");
    bits.put(gis.hash(words.key + body) % (1 << CHECK), CHECK);
    var text = "";
    while (bits.next < bits.bits.length) text += LETTERS[bits.take(5)];
    return text.replace(new RegExp(".{" + GROUP + "}(?=.)", "g"), "$&-");
  };
  /* → state, or null where the code is mistyped or of another page or edition. */
  gis.fromCode = function (text, words) {
    var plain = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1"), bits = new Bits();
    for (var k = 0; k < plain.length; k++) {
      var value = LETTERS.indexOf(plain[k]);
      if (value < 0) return null;
      bits.put(value, 5);
    }
    var check = bits.bits.splice(-CHECK), body = bits.bits.join("");
    if (!body || gis.hash(words.key + body) % (1 << CHECK) !== new Bits(check).take(CHECK)) return null;
    var state = walk(gis.copy(words.first), words, function (width) { return bits.take(width); });
    if (state.pick && state.pick[1] >= words.layers[state.pick[0]].n) state.pick = null;
    return state;
  };
})();
