"use strict";
// The id of a figure on a card leads to what it rests on; written here once instead of on each card.
(function () {
  var evidence = document.querySelector("[data-evidence]");
  document.querySelectorAll(".card .id").forEach(function (node) {
    var link = document.createElement("a"), first = node.textContent.split(".")[0];
    if (["land", "water", "air"].indexOf(first) < 0) first = "actions";
    link.href = evidence.dataset.evidence + first + ".html#" + encodeURIComponent(node.textContent);
    link.textContent = node.textContent;
    node.replaceChildren(link);
  });
})();
