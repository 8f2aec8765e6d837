/** A stand-in for the frame of Genesys's Embeddable Framework. */

import { frameworkBridge } from '../../../pkg/genesys.mjs';
import { people } from '../../op/people.js';

const [ana] = people;

/**
 * Genesys's own page, with the site's `framework.js` in it: an agent signs in in a window of its own (`dedicatedLoginWindow`).
 *
 * @param {object} options
 * @param {string} options.domain of the region
 * @param {string} options.bridge the lines for the end of `framework.js`
 * @param {string} [options.agent] the token of the agent, if one is signed in; `globalThis.agent` in there
 */
export const frameworkPage = ({ domain, bridge, agent = '' }) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Genesys Cloud</title>
<style>:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:flex;flex-direction:column;font:14px/1.5 system-ui,sans-serif;color:light-dark(#1f2733,#e7ebf1);background:light-dark(#f3f5f8,#161b22)}
header{padding:.7rem 1rem;color:#fff;background:#334155;font-weight:600}main{flex:1;display:grid;gap:.75rem;align-content:start;padding:1rem}p{margin:0}
button{padding:.55rem .9rem;border:1px solid transparent;border-radius:4px;font:inherit;font-weight:600;color:#fff;background:#475569;cursor:pointer}[hidden]{display:none}
#keys{display:grid;grid-template-columns:repeat(3,1fr);gap:.4rem;margin-top:.5rem}#keys span{padding:.45rem 0;text-align:center;border:1px solid light-dark(#ccd3dd,#3a4452);border-radius:4px}
small{display:block;padding:.6rem 1rem;border-top:1px solid light-dark(#ccd3dd,#3a4452);color:light-dark(#5b6675,#9aa6b6)}</style>
<header>Softphone (stand-in)</header>
<main><p id="who">No agent is signed in.</p><button id="login">Agent login</button>
<div id="phone" hidden><p>On queue. No calls.</p><div id="keys" aria-hidden="true">${[...'123456789*0#'].map((key) => `<span>${key}</span>`).join('')}</div></div></main>
<small id="said">framework.js has our lines.</small>
<script>
globalThis.asked = 0;
globalThis.agent = ${JSON.stringify(agent)};
const waiting = [];
const show = () => {
  if (!agent) return;
  document.getElementById('who').textContent = ${JSON.stringify(`${ana.name}, available`)};
  document.getElementById('login').hidden = true;
  document.getElementById('phone').hidden = false;
  for (const answer of waiting.splice(0)) answer(agent);
};
globalThis.PureCloud = { User: { getAuthToken(answer) {
  globalThis.asked += 1;
  document.getElementById('said').textContent = 'The page asked for the agent’s token: ' + (agent ? 'given.' : 'nobody is signed in.');
  if (agent) answer(agent); else waiting.push(answer);
} } };
window.Framework = { config: { name: 'desk', clientIds: { ${JSON.stringify(domain)}: 'desk' }, settings: { dedicatedLoginWindow: true } }, initialSetup() {}, screenPop() {} };
document.getElementById('login').onclick = () => {
  const state = crypto.randomUUID();
  const login = open(location.origin.replace('apps.', 'login.') + '/oauth/authorize?' + new URLSearchParams({ client_id: 'desk', response_type: 'token', redirect_uri: location.origin + '/crm/authWindow.html', state }), '', 'width=480,height=640');
  addEventListener('message', function heard({ source, origin, data }) {
    if (source !== login || origin !== location.origin || data.state !== state) return;
    removeEventListener('message', heard);
    agent = data.token;
    show();
  });
};
show();
${bridge}
</script></html>`;

/** Where its own login window ends. */
export const authWindow = `<!doctype html><title>Genesys Cloud</title><script>
const answer = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, '', location.pathname);
opener.postMessage({ token: answer.get('access_token'), state: answer.get('state') }, location.origin);
close();
</script>`;

/** The frame around the pages of a context. */
export async function framework(context, { site, domain, bridge = frameworkBridge(site.origin), agent = 'token-of-the-agent' }) {
  await context.route(`https://apps.${domain}/crm/index.html`, (route) => route.fulfill({ contentType: 'text/html', body: frameworkPage({ domain, bridge, agent }) }));
}
