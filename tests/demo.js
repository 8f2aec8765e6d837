/** The demo, until Ctrl-C. */

import { startDemo } from './site/demo.js';

const { site, op, close } = await startDemo({ fixed: true });

console.log(`
  Northlight Bank, a demo of Messenger Auth   ${site.origin}
  its OpenID Provider                         ${op.issuer}
  the set-up page for website owners          ${site.origin}/setup.html

  Two people can sign in:
${op.people.map((one) => `    ${one.name.padEnd(14)} name ${one.login.padEnd(8)} password ${one.password}`).join('\n')}

  Other messengers and places to sign in, each a stand-in on this machine:
    ${site.origin}/?host=dynamics
    ${site.origin}/?host=dynamics&issuer=power-pages
    ${site.origin}/?host=dynamics&issuer=site-session
    ${site.origin}/?host=genesys-messenger
    ${site.origin}/?host=genesys-embeddable&issuer=genesys-cloud
    ${site.origin}/?issuer=site-session
    ${site.origin}/?issuer=genesys-cloud
    ${site.origin}/?issuer=finesse

  Tokens of the provider live ${op.settings.accessTokenTtl} seconds, so that renewal is seen. Ctrl-C stops.
`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await close();
    process.exit(0);
  });
}
