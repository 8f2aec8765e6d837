/** What a person sees at a stand-in's own login: a name, a sentence, one thing to press. No script, nothing from elsewhere. */

const css = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;color:light-dark(#22252c,#e9ebf0);background:light-dark(#eceef2,#14161a)}
main{width:min(21rem,100vw - 3rem);padding:1.75rem;background:light-dark(#fff,#1e2127);border:1px solid light-dark(#d3d8e0,#3a3f49);border-top:4px solid var(--own);border-radius:6px}
small{color:light-dark(#5d6675,#a3abb9)}h1{margin:.25rem 0 .75rem;font-size:1.35rem;line-height:1.25}p{margin:0 0 1.25rem}
a,button{display:block;width:100%;box-sizing:border-box;padding:.7rem 1rem;border:0;border-radius:4px;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:#fff;background:var(--own);cursor:pointer}
:is(a,button):focus-visible{outline:2px solid currentColor;outline-offset:2px}`;

/**
 * @param {object} page
 * @param {string} page.owner whose page it is
 * @param {string} page.title
 * @param {string} [page.colour]
 * @param {string} page.body HTML
 */
export function loginPage({ owner, title, colour = '#3d5a80', body }) {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>:root{--own:${colour}}${css}</style><main><small>${owner}</small><h1>${title}</h1>${body}</main></html>`;
  return { headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: html };
}

/** A text as an attribute's value. */
export const attribute = (text) => String(text).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
