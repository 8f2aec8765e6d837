/** The local provider by itself, with a code flow driven by hand: what the other stories stand on. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { clients } from '../op/op.js';
import { ana, claimsOf, enter } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ searched: false });

/** Leaves for the provider as a page would and gives the answer's parameters. */
async function authorize(page, parameters, meanwhile = () => enter(page)) {
  site.page('/messenger-auth/authWindow.html', '<!doctype html><title>landed</title>');
  const url = new URL(`${op.issuer}/auth`);
  url.search = new URLSearchParams({ redirect_uri: `${site.origin}/messenger-auth/authWindow.html`, scope: 'openid profile email', state: 'a-state', nonce: 'a-nonce', ...parameters });
  await page.goto(url.href);
  await meanwhile();
  await page.waitForURL((now) => now.origin === site.origin);
  const landed = new URL(page.url());
  return new URLSearchParams(landed.search || landed.hash.slice(1));
}

const verifier = randomBytes(32).toString('base64url');
const pkce = { code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' };
const token = async (body) => {
  const answer = await fetch(`${op.issuer}/token`, { method: 'POST', headers: { Origin: site.origin }, body: new URLSearchParams({ client_id: 'web', ...body }) });
  return { status: answer.status, cors: answer.headers.get('access-control-allow-origin'), ...(await answer.json()) };
};

story('a code is redeemed once, and the refresh token rotates', async ({ page }) => {
  const answer = await authorize(page, { client_id: 'web', response_type: 'code', ...pkce });
  assert.equal(answer.get('state'), 'a-state');
  assert.equal(answer.get('iss'), op.issuer);
  const redeem = { grant_type: 'authorization_code', code: answer.get('code'), code_verifier: verifier, redirect_uri: `${site.origin}/messenger-auth/authWindow.html` };
  const first = await token(redeem);
  assert.equal(first.status, 200);
  assert.equal(first.cors, site.origin);
  assert.equal(first.expires_in, op.settings.accessTokenTtl);
  const { payload } = await jwtVerify(first.id_token, createRemoteJWKSet(new URL(`${op.issuer}/jwks`)), { issuer: op.issuer, audience: 'web' });
  assert.equal(payload.sub, ana.subject);
  assert.equal(payload.nonce, 'a-nonce');
  assert.equal(payload.name, ana.name);

  const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
  assert.equal(second.status, 200);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal((await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })).error, 'invalid_grant', 'a spent refresh token');
  assert.equal((await token(redeem)).error, 'invalid_grant', 'a spent code');
  assert.deepEqual(op.asked('token').map((one) => one.status), [200, 200, 400, 400]);
});

for (const [type, has] of Object.entries({ id_token: ['id_token'], token: ['access_token'], 'id_token token': ['access_token', 'id_token'] })) {
  story(`the implicit client gets ${type}`, async ({ page }) => {
    const answer = await authorize(page, { client_id: clients.implicit, response_type: type });
    assert.deepEqual([...answer.keys()].filter((key) => /token$/.test(key)).sort(), has);
    if (answer.has('id_token')) assert.equal(claimsOf(answer.get('id_token')).nonce, 'a-nonce');
    if (answer.has('access_token')) assert.ok(await op.alive(answer.get('access_token')));
  });
}

story('prompt=none answers without a page, once the person is known', async ({ page }) => {
  const silent = { client_id: 'web', response_type: 'code', prompt: 'none', ...pkce };
  assert.equal((await authorize(page, silent, () => {})).get('error'), 'login_required');
  await authorize(page, { client_id: 'web', response_type: 'code', ...pkce });
  assert.ok((await authorize(page, silent, () => {})).get('code'));
});

story('a second page asks for consent, and a person may say no', async ({ page }) => {
  op.settings.consent = 'ask';
  op.settings.coop = { consent: 'same-origin' };
  const answer = await authorize(page, { client_id: 'web', response_type: 'code', ...pkce }, async () => {
    await enter(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
  });
  assert.equal(answer.get('error'), 'access_denied');
  assert.equal(answer.get('error_description'), op.settings.denial);
  const allowed = await authorize(page, { client_id: 'web', response_type: 'code', ...pkce }, () => page.getByRole('button', { name: 'Allow' }).click());
  assert.ok(allowed.get('code'));
});

story('a wrong password is told, and the right one goes on', async ({ page }) => {
  const answer = await authorize(page, { client_id: 'web', response_type: 'code', ...pkce }, async () => {
    await enter(page, { login: 'ana', password: 'wrong' });
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').fill(ana.password);
    await page.keyboard.press('Enter');
  });
  assert.ok(answer.get('code'));
});
