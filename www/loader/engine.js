// Fetching the glue and the WebAssembly, and saying exactly what stood in the way.

import { failure } from "./error.js";

/**
 * @param {Assets} assets
 * @returns {Promise<Glue>} ready to start
 */
export const fetchEngine = async (assets) => {
  const [importGlue, , wasm] = assets;
  let blocked = "";
  /** @param {SecurityPolicyViolationEvent} event */
  const watch = ({ blockedURI, effectiveDirective }) => {
    if (assets.includes(blockedURI)) blocked = effectiveDirective + " " + blockedURI;
  };
  // Never removed: there is one for an attempt, and attempts are few.
  addEventListener("securitypolicyviolation", watch);
  try {
    const [response] = await Promise.all([fetch(wasm, { integrity: __WASM_INTEGRITY__ }), importGlue()]);
    if (!response.ok) throw response.status;
    /** @type {Glue} */
    const bind = /** @type {any} */ (globalThis)[Symbol.for("messenger-auth.glue-" + __VERSION__)];
    if (!bind) throw new WebAssembly.LinkError();
    await bind(response);
    return bind;
  } catch (cause) {
    // The event of a policy violation comes in a task of its own, after the failure.
    await new Promise((resolve) => setTimeout(resolve, 9));
    if (cause instanceof WebAssembly.CompileError) blocked = "script-src 'wasm-unsafe-eval'";
    throw failure(
      cause instanceof WebAssembly.LinkError ? "version-mismatch" : navigator.onLine ? "load-failed" : "offline",
      "The widget did not load.",
      blocked
        ? "Content-Security-Policy lacks " + blocked
        : "Unreachable, or changed: serve all files of one version.",
      cause,
    );
  }
};
