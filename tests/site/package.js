/** The built files in pkg/, as a site serves and names them. */

import { readFile } from 'node:fs/promises';

export const folder = new URL('../../pkg/', import.meta.url);

/** Reads the names and hashes that `cargo xtask build` wrote. */
export async function built() {
  const integrity = JSON.parse(await readFile(new URL('integrity.json', folder), 'utf8'));
  const names = Object.keys(integrity);
  const name = (pattern) => {
    const found = names.find((one) => pattern.test(one));
    if (!found) throw new Error(`pkg/ holds no file like ${pattern}; run cargo xtask build`);
    return found;
  };
  return {
    integrity,
    loader: name(/^messenger-auth-[\d.]+\.js$/),
    glue: name(/\.glue\.js$/),
    wasm: name(/\.wasm$/),
    module: name(/^messenger-auth\.mjs$/),
    snippet: await readFile(new URL('snippet.js', folder), 'utf8'),
  };
}
