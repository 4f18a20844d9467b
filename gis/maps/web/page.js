/* Language switch, year switch, copied sentences and table filters; the language goes on with the links. */
(function () {
  "use strict";
  var root = document.documentElement, gis = (window.gis = window.gis || {});
  function speak(lang) {
    root.lang = lang;
    var key = lang === "en" ? "en" : "zh";
    document.querySelectorAll("[data-en]").forEach(function (node) {
      var drawn = node.localName === "title";
      if (!node.dataset.zh) node.dataset.zh = drawn ? node.textContent : node.title;
      if (drawn) node.textContent = node.dataset[key];
      else if (node.title) node.title = node.dataset[key];
      else node.setAttribute("aria-label", node.dataset[key]);
      if (node.dataset.placeholder) node.setAttribute("placeholder", node.dataset[key]);
    });
    document.title = document.body.dataset[key === "en" ? "titleEn" : "titleZh"];
  }
  /* Put a language into the page and into its address. */
  gis.speak = function (lang) {
    if ((root.lang === "en") === (lang === "en")) return;
    speak(lang === "en" ? "en" : "zh-CN");
    var rest = location.hash.slice(1).split("&").filter(function (one) { return one && one.indexOf("lang=") !== 0; });
    history.replaceState(null, "", "#" + (lang === "en" ? ["lang=en"] : []).concat(rest).join("&"));
    document.dispatchEvent(new Event("language"));
  };
  document.getElementById("language").addEventListener("click", function () { gis.speak(root.lang === "en" ? "zh" : "en"); });
  if (/(^#|&)lang=en(&|$)/.test(location.hash)) speak("en");
  /* An address may hold both the language and a place of the page. */
  var place = location.hash.replace(/^#(lang=en&?)?/, "");
  try { place = place && document.getElementById(decodeURIComponent(place)); } catch (fault) { place = null; }
  if (place && !place.matches(":target")) { place.classList.add("at"); place.scrollIntoView(); }
  document.addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[href]") : null;
    if (!link) return;
    var parts = /^([^#:]+\.html)(?:#(?:lang=en(?:&|$))?(.*))?$/.exec(link.getAttribute("href"));
    if (parts) link.setAttribute("href", [parts[1]].concat([root.lang === "en" ? "lang=en" : "", parts[2]].filter(Boolean).join("&") || []).join("#"));
  }, true);
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    button.addEventListener("click", function () {
      var area = document.createElement("textarea");
      area.value = root.lang === "en" ? button.dataset.copyEn : button.dataset.copy;
      document.body.appendChild(area);
      area.select();
      if (document.execCommand("copy")) button.classList.add("done");
      area.remove();
      button.focus();
    });
  });
  document.querySelectorAll("[data-year-button]").forEach(function (button) {
    button.addEventListener("click", function () {
      document.querySelectorAll("[data-year-button]").forEach(function (one) {
        one.setAttribute("aria-pressed", String(one === button));
      });
      document.querySelectorAll("[data-year]").forEach(function (part) {
        part.hidden = part.dataset.year !== button.dataset.yearButton;
      });
    });
  });
  document.querySelectorAll("[data-filter]").forEach(function (input) {
    var rows = document.querySelectorAll("#" + input.dataset.filter + " tbody tr");
    input.addEventListener("input", function () {
      var wanted = input.value.trim().toLowerCase();
      rows.forEach(function (row) { row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0; });
    });
  });
})();
