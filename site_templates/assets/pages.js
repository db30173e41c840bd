/*
 * Two small services of the pages: the print buttons, and the search boxes on pages that hold no search.
 *
 * The policy of our pages forbids sending forms, so a search box leads to the search page itself (`?q=…`); nothing
 * leaves the browser. Listens on the document, so it may run before the page's body is there.
 */
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-qd-print]");
    if (!button) return;
    var part = button.getAttribute("data-qd-print");
    // A letter is printed without the page around it; the mark is taken off again once the paper is out.
    if (part) document.documentElement.setAttribute("data-qd-printing", part);
    window.print();
  });
  window.addEventListener("afterprint", function () {
    document.documentElement.removeAttribute("data-qd-printing");
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var target = form.getAttribute("data-qd-search");
    if (!target) return;
    event.preventDefault();
    var query = "?q=" + encodeURIComponent(form.elements.q.value.trim());
    var township = form.getAttribute("data-township");
    if (township) query += "&t=" + encodeURIComponent(township);
    window.location.assign(target + query);
  });
})();
