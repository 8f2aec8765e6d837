/** Dynamics 365 with Microsoft's own code: its chat SDK and its widget's way to a token, in a frame as its own; only its servers stand in. */

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { exportSPKI, importJWK } from 'jose';
import { startTokenService } from '../site/token-service.js';
import { CHAT, chatLoader, microsoftServers } from './hosts/dynamics.js';
import { ana, claimsOf, element, event, loaded, signIn, steps, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world();
const service = await startTokenService({ op, sites: [site.origin] });
after(() => service.close());

const bySite = { host: 'dynamics', 'hand-over': 'token-url', 'token-url': `${service.origin}/token` };
const REFUSED = 'Authentication Setup Error: Token validation failed - GetAuthToken function is not present';
/** What Microsoft's code writes on the console. */
const said = [/Token is expired/, /Unexpected error while getting token/, /Authentication Setup Error/, /Failed to decode token/];

const widget = (frame, name, ...given) => frame.evaluate(([method, all]) => globalThis.__widget.call(method, ...all), [name, given]);

/** The page and its frame have a clock that can be set ahead of the servers', for which the provider's tokens live long enough. */
async function withClock({ context }) {
  Object.assign(op.settings, { accessTokenTtl: 3600, idTokenTtl: 3600 });
  await context.addInitScript(() => {
    const { now } = Date;
    globalThis.passed = 0;
    Date.now = () => now() + globalThis.passed;
  });
}

/** The site's JWT has expired, by that clock; the next one has not. */
async function expire(page, frame) {
  for (const one of page.frames()) await one.evaluate(() => { globalThis.passed = 660_000; });
  service.settings.ttl = 1200;
  assert.ok(await frame.evaluate(() => globalThis.__widget.isExpired()), 'the JWT has expired');
}

const asked = (frame) => frame.evaluate(() => globalThis.__widget.asked);
/** A page with the chat's loader and ours, somebody signed in or not, and the chat opened. */
async function opened(scene, { attributes = bySite, signedIn = true, settings, publicKey = `${service.origin}/publickey` } = {}) {
  service.forget();
  Object.assign(service.settings, settings);
  // The chat is given what it asks for.
  scene.home.push(CHAT);
  const servers = await microsoftServers(scene.context, { publicKey });
  const page = await scene.visit({ head: chatLoader + tag(attributes), body: element });
  await loaded(page);
  if (signedIn) await signIn(page);
  return { page, servers, frame: await servers.open(page) };
}

/** Everything that the chat asked of its servers was asked in this person's name. */
function servedFor(servers, person) {
  const named = servers.calls.filter(({ path }) => !path.includes('/config/'));
  assert.ok(named.length);
  for (const { path, claims, refused } of named) {
    assert.ok(path.includes('/auth/'), `${path} is for people who are signed in`);
    assert.equal(claims?.sub, person.subject, `${path}: ${refused}`);
  }
  assert.deepEqual(servers.strangers, []);
  return named;
}

story('the chat starts, and the JWT arrives in AuthenticatedUserToken', async (scene) => {
  const { servers, frame } = await opened(scene);
  assert.equal((await widget(frame, 'initialize')).message, undefined);
  assert.deepEqual(await widget(frame, 'startChat'), { value: undefined });
  assert.equal((await widget(frame, 'getConversationDetails')).value.state, 'Active');
  const named = servedFor(servers, ana);
  assert.deepEqual(new Set(named.map(({ jwt }) => jwt)), new Set(service.issued), 'the one JWT of the site');
  assert.deepEqual(JSON.parse(named[0].claims.lwicontexts), { msdyn_cartvalue: '10000', msdyn_isvip: 'false' });
  assert.equal(await asked(frame), 1, 'our function is called once');
  assert.deepEqual(scene.said('warning'), []);
});

story('a token that has expired in mid-chat is asked for and given again', async (scene) => {
  scene.expect(...said);
  await withClock(scene);
  const { page, servers, frame } = await opened(scene);
  await widget(frame, 'initialize');
  await widget(frame, 'startChat');
  const first = servers.calls.at(-1).jwt;
  await expire(page, frame);
  assert.equal((await widget(frame, 'getConversationDetails')).value.state, 'Active');
  const second = servers.calls.at(-1);
  assert.notEqual(second.jwt, first);
  assert.equal(second.claims.sub, ana.subject);
  assert.ok(second.claims.exp > claimsOf(first).exp);
  servedFor(servers, ana);
  assert.ok(await asked(frame) >= 2);
  assert.deepEqual((await page.evaluate(() => globalThis.__chat.errors)), []);
});

story('nobody is signed in: the chat is refused at once, and starts after a sign-in', async (scene) => {
  scene.expect(...said);
  const { page, servers, frame } = await opened(scene, { signedIn: false });
  assert.equal((await widget(frame, 'initialize')).message, REFUSED);
  await event(page, 'sign-in-required');
  assert.deepEqual(servers.calls, [], 'nothing is asked in nobody\'s name');
  assert.ok((await steps(page)).some((line) => /^lcw:error: .*nobody was signed in/.test(line)));
  await signIn(page);
  await widget(frame, 'initialize');
  assert.deepEqual(await widget(frame, 'startChat'), { value: undefined });
  servedFor(servers, ana);
});

story('after a sign-out the chat gets no more tokens', async (scene) => {
  scene.expect(...said);
  await withClock(scene);
  const { page, servers, frame } = await opened(scene);
  await widget(frame, 'initialize');
  await widget(frame, 'startChat');
  await page.evaluate(() => MessengerAuth.client.signOut({ atIssuer: false }));
  await event(page, 'signed-out');
  await expire(page, frame);
  const before = servers.calls.length;
  assert.equal((await widget(frame, 'getConversationDetails')).message, REFUSED);
  assert.equal(servers.calls.length, before);
});

story('the site answers a login page: the chat is refused at once', async (scene) => {
  scene.expect(...said, /\[messenger-auth\] response-malformed/);
  const { page, servers, frame } = await opened(scene, { settings: { instead: { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>Log in</title>' } } });
  assert.equal((await widget(frame, 'initialize')).message, REFUSED);
  assert.equal((await event(page, 'error')).code, 'response-malformed');
  assert.deepEqual(servers.calls, []);
});

story('the network is lost in mid-chat: refused at once, and served again when it is back', async (scene) => {
  scene.expect(...said, /\[messenger-auth\] (?:offline|network)/, /ERR_INTERNET_DISCONNECTED/);
  await withClock(scene);
  const { page, servers, frame } = await opened(scene);
  await widget(frame, 'initialize');
  await widget(frame, 'startChat');
  await scene.context.setOffline(true);
  await expire(page, frame);
  assert.equal((await widget(frame, 'getConversationDetails')).message, REFUSED);
  assert.equal((await event(page, 'error')).code, 'offline');
  await scene.context.setOffline(false);
  assert.equal((await widget(frame, 'getConversationDetails')).value?.state, 'Active');
  servedFor(servers, ana);
});

story('the provider\'s own ID token, where it signs with RS256', async (scene) => {
  const { keys } = await (await fetch(`${op.issuer}/jwks`)).json();
  const publicKey = await importJWK(keys.find(({ alg }) => alg === 'RS256'), 'RS256', { extractable: true });
  scene.answer('/publickey', { body: await exportSPKI(publicKey), type: 'text/plain' });
  const { servers, frame } = await opened(scene, { attributes: { host: 'dynamics' }, publicKey: `${site.origin}/publickey` });
  await widget(frame, 'initialize');
  assert.deepEqual(await widget(frame, 'startChat'), { value: undefined });
  const [{ claims }] = servedFor(servers, ana);
  assert.equal(claims.iss, op.issuer);
  assert.deepEqual(scene.said('warning'), []);
});

story('an access token that is no JWT: the chat does not take it, and we have said so', async (scene) => {
  scene.expect(...said);
  const { servers, frame } = await opened(scene, { attributes: { host: 'dynamics', 'hand-over': 'access_token' } });
  assert.equal((await widget(frame, 'initialize')).message, REFUSED);
  assert.deepEqual(servers.calls, []);
  assert.match(scene.said('warning')[0].text, /Dynamics takes a JWT/);
});

story('a JWT without sub: Microsoft\'s servers refuse it, and we have said so', async (scene) => {
  scene.expect(...said, /status of 401/);
  const { servers, frame } = await opened(scene, { settings: { claims: ({ sub, ...claims }) => claims } });
  await widget(frame, 'initialize');
  assert.ok((await widget(frame, 'startChat')).message);
  assert.equal(servers.calls.find(({ path }) => path.endsWith('/conversation')).refused, 'ERR_JWT_CLAIM_VALIDATION_FAILED');
  assert.match(scene.said('warning')[0].text, /needs the claim sub/);
});
