/** An engine that can be made to crash. */

/** From when on any call of the WebAssembly traps, as a panic does: the page sets `__trap`. */
export function breakable() {
  // (module (func (export "t") unreachable))
  const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
  const { t: trap } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const original = WebAssembly.instantiateStreaming;
  globalThis.__calls = 0;
  WebAssembly.instantiateStreaming = async (...given) => {
    const { module, instance } = await original(...given);
    const exports = Object.fromEntries(Object.entries(instance.exports).map(([name, value]) => [name, typeof value !== 'function' ? value : (...values) => {
      if (globalThis.__trap) {
        globalThis.__calls += 1;
        trap();
      }
      return value(...values);
    }]));
    return { module, instance: { exports } };
  };
}

/** What the browser and we say of it. */
export const FAULTS = [/unreachable|RuntimeError/, /\[messenger-auth\] crashed/];
