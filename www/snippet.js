// The inline snippet: keeps the callback's place and the calls of early askers until the loader is here.
// The build minifies the function; configuration, address and hash are filled in on the page.
// ECMAScript 5, because tag managers still check for it.

/**
 * @param {any} window
 * @param {Document} document
 * @param {any} options the configuration, as for `init`
 * @param {string} address of the loader
 * @param {string} integrity its hash
 */
(function (window, document, options, address, integrity) {
  /** @type {any} */
  var queue = [];
  var path = options.callback || "auth.getAuthenticationToken";
  var patience = (options.timeoutMs || 1e4) - 550;
  var script = document.createElement("script");
  /** @type {any} */
  var place = window;

  /** What stands there. On `window` elements of the page shine through, and do not count. @param {string} key */
  function held(key) {
    return ((place != window || window.hasOwnProperty(key)) && place[key]) || 0;
  }

  stub.q = queue;
  /** @param {any} callback called once, with `null` when the time is up */
  function stub(callback) {
    /** @param {string | void} token */
    function answer(token) {
      if (callback) setTimeout(callback, 0, token || null);
      callback = 0;
    }
    setTimeout(answer, patience);
    queue.push([answer, +new Date() + patience]);
  }

  // Anything of others at that name gives way.
  if (held("MessengerAuth").q) return console.info("messenger-auth already");
  window.MessengerAuth = { q: queue, o: options };

  // What is taken stays as it is: the loader reports it, and refuses what may not be a path.
  if (!/^none$|\b(__proto__|prototype|constructor)\b/.test(path))
    (path + "").split(".").forEach(
      /** @type {(key: string, index: number, keys: string[]) => void} */
      function (key, index, keys) {
        place = held(key) || (place[key] = keys[index + 1] ? {} : stub);
      },
    );

  script.onerror = function () {
    queue.forEach(
      (queue.push = /** @param {[() => void]} call */ function (call) {
        call[0]();
      }),
    );
  };
  // `document.currentScript` may be an image of that name; and a page has one nonce.
  script.nonce = /** @type {any} */ (document.querySelector("[nonce]") || script).nonce;
  script.crossOrigin = "";
  script.integrity = integrity;
  script.src = address;
  document.head.append(script);
})(/** @type {any} */ (window), document, __OPTIONS__, __LOADER__, __INTEGRITY__);
