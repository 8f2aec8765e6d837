// Starts the set-up page's program; says so where it cannot.

/** @param {string} text */
const say = (text) => {
  const place = document.querySelector("#app .loading");
  if (place) place.textContent = text;
};

try {
  const { default: init } = await import("./engine.js");
  await init({ module_or_path: new URL("engine_bg.wasm", import.meta.url) });
} catch (fault) {
  console.error(fault);
  say(
    "This page could not start: setup/engine.js, setup/engine_bg.wasm and messenger-auth/genesys.mjs must be served beside it, and the browser must allow WebAssembly.",
  );
}
