/** `diagnose()` and the panel, each time for a real cause: what was tried, what came of it, how long it took, what to change. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { clients } from '../op/op.js';
import { csp } from '../site/csp.js';
import { ask, button, call, closed, element, enter, event, eventually, isIdTokenOf, loaded, panel, pressSignIn, session, signIn, tag, watched } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ pages: ['/page'] });
const redirectUri = `${site.origin}/messenger-auth/authWindow.html`;

/** The report, in which some step fits, and some advice. */
async function diagnosis(page, { step, outcome, advice, code }) {
  const { value } = await call(page, 'diagnose');
  const all = JSON.stringify(value, null, 2);
  const found = value.steps.find((one) => step.test(one.step) && outcome.test(one.outcome) && (!code || one.code === code));
  assert.ok(found, `no such step in ${all}`);
  assert.match(found.advice, advice);
  assert.ok(value.advice.includes(found.advice), 'the advice is also told apart from the steps');
  for (const { at, ms } of value.steps) assert.ok(Number.isInteger(at) && Math.abs(at - Date.now()) < 2 * 3_600_000 && Number.isInteger(ms) && ms >= 0 && ms < 120_000, all);
  assert.equal(value.issuer, op.issuer);
  assert.equal(value.redirectUri, redirectUri);
  return { ...value, found };
}

/** What a person finds who opens the details of the panel. */
async function shown(page, ...texts) {
  const details = panel(page).locator('details');
  await details.locator('summary').click();
  for (const text of texts) await details.getByText(text).first().waitFor();
  return details.innerText();
}

story('a sign-in that works: each step with its time, and nothing to change', async (scene) => {
  op.settings.delay = { token: 700 };
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  const { value } = await call(page, 'diagnose');
  const steps = value.steps.map(({ step, outcome }) => `${step}: ${outcome}`);
  for (const expected of [`fetch ${op.issuer}/.well-known/openid-configuration: done`, `fetch ${op.issuer}/token: done`, 'open the window: done', 'check a signature: done', 'sign in with a window: done']) {
    assert.ok(steps.includes(expected), `${expected} in ${steps.join('\n')}`);
  }
  const { ms } = value.steps.find(({ step }) => step.endsWith('/token'));
  assert.ok(ms >= 650 && ms < 10_000, `the token endpoint took ${ms} ms`);
  assert.deepEqual(value.advice, []);
});

story('the redirect URI is not registered: the window shows it, and the diagnosis says what to register', async (scene) => {
  scene.expect(/status of 400/);
  const unregistered = `${site.origin}/messenger-auth/authWindow.html?unregistered`;
  const page = await scene.visit({ head: tag({ silent: 'false', 'redirect-uri': unregistered }), body: element });
  const popup = await pressSignIn(page);
  await popup.getByText('redirect_uri').first().waitFor();
  await watched(page);
  await popup.close();
  assert.equal((await event(page, 'error')).code, 'popup-closed');
  const { value } = await call(page, 'diagnose');
  assert.ok(value.advice.some((advice) => advice.endsWith(`register exactly this redirect URI at the issuer: ${unregistered}`)), value.advice.join('\n'));
  assert.equal(value.redirectUri, unregistered);
  await shown(page, 'popup-closed', /wait for the window \(\d+ ms\)/);
});

story('the token endpoint refuses the redirect URI: redirect-uri-mismatch names it', async (scene) => {
  scene.expect(/status of 400/);
  op.settings.alter = (ctx, record) => {
    if (record.route !== 'token') return;
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant', error_description: 'redirect_uri does not match the one of the authorization request' };
  };
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  const popup = await pressSignIn(page);
  await enter(popup);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'redirect-uri-mismatch');
  const { found } = await diagnosis(page, { step: /sign in with a window/, outcome: /does not accept/, advice: /Register exactly this redirect URI/, code: 'redirect-uri-mismatch' });
  assert.ok(found.advice.endsWith(redirectUri));
  const text = await shown(page, failed.help);
  assert.match(text, /fetch http\S+\/token \(\d+ ms\): done/);
  assert.match(text, /sign in with a window \(\d+ ms\): The issuer does not accept/);
});

for (const [directive, more, outcome, step] of [
  ['connect-src', { 'connect-src': "'self'" }, /forbidden by this page/, /^fetch /],
  ['frame-src', { 'frame-src': "'none'" }, /never answered/, /hidden frame/],
]) {
  story(`the policy lacks the issuer in ${directive}: the diagnosis says what to add`, async (scene) => {
    scene.expect(/Content Security Policy/);
    const page = await scene.visit({ head: tag(), body: element, headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, more }) } });
    await loaded(page);
    assert.equal((await ask(page)).token, null);
    const { found } = await diagnosis(page, { step, outcome, advice: /^Add / });
    assert.equal(found.advice, `Add ${op.issuer} to ${directive} of the page's Content-Security-Policy.`);
  });
}

story('a server that is not there is no matter of policy', async (scene) => {
  scene.expect(/ERR_CONNECTION_REFUSED/);
  const gone = createServer().listen(0, 'localhost');
  await once(gone, 'listening');
  const nowhere = `http://localhost:${gone.address().port}`;
  await new Promise((resolve) => { gone.close(resolve); });
  const page = await scene.visit({ head: tag({ issuer: nowhere, silent: 'false' }), body: element });
  await loaded(page);
  const popup = await pressSignIn(page);
  const failed = await event(page, 'error');
  await closed(popup);
  assert.equal(failed.code, 'network');
  assert.ok(!failed.help.includes('Content-Security-Policy'));
  await shown(page, `${nowhere}/.well-known/openid-configuration could not be reached.`, /fetch http:\S+ \(\d+ ms\)/);
});

story('the token endpoint sends no CORS headers: cors-blocked says where to allow what', async (scene) => {
  scene.expect(/CORS policy|ERR_FAILED/);
  op.settings.alter = (ctx, record) => { if (record.route === 'token') ctx.remove('Access-Control-Allow-Origin'); };
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  const popup = await pressSignIn(page);
  await enter(popup);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'cors-blocked');
  const { found } = await diagnosis(page, { step: /^fetch .*\/token$/, outcome: /does not let this page read the answer/, advice: /allowed \(CORS, web\) origins/, code: 'cors-blocked' });
  assert.equal(found.step, `fetch ${op.issuer}/token`);
  await shown(page, failed.help);
});

for (const [where, hours, code] of [['an hour ahead', 1, 'token-expired'], ['an hour behind', -1, 'token-not-yet-valid']]) {
  story(`the clock is ${where}: the diagnosis says by how much`, async (scene) => {
    await scene.context.addInitScript((ms) => { const real = Date.now.bind(Date); Date.now = () => real() + ms; }, hours * 3_600_000);
    // The site's own files do not tell the time either; where they do, it is counted in (clock.spec.js).
    scene.expect(/ERR_FAILED/);
    await scene.context.route('**/authWindow.html*', (route) => (route.request().method() === 'HEAD' ? route.abort() : route.continue()));
    const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
    const popup = await pressSignIn(page);
    await enter(popup);
    const failed = await event(page, 'error');
    assert.equal(failed.code, code);
    assert.match(failed.message, new RegExp(`clock is ${where.split(' ').at(-1)} by (59|60) min`));
    assert.match(failed.help, /clock/);
    await diagnosis(page, { step: /sign in with a window/, outcome: /by (59|60) min/, advice: /clock/, code });
    assert.equal((await ask(page)).token, null);
    await panel(page).getByRole('alert').filter({ hasText: 'The clock of your device may be wrong' }).waitFor();
    await shown(page, failed.help, /by (59|60) min/);
  });
}

story('a window severed by COOP: the diagnosis says so while the panel asks, and afterwards', async (scene) => {
  op.settings.coop = { signIn: 'same-origin' };
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  const popup = await pressSignIn(page);
  await popup.getByLabel('Password').waitFor();
  await panel(page).getByText('Still signing in?').waitFor();
  await diagnosis(page, { step: /wait for the window/, outcome: /severed .* Cross-Origin-Opener-Policy.* still waited for/, advice: /no Cross-Origin-Opener-Policy on the issuer's pages/ });
  await enter(popup);
  await event(page, 'signed-in');
  await closed(popup);
});

story('third-party cookies are blocked: noticed at the first refusal, told, and not tried again', async (scene) => {
  // The provider is of another site than the page: its cookies, which are lax, do not reach a frame.
  const foreign = `${site.elsewhere}/page`;
  scene.home.push(site.elsewhere);
  scene.put({ head: tag({ 'client-id': clients.web, 'redirect-uri': `${site.elsewhere}/messenger-auth/authWindow.html` }), body: element });
  const { page } = scene;
  await page.goto(foreign);
  await loaded(page);
  const popup = await pressSignIn(page);
  await enter(popup);
  await event(page, 'signed-in');
  await closed(popup);
  // The next page has no session; the provider knows the person.
  await page.evaluate(() => { for (const key of Object.keys(sessionStorage)) if (key.includes(':session:')) sessionStorage.removeItem(key); });
  await page.goto(foreign);
  await loaded(page);
  op.forget();
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  assert.equal(op.asked('authorize').length, 1);
  const { value } = await call(page, 'diagnose');
  const told = value.steps.find(({ outcome }) => /third-party cookies/.test(outcome));
  assert.match(told?.advice ?? '', /refresh tokens .* domain of the site's own/);
  assert.ok(value.advice.includes(told.advice));
  assert.equal((await call(page, 'getToken')).code, 'sign-in-required');
  assert.equal((await ask(page)).token, null);
  assert.equal(op.asked('authorize').length, 1, 'not tried again');
});

story('a frame that the provider refuses: told apart from a policy of the page’s', async (scene) => {
  scene.expect(/X-Frame-Options|frame-ancestors|Refused to display|in a frame because/);
  op.settings.alter = (ctx, record) => {
    if (record.route !== 'authorize' || ctx.query.prompt !== 'none') return;
    ctx.status = 200;
    ctx.remove('location');
    ctx.set('X-Frame-Options', 'DENY');
    ctx.body = 'no frames';
  };
  const page = await scene.visit({ head: tag(), body: element });
  await loaded(page);
  assert.equal((await ask(page)).token, null);
  const { found } = await diagnosis(page, { step: /hidden frame/, outcome: /never answered/, advice: /Register exactly this redirect URI/ });
  assert.ok(!found.advice.includes('Content-Security-Policy') && found.advice.includes(redirectUri));
});

story('what was wrong is over: the panel shows no details, the diagnosis still tells', async (scene) => {
  op.settings.denial = 'not today';
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  const popup = await pressSignIn(page);
  await popup.getByRole('button', { name: 'Cancel' }).click();
  await event(page, 'error');
  await panel(page).locator('details').waitFor({ state: 'visible' });
  const [second] = await Promise.all([page.waitForEvent('popup'), button(page, 'Try again').click()]);
  await enter(second);
  await event(page, 'signed-in');
  await panel(page).locator('details').waitFor({ state: 'hidden' });
  await diagnosis(page, { step: /sign in with a window/, outcome: /access_denied \(not today\)/, advice: /./, code: 'access-denied' });
  assert.ok(await session(page));
  isIdTokenOf((await ask(page)).token, { op });
});
