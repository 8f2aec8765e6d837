/** What a site's owner pastes: the snippet or the script tag, with the names and hashes of the built files. */

/** The inline snippet; `options` is a JavaScript expression. */
export function snippet(files, options) {
  return `<script nonce="{{nonce}}">${snippetCode(files, options)}</script>`;
}

/** The snippet without its tag, as a tag manager injects it. */
export function snippetCode(files, options) {
  const values = {
    __LOADER__: JSON.stringify(`/messenger-auth/${files.loader}`),
    __INTEGRITY__: JSON.stringify(files.integrity[files.loader]),
    __OPTIONS__: options,
  };
  return files.snippet.replace(/__(?:LOADER|INTEGRITY|OPTIONS)__/g, (word) => values[word]);
}

/** The script tag; `attributes` are data attributes without `data-`, but for `defer` and `nonce`, which stand as they are. */
export function tag(files, attributes) {
  const { nonce = true, mode = 'async', ...data } = attributes;
  const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<script ${mode} src="/messenger-auth/${files.loader}" integrity="${files.integrity[files.loader]}" crossorigin="anonymous"${
    nonce ? ' nonce="{{nonce}}"' : ''}${Object.entries(data).map(([name, value]) => ` data-${name}="${escape(value)}"`).join('')}></script>`;
}
