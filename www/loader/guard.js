// Stands between wasm-bindgen's JavaScript and its WebAssembly; the build puts it into the glue.
//
// A panic is a trap, and so are a stack that ran over and memory that ran out. Whatever leaves an
// export as an exception has left the engine in the middle of something: nothing more is asked of
// it, and the loader answers everybody who waits.

/** Whom to tell. */
let broken = () => {};

/**
 * @param {Record<string, any>} exports of the WebAssembly
 * @returns {Record<string, any>}
 */
const guarded = (exports) => {
  let works = true;
  return Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      typeof value != "function"
        ? value
        : (/** @type {unknown[]} */ ...values) => {
            if (works)
              try {
                return value(...values);
              } catch (fault) {
                works = false;
                broken();
                throw fault;
              }
          },
    ]),
  );
};

/** @param {Glue} glue */
const publish = (glue) => {
  const { start } = glue;
  glue.start = (options, page) => {
    broken = page.crashed;
    return start(options, page);
  };
  /** @type {any} */ (globalThis)[Symbol.for("messenger-auth.glue-" + __VERSION__)] = glue;
};
