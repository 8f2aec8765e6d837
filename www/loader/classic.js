// The loader as a classic script: begins at once, with its own `data-` attributes or with what the snippet left.

"use strict";

import { attach } from "./core.js";

// Asked of the prototype: on `document` itself an `<img name="currentScript">` would answer.
/** @type {HTMLScriptElement} Where there is none, an empty one serves. */
const own =
  /** @type {any} */ (Reflect.get(Document.prototype, "currentScript", document)) || document.createElement("script");
const base = own.src || document.baseURI;
const glue = new URL(__GLUE__, base).href;

attach(
  [
    () =>
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.integrity = __GLUE_INTEGRITY__;
        // The same as "anonymous".
        script.crossOrigin = "";
        script.nonce = own.nonce;
        script.onload = resolve;
        script.onerror = reject;
        script.src = glue;
        document.head.append(script);
      }),
    glue,
    new URL(__WASM__, base).href,
    base,
  ],
  { ...own.dataset },
);
