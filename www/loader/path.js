// The dotted path on `window` where the messenger looks for its callback function.

/**
 * What stands there; throws at a getter. On `window` only own properties count:
 * elements of the page (`<a id="auth">`) and its frames shine through from behind.
 * @param {any} place
 * @param {string} key
 */
export const held = (place, key) => {
  const { get, value = place === window ? undefined : place[key] } = Object.getOwnPropertyDescriptor(place, key) || {};
  if (get) throw key;
  return value;
};

/**
 * @param {any} place
 * @param {string[]} path
 * @param {(answer: Answer) => void} ours
 * @param {Stub | undefined} stub
 */
const put = (place, [key, ...path], ours, stub) => {
  const value = held(place, key);
  if (path.length) put(value ?? (place[key] = {}), path, ours, stub);
  else if (value == null || (stub && value.q === stub.q)) place[key] = ours;
  else throw key;
};

/**
 * Puts our function at the path, in the place of nothing or of our own stub.
 * Throws when the place is taken; then everything foreign is as it was.
 * @param {string} path
 * @param {(answer: Answer) => void} ours
 * @param {Stub | undefined} stub
 */
export const reserve = (path, ours, stub) => {
  // What else is no path the engine refuses as `bad-option`.
  if (path.split && !/^none$|\b(__proto__|prototype|constructor)\b/.test(path))
    put(window, path.split("."), ours, stub);
};
