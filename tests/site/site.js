/**
 * A small web site: the demo, the set-up page, the files of messenger-auth, and any page that a test writes.
 *
 * What a page may hold, filled in at each answer:
 * - `<!-- messenger-auth-snippet EXPRESSION -->`: the inline snippet, configured with this JavaScript expression;
 * - `<!-- messenger-auth-tag {"issuer": "…", "client-id": "…"} -->`: the script tag with these data attributes;
 * - `{{nonce}}` (new each time, also in headers), `{{origin}}`, and whatever `words` holds.
 */

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { built, folder } from './package.js';
import { snippet, tag } from './markup.js';

const www = new URL('../../www/', import.meta.url);
const types = { html: 'text/html; charset=utf-8', js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', wasm: 'application/wasm', json: 'application/json', svg: 'image/svg+xml', ts: 'text/plain' };
const type = (path) => types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

/**
 * Starts the site.
 *
 * @param {object} [options]
 * @param {number} [options.port] 0 takes a free one
 * @param {Record<string, string>} [options.headers] sent with every answer
 * @param {Record<string, string>} [options.words] further `{{words}}` for its pages; may be added to later
 */
export async function startSite({ port = 0, words = {}, headers: always = {} } = {}) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, 'localhost', resolve));
  const { port: taken, address, family } = server.address();
  const origin = `http://localhost:${taken}`;
  const answers = new Map();
  const headersOf = {};
  const requests = [];

  const fill = async (text, nonce) => {
    let filled = text;
    if (text.includes('<!-- messenger-auth-')) {
      const files = await built();
      filled = filled
        .replace(/<!-- messenger-auth-snippet (.*?) -->/gs, (_all, options) => snippet(files, options))
        .replace(/<!-- messenger-auth-tag (.*?) -->/gs, (_all, attributes) => tag(files, JSON.parse(attributes)));
    }
    return filled.replace(/\{\{(\w+)\}\}/g, (all, word) => ({ nonce, origin, ...words })[word] ?? all);
  };

  /** What stands at a path: a test's answer, else a file. */
  const find = async (path, request) => {
    const own = answers.get(path);
    if (own) return typeof own === 'function' ? own(request) : own;
    if (path === '/favicon.ico') return { status: 204 };
    const file = path.startsWith('/messenger-auth/') ? new URL(path.slice('/messenger-auth/'.length), folder)
      : path === '/' ? new URL('index.html', www)
        : path === '/setup.html' || /^\/(demo|setup)\//.test(path) ? new URL(path.slice(1), www) : undefined;
    const inside = file && [folder, www].some((one) => file.href.startsWith(one.href));
    const body = inside && await readFile(file).catch(() => undefined);
    return body ? { body: file.pathname.endsWith('.html') && file.href.startsWith(www.href) ? body.toString() : body, type: type(file.pathname), headers: {} } : { status: 404, body: 'not found', type: 'text/plain' };
  };

  server.on('request', async (request, response) => {
    const path = new URL(request.url, origin).pathname;
    requests.push({ method: request.method, path, url: request.url, at: Date.now() });
    try {
      const nonce = randomBytes(16).toString('base64url');
      const { status = 200, body = '', headers = {}, type: kind, delay } = await find(path, request);
      if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
      const sent = typeof body === 'string' && kind?.startsWith('text/html') ? await fill(body, nonce) : body;
      const sentHeaders = { 'Cache-Control': 'no-store', ...always, ...(kind && { 'Content-Type': kind }) };
      const usual = typeof headersOf[path] === 'function' ? headersOf[path](request) : headersOf[path];
      for (const [name, value] of Object.entries({ ...usual, ...headers })) sentHeaders[name] = await fill(value, nonce);
      response.writeHead(status, sentHeaders).end(sent);
    } catch (fault) {
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end(String(fault?.stack ?? fault));
    }
  });

  return {
    origin,
    /** The same server as another site: cookies and storage of the one are not those of the other. */
    elsewhere: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    words,
    requests,
    /** Headers of a path, whatever stands there: `headers['/'] = {…}`, or a function giving them for a request. */
    headers: headersOf,
    /** Puts a page at a path; `headers` may hold `{{nonce}}`. */
    page: (path, html, headers = {}) => {
      answers.set(path, { body: html, headers, type: types.html });
      return origin + path;
    },
    /** Puts any answer (`{status, body, headers, type, delay}` or a function giving one for a request) in place of a path. */
    answer: (path, what) => answers.set(path, what),
    /** Takes the test's answer at a path away again. */
    restore: (path) => answers.delete(path),
    asked: (path) => requests.filter((one) => one.path === path),
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
