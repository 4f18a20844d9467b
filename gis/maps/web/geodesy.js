/* Measures on the ellipsoid of CGCS2000: degrees in, metres and square metres out. */
(function () {
  "use strict";
  var gis = (window.gis = window.gis || {}), A = 6378137, F = 1 / 298.257222101, B = A * (1 - F), E2 = F * (2 - F), E = Math.sqrt(E2), RAD = Math.PI / 180;
  var PIECES = 64;

  /* The geodesic between two places, by Vincenty's inverse; they are within one county, so it converges. */
  gis.distance = function (from, to) {
    var l = (to[0] - from[0]) * RAD, u1 = Math.atan((1 - F) * Math.tan(from[1] * RAD)), u2 = Math.atan((1 - F) * Math.tan(to[1] * RAD));
    var s1 = Math.sin(u1), c1 = Math.cos(u1), s2 = Math.sin(u2), c2 = Math.cos(u2), lambda = l, before, sinSigma, cosSigma, sigma, cos2Alpha, middle, n = 0;
    do {
      var sinL = Math.sin(lambda), cosL = Math.cos(lambda);
      sinSigma = Math.hypot(c2 * sinL, c1 * s2 - s1 * c2 * cosL);
      if (!sinSigma) return 0;
      cosSigma = s1 * s2 + c1 * c2 * cosL;
      sigma = Math.atan2(sinSigma, cosSigma);
      var sinAlpha = c1 * c2 * sinL / sinSigma;
      cos2Alpha = 1 - sinAlpha * sinAlpha;
      middle = cos2Alpha ? cosSigma - 2 * s1 * s2 / cos2Alpha : 0;
      var c = F / 16 * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
      before = lambda;
      lambda = l + (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (middle + c * cosSigma * (2 * middle * middle - 1)));
    } while (Math.abs(lambda - before) > 1e-13 && ++n < 100);
    var u = cos2Alpha * (A * A - B * B) / (B * B), k = 1 + u / 16384 * (4096 + u * (u * (320 - 175 * u) - 768)), m = u / 1024 * (256 + u * (u * (74 - 47 * u) - 128));
    var delta = m * sinSigma * (middle + m / 4 * (cosSigma * (2 * middle * middle - 1) - m / 6 * middle * (4 * sinSigma * sinSigma - 3) * (4 * middle * middle - 3)));
    return B * k * (sigma - delta);
  };

  /* Area between the equator and a parallel, a radian wide. */
  function zone(lat) {
    var s = Math.sin(lat * RAD);
    return B * B / 2 * (s / (1 - E2 * s * s) + Math.log((1 + E * s) / (1 - E * s)) / (2 * E));
  }
  function mercator(lat) { return Math.log(Math.tan(Math.PI / 4 + lat * RAD / 2)); }
  function unmercator(y) { return (2 * Math.atan(Math.exp(y)) - Math.PI / 2) / RAD; }
  /* Ellipsoidal area of a ring whose edges are straight as the map draws them. */
  gis.area = function (ring) {
    var sum = 0;
    ring.forEach(function (from, k) {
      var to = ring[(k + 1) % ring.length], y0 = mercator(from[1]), y1 = mercator(to[1]), last = zone(from[1]);
      for (var piece = 1; piece <= PIECES; piece++) {
        var next = zone(unmercator(y0 + (y1 - y0) * piece / PIECES)), lng = from[0] + (to[0] - from[0]) * (piece - 0.5) / PIECES - ring[0][0];
        sum += lng * RAD * (next - last);
        last = next;
      }
    });
    return Math.abs(sum);
  };

  /* Gauss-Krüger of the 3-degree zone of a place: north and east in metres, the number of the zone before the east. */
  gis.gauss = function (lng, lat) {
    var zone_ = Math.round(lng / 3), n = F / (2 - F), n2 = n * n, n3 = n2 * n, n4 = n3 * n, radius = A / (1 + n) * (1 + n2 / 4 + n4 / 64);
    var alpha = [n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180, 13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440, 61 * n3 / 240 - 103 * n4 / 140, 49561 * n4 / 161280];
    var s = Math.sin(lat * RAD), t = Math.sinh(Math.atanh(s) - E * Math.atanh(E * s)), dl = (lng - 3 * zone_) * RAD;
    var xi = Math.atan2(t, Math.cos(dl)), eta = Math.asinh(Math.sin(dl) / Math.hypot(t, Math.cos(dl))), x = xi, y = eta;
    alpha.forEach(function (a, k) {
      x += a * Math.sin(2 * (k + 1) * xi) * Math.cosh(2 * (k + 1) * eta);
      y += a * Math.cos(2 * (k + 1) * xi) * Math.sinh(2 * (k + 1) * eta);
    });
    return { zone: zone_, north: radius * x, east: 500000 + radius * y };
  };
  gis.sexagesimal = function (degrees) {
    var tenths = Math.round(Math.abs(degrees) * 36000), whole = Math.floor(tenths / 36000), rest = tenths - whole * 36000;
    return whole + "°" + String(Math.floor(rest / 600)).padStart(2, "0") + "′" + (rest % 600 / 10).toFixed(1).padStart(4, "0") + "″";
  };
})();
