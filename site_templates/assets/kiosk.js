/*
 * A touch screen in a service centre: what a visitor may do, and what is forgotten after each of them.
 *
 * Loaded on kiosks only, by their `assets/settings.js`, in <head> and before the script of the pages: nothing of the
 * plain page is seen first. Works from file:// and in Chromium 87. What is drawn stands in kiosk_face.js.
 *
 * There is no way back for the next visitor: every page replaces the one before in the browser's history, and the
 * trail that the button 返回 follows lies in sessionStorage, which is emptied with everything else.
 */
(function () {
  "use strict";
  var qingdan = (window.qingdan = window.qingdan || {});
  var settings = qingdan.settings;
  if (!settings || !settings.kiosk) return;

  var page = document.documentElement;
  // The script stands one folder below the county's root, whatever page asks for it.
  var root = new URL("..", document.currentScript.src);
  var here = pathOf(window.location);
  var words = qingdan.kioskWords || {};
  var asked = (here || "").split("/")[0];
  var lang = words[asked] ? asked : settings.lang;
  var TRAIL = "qingdan:trail";
  var RETURN = "qingdan:return";
  var TRAIL_LENGTH = 50;
  var AGAIN = 5000; // ms between two looks at a server that does not answer

  var kiosk = (qingdan.kiosk = { settings: settings, root: root, here: here, lang: lang, words: words });

  /* ---- places ---- */

  /* The path of an address from the county's root, without query and fragment; null where it stands outside. */
  function pathOf(address) {
    var whole = address.href.split(/[?#]/)[0];
    return whole.indexOf(root.href) === 0 ? whole.slice(root.href.length) : null;
  }

  function homePath(language) {
    return language + "/" + settings.township + "/index.html";
  }

  /* A home page with #home is a visitor's; without it the screen waits for one. */
  kiosk.home = function () {
    return root.href + homePath(lang) + "#home";
  };
  kiosk.searchPage = function () {
    return root.href + lang + "/search.html";
  };
  kiosk.isHome = here === homePath(lang);
  kiosk.waiting = kiosk.isHome && window.location.hash !== "#home";

  /* ---- what is remembered, and forgotten ---- */

  function read(key) {
    try {
      return JSON.parse(window.sessionStorage.getItem(key) || "null");
    } catch (closed) {
      return null;
    }
  }

  function write(key, value) {
    try {
      window.sessionStorage.setItem(key, JSON.stringify(value));
    } catch (closed) {
      // The button 返回 then leads up instead of back.
    }
  }

  function forget() {
    ["localStorage", "sessionStorage"].forEach(function (name) {
      try {
        window[name].clear();
      } catch (closed) {
        // A closed storage holds nothing.
      }
    });
    window.name = "";
  }

  function queryBox() {
    return document.getElementById("qd-q");
  }

  function remembered() {
    var box = queryBox();
    return { path: here, top: window.pageYOffset, query: box ? box.value : "", hash: window.location.hash };
  }

  kiosk.go = function (address) {
    var next = new URL(address, window.location.href);
    if (pathOf(next) === here && next.hash && next.hash !== "#home") {
      show(next.hash);
      return;
    }
    if (pathOf(next) === here && next.hash === window.location.hash) {
      window.scrollTo(0, 0);
      return;
    }
    if (kiosk.isHome || pathOf(next) !== homePath(lang)) write(TRAIL, (read(TRAIL) || []).concat(remembered()).slice(-TRAIL_LENGTH));
    else write(TRAIL, []); // home is where every trail begins
    window.location.replace(next.href);
  };

  function show(hash) {
    var target = document.getElementById(decodeURIComponent(hash.slice(1)));
    if (!target) return;
    target.scrollIntoView();
    target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  }

  /* The same page in another language: no step of the trail. */
  kiosk.speak = function (address) {
    write(RETURN, remembered());
    window.location.replace(address + (new URL(address).pathname.slice(-10) === "index.html" ? "#home" : ""));
  };

  kiosk.canGoBack = function () {
    return !kiosk.isHome || (read(TRAIL) || []).length > 0;
  };

  kiosk.back = function () {
    var trail = read(TRAIL) || [];
    var last = trail.pop();
    if (!last) {
      var steps = document.querySelectorAll(".qd-breadcrumb a");
      window.location.replace(steps.length ? withHome(steps[steps.length - 1].href) : kiosk.home());
      return;
    }
    write(TRAIL, trail);
    write(RETURN, last);
    // The visitor may have changed the language since.
    window.location.replace(root.href + last.path.replace(/^[^/]+/, lang) + (last.hash === "#home" ? "#home" : ""));
  };

  kiosk.restore = function () {
    var last = read(RETURN);
    if (!last) return null;
    write(RETURN, null);
    var box = queryBox();
    if (box && last.query) {
      box.value = last.query;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    window.requestAnimationFrame(function () { window.scrollTo(0, last.top); });
    return last;
  };

  function withHome(address) {
    return address.split("#")[0] === root.href + homePath(lang) ? address.split("#")[0] + "#home" : address;
  }

  /* ---- leaving ---- */

  /* A server that starts anew must not leave the browser's own error page on the screen: it is asked first. */
  function whenReachable(address, then) {
    if (window.location.protocol === "file:") {
      then();
      return;
    }
    function again() {
      window.setTimeout(function () { whenReachable(address, then); }, AGAIN);
    }
    window.fetch(address, { cache: "no-store" }).then(function (answer) {
      if (answer.ok) then();
      else again();
    }, again);
  }

  kiosk.reset = function () {
    forget();
    page.classList.add("qd-kiosk--waiting");
    kiosk.waiting = true;
    kiosk.cover();
    // The first language again, whatever the visitor had chosen.
    var start = root.href + homePath(settings.lang);
    whenReachable(start, function () {
      forget();
      window.location.replace(start);
    });
  };

  kiosk.renew = function () {
    whenReachable(window.location.href, function () {
      if (kiosk.waiting) window.location.reload();
    });
  };

  kiosk.begin = function () {
    kiosk.waiting = false;
    page.classList.remove("qd-kiosk--waiting");
    touched();
    try {
      window.history.replaceState(null, "", "#home");
    } catch (refused) {
      // From disk: the page then waits again after a reload, as it should.
    }
  };

  /* ---- links: inside they lead on; outside they are a code to scan; files are words ---- */

  var FILES = /^(data|originals|assets|search)\/|\.(?!html$)\w+$/;

  /* What becomes of a link: "inside", "outside", "words" or "gone". */
  kiosk.fate = function (link) {
    var address;
    try {
      address = new URL(link.href);
    } catch (broken) {
      return "words";
    }
    var path = pathOf(address);
    if (path !== null) {
      if (/^\w+\/data\.html$/.test(path)) return "gone";
      return link.hasAttribute("download") || FILES.test(path) ? "words" : "inside";
    }
    return /^https?:$/.test(address.protocol) && address.origin !== window.location.origin ? "outside" : "words";
  };

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link) return;
    event.preventDefault();
    var fate = kiosk.fate(link);
    if (fate === "inside") kiosk.go(withHome(link.href));
    else if (fate === "outside" && kiosk.showCode) kiosk.showCode(link.href, true);
  }, true);

  /* ---- what a visitor's hands must not reach ---- */

  function refuse(event) {
    event.preventDefault();
  }

  ["contextmenu", "selectstart", "dragstart", "drop", "dragover", "auxclick", "copy", "cut", "paste", "gesturestart"].forEach(
    function (name) { document.addEventListener(name, refuse, true); }
  );
  document.addEventListener("wheel", function (event) {
    if (event.ctrlKey) event.preventDefault();
  }, { passive: false, capture: true });
  document.addEventListener("touchmove", function (event) {
    if (event.touches.length > 1 && event.cancelable) event.preventDefault();
  }, { passive: false, capture: true });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(F\d+|ContextMenu|BrowserBack|BrowserForward)$/.test(event.key)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  window.open = function () { return null; };
  if (!settings.printing) window.print = function () {};

  /* ---- idle ---- */

  var last = window.performance.now();

  function touched() {
    last = window.performance.now();
  }
  kiosk.touched = touched;

  ["pointerdown", "touchstart", "touchmove", "keydown", "wheel"].forEach(function (name) {
    window.addEventListener(name, function () {
      // While the question stands there, only its answer counts.
      if (!kiosk.asking) touched();
    }, { passive: true, capture: true });
  });

  function tick() {
    if (kiosk.waiting) return;
    var left = settings.idleSeconds - (window.performance.now() - last) / 1000;
    if (left > 0) {
      if (kiosk.asking) kiosk.ask(0);
      return;
    }
    if (left <= -settings.countdownSeconds) kiosk.reset();
    else kiosk.ask(Math.ceil(settings.countdownSeconds + left));
  }

  /* ---- begin ---- */

  page.classList.add("qd-kiosk");
  if (settings.printing) page.classList.add("qd-kiosk--printing");
  if (here === "" || here === "index.html") {
    // The way in offers the languages; here the bar does.
    page.classList.add("qd-kiosk--waiting");
    window.location.replace(root.href + homePath(settings.lang));
    return;
  }
  if (kiosk.waiting) {
    forget();
    page.classList.add("qd-kiosk--waiting");
  }
  document.addEventListener("DOMContentLoaded", function () {
    kiosk.draw();
    window.setInterval(tick, 250);
  });
})();
