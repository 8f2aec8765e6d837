/** Genesys Cloud's own OAuth: no discovery, no ID token, no refresh token and no prompt=none. */

import assert from 'node:assert/strict';
import { domain, genesysCloud as standIn } from './hosts/genesys-cloud.js';
import { ask, button, closed, element, event, events, eventually, nullInTime, pressSignIn, session, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, site } = await world();
const ttl = 10;
const genesysCloud = (context) => standIn(context, { site, ttl });

const head = (more = '') => `<!-- messenger-auth-snippet { issuer: "genesys-cloud:${domain}", clientId: "agent-desk", minTtl: 1, renewAt: 0.4, ${more} } -->`;

async function logIn(popup) {
  await popup.getByRole('link', { name: 'Log In' }).click();
  await closed(popup);
}

for (const [flow, type] of [['code', 'code'], ['implicit', 'token']]) {
  story(`${flow} flow: a token, sign-in-required when it is due, and then a window again`, async (scene) => {
    const genesys = await genesysCloud(scene.context);
    const page = await scene.visit({ head: head(`flow: "${flow}"`), body: element });
    await logIn(await pressSignIn(page));
    await event(page, 'signed-in');
    assert.equal((await ask(page)).token, genesys.given[0]);
    const [asked] = genesys.authorize;
    assert.equal(asked.response_type, type);
    assert.equal(asked.client_id, 'agent-desk');
    assert.match(asked.state, /^[\w-]{22,}$/);
    for (const unknown of ['nonce', 'scope', 'prompt']) assert.equal(asked[unknown], undefined, unknown);
    assert.equal(genesys.token.length, flow === 'code' ? 1 : 0);
    assert.equal((await session(page)).subject, null);

    await event(page, 'sign-in-required', { within: ttl * 1000 });
    assert.equal((await ask(page)).token, genesys.given[0], 'good to its end');
    assert.equal(genesys.authorize.length, 1, 'no hidden frame');
    assert.equal(page.frames().length, 1);

    await page.evaluate(() => addEventListener('click', () => { MessengerAuth.client.signIn(); }, { once: true }));
    await logIn(await windowOf(page, () => page.mouse.click(5, 400)));
    await event(page, 'signed-in', { count: 2 });
    assert.equal((await ask(page)).token, genesys.given[1]);
    assert.equal(genesys.authorize.length, 2);
    assert.equal((await events(page, 'error')).length, 0);
  });
}

story('nobody signed in: null at once, and nothing is asked', async (scene) => {
  const genesys = await genesysCloud(scene.context);
  // At once, and not at the deadline: that would be after a minute.
  const page = await scene.visit({ head: head('timeoutMs: 60000') });
  await event(page, 'ready');
  await nullInTime(page);
  await event(page, 'sign-in-required');
  assert.equal(genesys.authorize.length, 0);
});

story('organisation and provider are named; the login page may be made to ask again, and nothing else', async (scene) => {
  const genesys = await genesysCloud(scene.context);
  const page = await scene.visit({ head: '<!-- messenger-auth-snippet { issuer: { kind: "genesys-cloud", domain: "mypurecloud.com", org: "northlight", provider: "okta" }, clientId: "agent-desk" } -->' });
  await event(page, 'ready');
  await windowOf(page, () => page.evaluate(() => { MessengerAuth.client.signIn({ prompt: 'login' }); }));
  const [asked] = await eventually(() => genesys.authorize.length && genesys.authorize, 'the login page is asked for');
  assert.deepEqual([asked.org, asked.provider, asked.prompt], ['northlight', 'okta', 'login']);
});

story('signing out: the token is revoked, then the page goes to the login page', async (scene) => {
  const genesys = await genesysCloud(scene.context);
  const page = await scene.visit({ head: head(), body: element });
  await logIn(await pressSignIn(page));
  await event(page, 'signed-in');
  await button(page, 'Sign out').click();
  await page.waitForURL(`https://login.${domain}/logout**`);
  assert.deepEqual(genesys.revoked, [['DELETE', '/api/v2/tokens/me', `Bearer ${genesys.given[0]}`]]);
  assert.equal(genesys.loggedOut[0].client_id, 'agent-desk');
});
