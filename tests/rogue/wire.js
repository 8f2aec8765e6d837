/** How an answer is put on the wire: `(response, { status, headers, body }, { trap }) => void`, by name. */

const page = '<!doctype html><html><head><title>Log in</title></head><body><form><input name="user"></form></body></html>';

/** As it should be. */
export function send(response, { status = 200, headers = {}, body = '' }) {
  response.writeHead(status, headers).end(body);
}

const instead = (change) => (response, answer) => send(response, { ...answer, ...change });
const typed = (type, body) => (response, answer) => send(response, { status: 200, headers: { ...answer.headers, 'Content-Type': type }, body });

export const wire = {
  'answers 404': instead({ status: 404, body: 'not found' }),
  'answers 503': instead({ status: 503, body: 'busy' }),
  'redirects': (response, answer, { trap }) => send(response, { status: 307, headers: { ...answer.headers, location: trap } }),
  'is cut in the middle': (response, { headers, body }) => {
    response.writeHead(200, { ...headers, 'Content-Length': String(Buffer.byteLength(body) + 100) });
    response.write(body.slice(0, Math.ceil(body.length / 2)), () => setTimeout(() => response.destroy(), 50));
  },
  'never answers': () => {},
  'drips a byte a second': (response, { headers: { location: _, ...headers }, body = '' }) => {
    // A redirect would be followed at its first line: what drips is a page.
    response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
    let sent = 0;
    const drip = setInterval(() => {
      response.write(body[sent] ?? ' ');
      sent += 1;
    }, 1000);
    response.on('close', () => clearInterval(drip));
    response.write(' ');
  },
  'sends no CORS headers': (response, { headers, ...answer }) => {
    const { 'Access-Control-Allow-Origin': _, ...others } = headers;
    send(response, { ...answer, headers: others });
  },
  'is not JSON': typed('application/json', '{"issuer": '),
  'is JSON of another shape': typed('application/json', '["issuer"]'),
  'begins with a byte order mark': (response, { body, ...answer }) => send(response, { ...answer, body: `\ufeff${body}` }),
  'is empty': typed('application/json', ''),
  'is over 1 MiB': (response, { headers, body, ...answer }) => send(response, { ...answer, headers, body: body + ' '.repeat(1 << 20) }),
  'is a login page with status 200': typed('text/html; charset=utf-8', page),
};
