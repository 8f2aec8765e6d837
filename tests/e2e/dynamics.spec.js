/** Dynamics 365 as host: the JavaScript client function, the site's token service, the code type, the chat's SDK and its faults. */

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { startTokenService } from '../site/token-service.js';
import { CHAT, chatLoader, microsoftServers } from './hosts/dynamics.js';
import { clients } from '../op/op.js';
import { ana, ask, claimsOf, element, event, events, eventually, isIdTokenOf, loaded, minjun, nullInTime, signIn, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const service = await startTokenService({ op, sites: [site.origin] });
after(() => service.close());

const bySite = { host: 'dynamics', 'hand-over': 'token-url', 'token-url': `${service.origin}/token` };

/** Asks as the chat's loader does: by the name in the settings, detached, with a callback. */
const request = (page, name = 'auth.getAuthenticationToken') => page.evaluate((full) => globalThis.__chat.request(full), name);
const chat = (page, look) => page.evaluate(look);
const diagnosed = (page, step) => page.evaluate(async (wanted) => (await MessengerAuth.client.diagnose()).steps.filter((one) => one.step === wanted).map(({ outcome }) => outcome), step);
const warnings = (scene) => scene.said('warning').map(({ text }) => text);
const has = (page, claim) => page.waitForFunction((end) => Date.now() / 1000 > end, claim);

/** A page with the chat's loader and ours, and ana signed in where wanted. */
async function opened(scene, { attributes = bySite, head, settings, signedIn = true, ...microsoft } = {}) {
  service.forget();
  Object.assign(service.settings, settings);
  // The chat is given what it asks for.
  scene.home.push(CHAT);
  await microsoftServers(scene.context, { publicKey: `${service.origin}/publickey`, ...microsoft });
  const page = await scene.visit({ head: head ?? chatLoader + tag(attributes), body: element });
  await loaded(page);
  if (signedIn) await signIn(page);
  return page;
}

// The function.

story('the site\'s JWT as application/jwt, for the access token; kept as long as it is good', async (scene) => {
  const page = await opened(scene);
  const token = await request(page);
  assert.deepEqual(service.issued, [token]);
  assert.equal(claimsOf(token).sub, ana.subject);
  assert.deepEqual(service.asked.map(({ authorization }) => authorization), [`Bearer ${op.issued()[0].access_token}`]);
  assert.equal(await request(page), token);
  assert.deepEqual(warnings(scene), []);
});

story('the site\'s JWT as text/plain, as a JSON text, at a member of a JSON object', async (scene) => {
  // Shorter than minTtl: it is asked for each time.
  const page = await opened(scene, { settings: { ttl: 30 }, attributes: { ...bySite, 'token-url-member': 'data.id-token' } });
  for (const form of ['text', 'json', (token) => ({ ok: true, data: { 'id-token': token } })]) {
    service.settings.form = form;
    assert.equal(await request(page), service.issued.at(-1));
  }
  assert.equal(service.issued.length, 3);
});

story('the name in the settings is any dotted path', async (scene) => {
  const page = await opened(scene, { attributes: { ...bySite, callback: 'bank.chat.token' } });
  assert.deepEqual([await request(page, 'bank.chat.token')], service.issued);
  assert.equal(await page.evaluate(() => typeof globalThis.auth), 'undefined');
});

story('the provider\'s ID token', async (scene) => {
  const page = await opened(scene, { attributes: { host: 'dynamics' } });
  isIdTokenOf(await request(page), { op });
  assert.deepEqual(warnings(scene), []);
});

story('the provider\'s access token, another one once it was renewed; that it is no JWT is said once', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 5, idTokenTtl: 5 });
  const page = await opened(scene, { attributes: { host: 'dynamics', 'hand-over': 'access_token', 'min-ttl': '1' } });
  const first = await request(page);
  const isIssued = (token) => op.issued().some(({ access_token }) => access_token === token);
  assert.ok(isIssued(first));
  await event(page, 'renewed', { count: (await events(page, 'renewed')).length + 1 });
  const second = await request(page);
  assert.notEqual(second, first);
  assert.ok(isIssued(second));
  assert.deepEqual(warnings(scene).map((text) => /Dynamics takes a JWT/.test(text)), [true]);
});

const login = { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>Log in</title>' };
const meant = JSON.stringify({ status: 401, headers: { location: 'https://www.example.com/login' } });
const past = Math.floor(Date.now() / 1000) - 10;
for (const [code, answers, ...announced] of [
  ['sign-in-required', {
    401: { instead: { status: 401 } },
    403: { instead: { status: 403 } },
    'a redirect to a login page': { instead: { status: 302, headers: { Location: '/login' } } },
    'a login page with X-Responded-JSON 401': { instead: { ...login, headers: { ...login.headers, 'X-Responded-JSON': meant } } },
  }, /status of 40[13]/],
  ['response-malformed', {
    'a login page': { instead: login },
    nothing: { instead: { body: '' } },
    null: { instead: { headers: { 'Content-Type': 'application/json' }, body: 'null' } },
    'an opaque token': { instead: { headers: { 'Content-Type': 'text/plain' }, body: 'opaque' } },
    'a JSON object without the member': { form: (token) => ({ jwt: token }) },
  }],
  ['bad-status', { 404: { instead: { status: 404, body: 'x' } }, 500: { instead: { status: 500, body: 'x' } } }, /status of (?:404|500)/],
  ['token-expired', { 'a JWT whose exp has come': { claims: (claims) => ({ ...claims, exp: past }) } }],
]) {
  story(`the site's service answers ${Object.keys(answers).join(', or ')}: null at once, and ${code}`, async (scene) => {
    scene.expect(...announced, new RegExp(`\\[messenger-auth\\] ${code}`));
    // At once, and not at the deadline: that would be after a minute.
    const page = await opened(scene, { attributes: { ...bySite, 'token-url-member': 'token', 'timeout-ms': '60000' } });
    const heard = async () => (await events(page)).filter(({ name }) => ['error', 'sign-in-required'].includes(name)).map((one) => one.code ?? one.name);
    const before = await heard();
    for (const [name, settings] of Object.entries(answers)) {
      service.forget();
      Object.assign(service.settings, settings);
      assert.equal((await ask(page, undefined, 9_000)).token, null, name);
      assert.equal(service.asked.filter(({ authorization }) => authorization).length, 1, name);
    }
    assert.deepEqual((await heard()).slice(before.length), Object.keys(answers).map(() => code));
    service.forget();
    assert.deepEqual([await request(page)], service.issued, 'nothing is kept of it');
  });
}

story('the site\'s service never answers: null in time, and timeout', async (scene) => {
  scene.expect(/\[messenger-auth\] timeout/);
  const page = await opened(scene, { settings: { instead: new Promise(() => {}) }, attributes: { ...bySite, 'timeout-ms': '3000' } });
  await nullInTime(page, { within: 3000 });
  assert.equal((await event(page, 'error')).code, 'timeout');
});

story('nobody is signed in: null at once, and sign-in-required', async (scene) => {
  const page = await opened(scene, { signedIn: false, attributes: { ...bySite, 'timeout-ms': '60000' } });
  assert.equal((await ask(page, undefined, 9_000)).token, null);
  await event(page, 'sign-in-required');
  assert.equal(service.asked.length, 0);
});

story('a JWT whose exp has come is not handed out again; the next one is another text', async (scene) => {
  const page = await opened(scene, { attributes: { ...bySite, 'min-ttl': '1' }, settings: { ttl: 8 } });
  const first = await request(page);
  await has(page, claimsOf(first).exp);
  const now = Date.now() / 1000;
  const second = await request(page);
  assert.notEqual(second, first);
  assert.ok(claimsOf(second).exp > now);
  assert.deepEqual(warnings(scene), []);
});

story('an ID token whose exp has come is not handed out again; the next one is another text', async (scene) => {
  Object.assign(op.settings, { idTokenTtl: 5, accessTokenTtl: 5 });
  const page = await opened(scene, { attributes: { host: 'dynamics', 'min-ttl': '1' } });
  const first = await request(page);
  await has(page, claimsOf(first).exp);
  const now = Date.now() / 1000;
  const second = await request(page);
  assert.notEqual(second, first);
  assert.ok(isIdTokenOf(second, { op }).exp > now);
});

story('a JWT that lives shorter than minTtl is made anew each time, with one warning', async (scene) => {
  const page = await opened(scene, { settings: { ttl: 30 } });
  const tokens = [await request(page), await request(page)];
  assert.deepEqual(tokens, service.issued);
  assert.deepEqual(warnings(scene).map((text) => /shorter than minTtl/.test(text)), [true]);
});

story('after a sign-out: null, and the next person gets her own', async (scene) => {
  const page = await opened(scene);
  await request(page);
  await page.evaluate(() => MessengerAuth.client.signOut({ atIssuer: false }));
  await event(page, 'signed-out');
  assert.equal(await request(page), null);
  await scene.context.clearCookies();
  await signIn(page, minjun);
  assert.equal(claimsOf(await request(page)).sub, minjun.subject);
});

story('the network is lost: null at once', async (scene) => {
  scene.expect(/\[messenger-auth\] offline/, /ERR_INTERNET_DISCONNECTED/);
  const page = await opened(scene, { attributes: { ...bySite, 'timeout-ms': '60000' } });
  await scene.context.setOffline(true);
  assert.equal((await ask(page, undefined, 9_000)).token, null);
  assert.equal((await event(page, 'error')).code, 'offline');
});

// The code type.

/** Microsoft's server: redeems the code with its own secret, by the redirect URL of its settings. */
const redeem = async (code) => {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: `${site.origin}/messenger-auth/authWindow.html`, client_id: clients.messenger, client_secret: clients.messengerSecret });
  const answer = await fetch(`${op.issuer}/token`, { method: 'POST', body });
  return { status: answer.status, ...await answer.json() };
};

story('the code type: a fresh code each time, without PKCE, that Microsoft\'s server can redeem', async (scene) => {
  const page = await opened(scene, { attributes: { host: 'dynamics', 'hand-over': 'code', 'client-id': clients.messenger } });
  const codes = [await request(page), await request(page), await request(page)];
  assert.equal(new Set(codes).size, 3);
  for (const code of codes) {
    const redeemed = await redeem(code);
    assert.equal(redeemed.status, 200, redeemed.error_description);
    assert.equal(claimsOf(redeemed.id_token).sub, ana.subject);
  }
  assert.equal((await redeem(codes[0])).error, 'invalid_grant', 'a code works once');
  for (const { params } of op.asked('authorize')) {
    assert.equal(params.redirect_uri, `${site.origin}/messenger-auth/authWindow.html`);
    assert.equal(params.response_type, 'code');
    assert.ok(!('code_challenge' in params) && !('code_challenge_method' in params));
  }
  assert.deepEqual(op.asked('token').filter(({ origin }) => origin), [], 'the page redeems nothing');
  assert.deepEqual(warnings(scene), []);
});

story('the code type, and nobody is signed in: null at once', async (scene) => {
  const page = await opened(scene, { signedIn: false, attributes: { host: 'dynamics', 'hand-over': 'code', 'client-id': clients.messenger, 'timeout-ms': '60000' } });
  assert.equal((await ask(page, undefined, 9_000)).token, null);
  await event(page, 'sign-in-required');
});

// The SDK object.

const ready = (page) => page.evaluate(() => globalThis.__chat.ready());
const isSet = (page, count = 1) => eventually(() => page.evaluate((wanted) => globalThis.__chat.set === wanted, count), 'setAuthTokenProvider is called');
const startChat = (page) => page.evaluate(() => Microsoft.Omnichannel.LiveChatWidget.SDK.startChat());

for (const reads of ['at-once', 'later']) {
  story(`the SDK is there after the sign-in, and reads ${reads}: it has a token`, async (scene) => {
    const page = await opened(scene, { reads });
    await ready(page);
    await isSet(page);
    assert.equal(service.issued.length, 1, 'asked for before the chat asks');
    assert.deepEqual([await startChat(page)], service.issued);
  });

  story(`the SDK is there before us, and reads ${reads}: it has a token after the sign-in`, async (scene) => {
    const page = await opened(scene, { reads, sdk: 'at-once', signedIn: false });
    await event(page, 'ready');
    assert.equal(await startChat(page), null);
    await signIn(page);
    await isSet(page);
    assert.deepEqual([await startChat(page)], service.issued);
  });
}

story('the page is loaded anew, the person still signed in: the SDK has a token', async (scene) => {
  const page = await opened(scene, { reads: 'at-once' });
  await page.reload();
  await event(page, 'ready');
  await ready(page);
  await isSet(page);
  assert.deepEqual([await startChat(page)], service.issued.slice(-1));
});

story('the SDK is fed once, holds a renewed token, and loses it at the sign-out', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 8, idTokenTtl: 8 });
  const page = await opened(scene, { reads: 'at-once', attributes: { ...bySite, 'min-ttl': '1' } });
  await ready(page);
  await isSet(page);
  await event(page, 'renewed');
  await eventually(() => service.issued.length === 2, 'the renewed access token is shown to the service');
  assert.equal(await eventually(() => startChat(page), 'a token at once'), service.issued[1]);
  assert.equal(await chat(page, () => globalThis.__chat.set), 1);
  await page.evaluate(() => MessengerAuth.client.signOut({ atIssuer: false }));
  await eventually(() => chat(page, () => globalThis.__chat.removed === 1), 'the function is taken back');
  assert.equal(await startChat(page), null);
});

story('the site\'s JWT is renewed ahead of time while an SDK has our function', async (scene) => {
  const page = await opened(scene, { reads: 'at-once', settings: { ttl: 80 } });
  await ready(page);
  await isSet(page);
  const first = await startChat(page);
  await eventually(() => service.issued.length > 1, 'the service is asked again', 30_000);
  const second = await eventually(async () => {
    const token = await startChat(page);
    return token !== first && token;
  }, 'the new one is there');
  assert.equal(second, service.issued.at(-1));
});

story('the chat comes up a second time: its new SDK is fed too', async (scene) => {
  const page = await opened(scene, { reads: 'at-once' });
  await ready(page);
  await isSet(page);
  await ready(page);
  await isSet(page, 2);
});

story('an SDK that refuses the function: said in diagnose(), and the client function goes on', async (scene) => {
  const page = await opened(scene);
  await page.evaluate(() => {
    globalThis.Microsoft = { Omnichannel: { LiveChatWidget: { SDK: { setAuthTokenProvider() { throw new Error('no'); } } } } };
    dispatchEvent(new CustomEvent('lcw:ready'));
  });
  await eventually(async () => (await diagnosed(page, 'Dynamics')).includes('setAuthTokenProvider refused the function'), 'it is noted');
  assert.equal(claimsOf(await request(page)).sub, ana.subject);
});

// The chat's faults.

story('lcw:error 2, 3, 4 and 8 are told with their meaning', async (scene) => {
  const page = await opened(scene, { signedIn: false });
  await event(page, 'ready');
  await page.evaluate(() => { globalThis.__heard = []; MessengerAuth.client.on('host', (detail) => globalThis.__heard.push(detail)); });
  const meanings = [
    [2, /function .* failed/],
    [3, /no token: nobody was signed in/],
    [4, /token was refused: compare its claims and its key/],
    [8, /not on the page: its name .* option callback/],
    ['4', /token was refused/],
  ];
  for (const [code] of meanings) await page.evaluate((number) => globalThis.__chat.fail(number, 'words of theirs'), code);
  const outcomes = await diagnosed(page, 'lcw:error');
  assert.equal(outcomes.length, meanings.length);
  meanings.forEach(([, meaning], at) => assert.match(outcomes[at], meaning));
  assert.deepEqual(await page.evaluate(() => globalThis.__heard), outcomes.map((message) => ({ name: 'lcw:error', message })));
});

story('any other lcw:error is told in its own words, and one without any is heard', async (scene) => {
  const page = await opened(scene);
  await page.evaluate(() => {
    globalThis.__chat.fail(1, 'the chat\nhas lost its <b>way</b>');
    dispatchEvent(new CustomEvent('lcw:error'));
    dispatchEvent(new Event('lcw:error'));
  });
  const [words, bare, ...more] = await diagnosed(page, 'lcw:error');
  assert.match(words, /^the chat.has lost its <b>way<\/b>$/);
  assert.equal(bare, 'an error of its own');
  assert.deepEqual(more, []);
});

story('a name in the settings that is not ours: lcw:error 8', async (scene) => {
  const page = await opened(scene);
  await page.evaluate(() => { globalThis.__chat.request('auth.getToken'); });
  assert.match((await diagnosed(page, 'lcw:error'))[0], /not on the page/);
});

// What Dynamics would refuse a JWT for.

story('required claims are missing, and lwicontexts is an object: handed over, with one warning each', async (scene) => {
  const page = await opened(scene, { settings: { claims: ({ nbf, jti }) => ({ nbf, jti, lwicontexts: { msdyn_isvip: false } }) } });
  assert.deepEqual([await request(page), await request(page)], service.issued);
  const told = warnings(scene);
  for (const claim of ['iss', 'sub', 'iat', 'exp', 'lwicontexts']) assert.equal(told.filter((text) => text.includes(`claim ${claim} `)).length, 1, claim);
  assert.equal(told.length, 5);
  assert.equal((await diagnosed(page, 'Dynamics')).length, 5);
});

story('lwicontexts holds more than primitives: handed over, with one warning', async (scene) => {
  const page = await opened(scene, { settings: { claims: (claims) => ({ ...claims, lwicontexts: JSON.stringify({ a: { b: 1 } }) }) } });
  assert.deepEqual([await request(page)], service.issued);
  assert.deepEqual(warnings(scene).map((text) => text.includes('lwicontexts')), [true]);
});

story('ES256: handed over, with one warning', async (scene) => {
  const page = await opened(scene, { attributes: { host: 'dynamics', 'client-id': clients.es256 } });
  await request(page);
  await request(page);
  assert.deepEqual(warnings(scene).map((text) => /RS256 only/.test(text)), [true]);
});
