/** The Content-Security-Policy that the README asks a site for: these directives and no others. */

/**
 * @param {{ issuer: string, wasm?: boolean, more?: Record<string, string> }} facts
 * `{{nonce}}` is filled in by the site at each answer.
 */
export function csp({ issuer, wasm = true, more = {} }) {
  const directives = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'script-src': `'self' 'nonce-{{nonce}}'${wasm ? " 'wasm-unsafe-eval'" : ''}`,
    'style-src': "'self'",
    'img-src': "'self'",
    'connect-src': `'self' ${issuer}`,
    'frame-src': `'self' ${issuer}`,
    'form-action': `'self' ${issuer}`,
    ...more,
  };
  return Object.entries(directives).map(([name, value]) => `${name} ${value}`).join('; ');
}

/** Of the set-up page: it asks any provider that its owner names, over https or on this machine, and shows nothing of others. */
const anywhere = "'self' https: http://localhost:* http://127.0.0.1:*";
const strict = { 'default-src': "'none'", 'base-uri': "'none'", 'style-src': "'self'", 'img-src': "'self'" };
const written = (directives) => Object.entries(directives).map(([name, value]) => `${name} ${value}`).join('; ');

/** By path. The try-out carries a snippet, and so has a nonce. */
export const setupCsp = {
  '/setup.html': written({ ...strict, 'script-src': "'self' 'wasm-unsafe-eval'", 'connect-src': anywhere, 'form-action': "'none'", 'frame-ancestors': "'none'" }),
  '/setup/try.html': written({ ...strict, 'script-src': "'self' 'nonce-{{nonce}}' 'wasm-unsafe-eval'", 'connect-src': anywhere, 'frame-src': anywhere, 'form-action': anywhere, 'frame-ancestors': "'none'" }),
};
