/** Genesys Embeddable Framework as host: the agent's token from Genesys's own frame, or from a sign-in of the page's own. */

import assert from 'node:assert/strict';
import { frameworkBridge, redirectUris } from '../../pkg/genesys.mjs';
import { framework as standIn } from './hosts/genesys-embeddable.js';
import { ask, call, element, event, loaded, nullInTime, steps } from './support/page.js';
import { world } from './support/world.js';

const { story, site } = await world();
const domain = 'mypurecloud.de';
const framework = (context, options) => standIn(context, { site, domain, ...options });
const frame = `<iframe src="https://apps.${domain}/crm/index.html" title="Genesys Cloud"></iframe>`;
const headWith = (more) => `<!-- messenger-auth-snippet { issuer: "genesys-cloud:${domain}", clientIds: { "${domain}": "desk" }, host: "genesys-embeddable", ${more} } -->`;
const head = headWith('');

story('the frame gives the agent\'s token, in the same callback as ever', async (scene) => {
  await framework(scene.context);
  const page = await scene.visit({ head, body: frame + element });
  await loaded(page);
  assert.equal((await ask(page)).token, 'token-of-the-agent');
  assert.deepEqual(await call(page, 'getToken'), { value: 'token-of-the-agent' });
  assert.doesNotMatch((await steps(page)).join('\n'), /token-of-the-agent/);
});

story('the frame answers one origin, and nobody else', async (scene) => {
  await framework(scene.context, { bridge: frameworkBridge('https://desk.example.com') });
  // Not at the deadline: that would be after a minute.
  const page = await scene.visit({ head: headWith('timeoutMs: 60000'), body: frame });
  await loaded(page);
  await nullInTime(page);
  assert.equal(await page.frames()[1].evaluate(() => globalThis.asked), 0, 'the agent\'s token was never asked for');
  assert.ok((await steps(page)).some((line) => line.includes('framework.js lacks our lines')));
});

story('a frame of another origin that answers is not heard', async (scene) => {
  await framework(scene.context, { bridge: '' });
  await scene.context.route('https://liar.example/', (route) => route.fulfill({
    contentType: 'text/html',
    body: '<!doctype html><script>setInterval(() => parent.postMessage({ messengerAuth: "agent-token", token: "a lie" }, "*"), 20);</script>',
  }));
  const page = await scene.visit({ head, body: `${frame}<iframe src="https://liar.example/" title="x"></iframe>` });
  await loaded(page);
  assert.equal((await ask(page)).token, null);
});

story('no agent is signed in there: null in time, and the frame is left alone for a while', async (scene) => {
  await framework(scene.context, { agent: '' });
  const page = await scene.visit({ head, body: frame });
  await loaded(page);
  assert.equal((await ask(page)).token, null);
  await event(page, 'sign-in-required');
  assert.equal((await ask(page)).token, null);
  assert.equal(await page.frames()[1].evaluate(() => globalThis.asked), 1);
});

story('without a frame the page signs in by itself, with the client of the region', async (scene) => {
  const page = await scene.visit({ head, body: element });
  await loaded(page);
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.getByRole('button', { name: 'Sign in' }).click()]);
  scene.expect(/ERR_/);
  const request = await popup.waitForEvent('request', (one) => one.url().includes('/oauth/authorize'));
  const { origin, searchParams } = new URL(request.url());
  assert.equal(origin, `https://login.${domain}`);
  assert.equal(searchParams.get('client_id'), 'desk');
});

story('the helper writes for one origin only, and names the redirect URIs', async () => {
  for (const wrong of ['https://desk.example.com/', 'http://desk.example.com', 'https://a.example/x', '*', 'null']) assert.throws(() => frameworkBridge(wrong), TypeError, wrong);
  assert.ok(!frameworkBridge('https://desk.example.com').includes('"*"'));
  assert.deepEqual(redirectUris({ domain, dedicatedLoginWindow: true, redirectUri: 'https://desk.example.com/authWindow.html' }), [
    `https://apps.${domain}/crm/index.html`,
    `https://apps.${domain}/crm/authWindow.html`,
    'https://desk.example.com/authWindow.html',
  ]);
});
