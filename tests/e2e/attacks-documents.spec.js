/** attacks.md, "Discovery, keys, token endpoint": what a provider's documents and answers may be, and what is sent to it. */

import assert from 'node:assert/strict';
import { accepted, asked, forward, refused, renewalIsDue, rogueWorld, signIn, table } from './support/rogue.js';

const world = await rogueWorld();
const { story } = world;

const frame = ['hidden frame'];
const first = ['window', 'hidden frame'];
const every = [...first, 'refresh'];
const where = (route) => (route === 'token' ? every : first);
const routes = ['discovery', 'keys', 'token'];
const rows = (code, ways, more) => routes.map((route) => ({ code, in: where(route), faults: ways.map((way) => `${route} ${way}`), ...more }));

const S256 = ({ issuer }) => {
  for (const { params } of issuer.asked('authorize')) assert.deepEqual([params.code_challenge_method, params.code_challenge.length], ['S256', 43]);
};
/** Its description is in the message, as it came. */
const described = ({ result }) => assert.ok(result.message.includes('<b>no</b>'), result.message);
const endsIn = (seconds) => async ({ page }) => {
  const { expiresAt, now } = await page.evaluate(() => ({ expiresAt: MessengerAuth.client.getSession().expiresAt, now: Date.now() }));
  assert.ok(Math.abs(expiresAt - now - seconds * 1000) < 15_000, `${expiresAt - now} ms`);
};
const asksKeysOnce = ({ issuer }) => assert.equal(issuer.asked('keys').length, 1);
const asksKeysTwice = ({ issuer }) => assert.equal(issuer.asked('keys').length, 2);
const endpoint = (name) => ['http, off loopback', 'javascript:', 'data:', 'relative', 'without a scheme'].map((address) => `${name} ${address}`);
const accessToken = { 'hand-over': 'access_token' };

table(world, [
  { code: 'discovery-mismatch', in: first, faults: ['discovery’s issuer differs', 'discovery’s issuer has a closing slash more'] },
  ...['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'end_session_endpoint', 'revocation_endpoint'].map((name) => ({ code: 'discovery-mismatch', in: frame, faults: endpoint(name) })),
  { code: 'discovery-mismatch', in: ['window'], faults: endpoint('authorization_endpoint') },
  ...rows('response-malformed', ['is not JSON', 'is JSON of another shape', 'is empty', 'is over 1 MiB', 'is a login page with status 200']),
  { code: 'response-malformed', in: first, faults: ['keys without a list'] },
  ...rows('bad-status', ['answers 404', 'answers 503']),
  ...rows('network', ['redirects', 'is cut in the middle']),
  { code: 'network', in: first, faults: ['token endpoint at a server that is not there', 'keys at a server that is not there'] },
  ...rows('cors-blocked', ['sends no CORS headers']),
  ...rows('accepted', ['begins with a byte order mark']),
  { code: 'invalid-grant', in: first, faults: ['token: invalid_grant'], check: described },
  { code: 'invalid-client', in: every, faults: ['token: invalid_client'], check: described },
  { code: 'issuer-error', in: every, faults: ['token: an error that nobody knows'], check: described },
  { code: 'response-malformed', in: every, faults: ['token_type mac', 'token_type DPoP', 'token_type absent', 'no access token', 'an access token with a line break'] },
  { code: 'accepted', in: every, faults: ['token_type bearer in small letters'] },
  { code: 'accepted', in: first, faults: ['expires_in digits in a string', 'expires_in absent'], attributes: accessToken, check: endsIn(100) },
  { code: 'accepted', in: ['refresh'], faults: ['expires_in digits in a string', 'expires_in absent'] },
  { code: 'accepted', in: first, faults: ['expires_in absent, and no ID token'], attributes: { flow: 'implicit', 'response-type': 'token' }, subject: null, check: endsIn(300) },
  { code: 'response-malformed', in: every, faults: ['expires_in negative', 'expires_in over ten years', 'expires_in no number'] },
  { code: 'accepted', in: first, faults: ['code_challenge_methods_supported absent', 'code_challenge_methods_supported plain'], check: S256 },
  { code: 'accepted', in: ['window'], faults: ['keys rotated just before signing', 'keys rotated under the same kid'], again: true, check: asksKeysTwice },
  { code: 'accepted', in: ['refresh', 'renewal in a hidden frame'], faults: ['keys rotated just before signing', 'keys rotated under the same kid'], check: asksKeysTwice },
  { code: 'accepted', in: ['window'], faults: ['keys answers 503', 'keys never answers'], again: true, check: asksKeysOnce },
  { code: 'accepted', in: ['refresh', 'renewal in a hidden frame'], faults: ['keys answers 503', 'keys never answers'], check: asksKeysOnce },
]);

story('token: invalid_grant → the refresh token is dropped, the hidden frame goes on (refresh)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, {});
  await accepted(page, issuer, await asked(page));
  const [{ body: { refresh_token: spent } }] = issuer.asked('token');
  issuer.misbehave('token: invalid_grant', { in: ['refresh'] });
  await renewalIsDue(page);
  await accepted(page, issuer, await asked(page));
  assert.deepEqual(issuer.asked('token').map(({ kind, status }) => `${kind} ${status}`), ['frame 200', 'refresh 400', 'frame 200']);
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes(spent));
});

story('unknown kid → keys fetched once more past the HTTP cache, at most once a minute (renewal in a hidden frame)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer({ refreshTokens: false });
  await visit(issuer, {});
  await accepted(page, issuer, await asked(page));
  const before = await page.evaluate(() => MessengerAuth.client.getSession());
  await renewalIsDue(page);
  issuer.misbehave('unknown kid');
  const fetched = () => issuer.asked('keys').length;
  for (const expected of [2, 2]) {
    await refused(page, issuer, await asked(page), { code: 'key-not-found', before, secrets: [] });
    assert.equal(fetched(), expected);
  }
  assert.ok(issuer.asked('keys')[1].headers['cache-control'], 'past the HTTP cache');
  await forward(page, 61_000);
  assert.equal((await asked(page)).code, 'key-not-found');
  assert.equal(fetched(), 3);
});

story('no keys where keys were fetched anew → the held ones go on (renewal in a hidden frame)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer({ refreshTokens: false });
  await visit(issuer, {});
  await accepted(page, issuer, await asked(page));
  await renewalIsDue(page);
  issuer.misbehave('unknown kid, and no keys');
  assert.equal((await asked(page)).code, 'key-not-found');
  issuer.behave();
  await accepted(page, issuer, await asked(page));
  assert.equal(issuer.asked('keys').length, 2);
});

story('token: interaction_required → the hidden frame goes on, the refresh token is not given up (refresh)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, {});
  await accepted(page, issuer, await asked(page));
  issuer.misbehave('token: interaction_required', { in: ['refresh'] });
  await renewalIsDue(page);
  await accepted(page, issuer, await asked(page));
  assert.deepEqual(issuer.asked('token').map(({ kind, status }) => `${kind} ${status}`), ['frame 200', 'refresh 400', 'frame 200']);
});

story('every fetch → without cookies, without a referrer (window, refresh, sign-out)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { silent: 'false' });
  await accepted(page, issuer, await signIn(page));
  await renewalIsDue(page);
  await accepted(page, issuer, await asked(page));
  await signIn(page, { again: true });
  const left = page.waitForEvent('framenavigated');
  await Promise.all([left, page.evaluate(() => { MessengerAuth.client.signOut(); })]);
  await page.waitForURL(/\/page$/);
  const sent = issuer.records.filter(({ route }) => ['discovery', 'keys', 'token', 'revocation'].includes(route));
  assert.deepEqual([...new Set(sent.map(({ route }) => route))].sort(), ['discovery', 'keys', 'revocation', 'token']);
  for (const { route, headers } of sent) assert.deepEqual([headers.cookie, headers.referer], [undefined, undefined], route);
  assert.ok(issuer.asked('authorize').at(-1).headers.cookie?.includes('known=1'), 'there is a cookie to send');
});
