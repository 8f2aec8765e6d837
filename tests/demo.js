/** The demo: a local OpenID Provider and a site that uses it, until Ctrl-C. */

import { startOp } from './op/op.js';
import { csp, setupCsp } from './site/csp.js';
import { startSite } from './site/site.js';

/** Starts at the wanted port or the next free one. */
async function atOrAfter(port, start) {
  for (let tried = port; ; tried += 1) {
    try {
      return await start(tried);
    } catch (fault) {
      if (fault.code !== 'EADDRINUSE' || tried >= port + 20) throw fault;
    }
  }
}

/** Where Trunk serves the same page (Trunk.toml). */
const trunk = 'http://localhost:8081';

const site = await atOrAfter(8080, (port) => startSite({ port }));
const op = await atOrAfter(9080, (port) => startOp({ port, sites: [...new Set([site.origin, trunk])] }));
site.words.issuer = op.issuer;
site.headers['/'] = { 'Content-Security-Policy': csp({ issuer: op.issuer }) };
for (const [path, policy] of Object.entries(setupCsp)) site.headers[path] = { 'Content-Security-Policy': policy };

console.log(`
  Northlight Bank, a demo of Messenger Auth   ${site.origin}
  its OpenID Provider                         ${op.issuer}
  the set-up page for website owners          ${site.origin}/setup.html

  Two people can sign in:
${op.people.map((one) => `    ${one.name.padEnd(14)} name ${one.login.padEnd(8)} password ${one.password}`).join('\n')}

  Tokens live ${op.settings.accessTokenTtl} seconds, so that renewal is seen. Ctrl-C stops.
`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await Promise.all([site.close(), op.close()]);
    process.exit(0);
  });
}
