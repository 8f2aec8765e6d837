// Stands between wasm-bindgen's JavaScript and its WebAssembly; the build puts it into the glue.
//
// A panic is a trap, and so are a stack that ran over and memory that ran out. Whatever leaves an
// export as an exception has left the engine in the middle of something: nothing more is asked of
// it, and the loader answers everybody who waits. What a messenger keeps of us is answered here.

let works = true;

/** How a messenger that waits is told that it does not. @type {Set<(why: Error) => void>} */
const waiting = new Set();

const gone = Error("The widget stopped working.");

/** Whom to tell. */
let broken = () => {};

/**
 * @param {Record<string, any>} exports of the WebAssembly
 * @returns {Record<string, any>}
 */
const guarded = (exports) =>
  Object.fromEntries(
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
                for (const tell of waiting) tell(gone);
                throw fault;
              }
          },
    ]),
  );

/**
 * Compiled while it comes, where the server says what it is. Whether it is what it should be, the loader has
 * seen to.
 * @param {Response} response
 * @param {WebAssembly.Imports} imports
 */
const instantiated = async (response, imports) =>
  response.headers.get("content-type") == "application/wasm"
    ? WebAssembly.instantiateStreaming(response, imports)
    : WebAssembly.instantiate(await response.arrayBuffer(), imports);

/**
 * What a messenger waits for: at the latest, it ends with the engine.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
const lent = (work) =>
  new Promise((resolve, reject) => {
    if (!works) throw gone;
    waiting.add(reject);
    work()
      .finally(() => waiting.delete(reject))
      .then(resolve, reject);
  });

/** @param {Glue} glue */
const publish = (glue) => {
  const { start } = glue;
  glue.start = (options, page) => {
    broken = page.crashed;
    page.provide = (reply) => {
      let token;
      try {
        token = works && glue.inHand();
      } catch {}
      if (token) reply(token);
      else lent(() => glue.handOver((options.timeoutMs ?? 1e4) - 550)).then(reply, () => reply(null));
    };
    page.command = (name) => (call) => {
      lent(() => glue.command(name, call?.data)).then(
        (value) => call?.resolve?.(value),
        ({ message }) => call?.reject?.(message),
      );
    };
    start(options, page);
    return glue;
  };
  /** @type {any} */ (globalThis)[Symbol.for("messenger-auth.glue-" + __VERSION__)] = glue;
};
