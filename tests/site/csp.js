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
