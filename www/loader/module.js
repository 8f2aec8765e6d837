// The loader as a module: begins when the page calls `init`.

import { attach } from "./core.js";
import { MessengerAuthError as OwnError } from "./error.js";

// Both files are named so that bundlers see them.
const wasm = new URL("./" + __WASM__, import.meta.url).href;
const importGlue = () => import("./" + __GLUE__);
// A bundler may have put the WebAssembly into the script itself.
const base = () => (wasm.startsWith("data:") ? document.baseURI : wasm);

/** @type {Api} */
const api =
  typeof window === "object"
    ? attach([importGlue, new URL(__GLUE__, base()).href, wasm, base()], {})
    : // A server that only renders the page.
      /** @type {any} */ ({ version: __VERSION__, MessengerAuthError: OwnError });

export const { init, MessengerAuthError, version } = api;
