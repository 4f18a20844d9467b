/* Language switch, year switch and table filters; nothing is remembered. */
(function () {
  "use strict";
  var root = document.documentElement;
  function speak(lang) {
    root.lang = lang;
    var key = lang === "en" ? "en" : "zh";
    document.querySelectorAll("[data-zh]").forEach(function (node) {
      node.setAttribute("aria-label", node.dataset[key]);
      if (node.dataset.placeholder) node.setAttribute("placeholder", node.dataset[key]);
    });
    document.title = document.body.dataset[key === "en" ? "titleEn" : "titleZh"];
  }
  document.getElementById("language").addEventListener("click", function () {
    speak(root.lang === "en" ? "zh-CN" : "en");
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
