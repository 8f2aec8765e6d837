/** Content-Security-Policy: the directives of the README are enough, and one too few is said. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { csp } from '../site/csp.js';
import { built } from '../site/package.js';
import { ask, awayAndBack, button, call, element, enter, event, isIdTokenOf, loaded, nullInTime, panel, pressSignIn, session, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ settings: { accessTokenTtl: 10, idTokenTtl: 10 } });
const strict = csp({ issuer: op.issuer });
const violations = (page) => page.evaluate(() => __story.violations);

for (const [name, head, client] of [
  ['snippet', snippet('minTtl: 1, renewAt: 0.4'), 'web'],
  ['tag', tag({ 'min-ttl': '1', 'renew-at': '0.4' }), 'web'],
  ['tag, implicit flow', tag({ 'min-ttl': '1', 'renew-at': '0.4', flow: 'implicit', 'client-id': clients.implicit }), clients.implicit],
]) {
  story(`${name} under the README's policy: window, renewal, frame and sign-out without one violation`, async (scene) => {
    site.headers['/messenger-auth/authWindow.html'] = { 'Content-Security-Policy': strict };
    const page = await scene.visit({ head, body: element, headers: { 'Content-Security-Policy': strict } });
    await signIn(page);
    isIdTokenOf((await ask(page)).token, { op, client });
    await event(page, 'renewed', { within: 10_000 });
    assert.deepEqual(await violations(page), []);

    const tab = await scene.context.newPage();
    await scene.visit({ head, body: element, headers: { 'Content-Security-Policy': strict }, path: '/second', page: tab });
    await loaded(tab);
    isIdTokenOf((await ask(tab)).token, { op, client });
    assert.deepEqual(await violations(tab), []);

    await awayAndBack(page, () => button(page, 'Sign out').click());
    assert.equal(op.asked('end-session').length, 1, 'the form reaches the issuer');
    assert.equal(page.url(), `${site.origin}/page`);
    assert.equal(await session(page), null);
    assert.deepEqual(await violations(page), []);
    delete site.headers['/messenger-auth/authWindow.html'];
  });
}

story("'strict-dynamic' with a nonce", async (scene) => {
  const page = await scene.visit({
    head: snippet(),
    body: element,
    headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, more: { 'script-src': "'nonce-{{nonce}}' 'strict-dynamic' 'wasm-unsafe-eval'" } }) },
  });
  await signIn(page);
  assert.deepEqual(await violations(page), []);
});

story("without 'wasm-unsafe-eval': load-failed names it, and the callback gives null in time", async (scene) => {
  scene.expect(/wasm-unsafe-eval|WebAssembly/);
  const page = await scene.visit({ head: snippet(), body: element, headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, wasm: false }) } });
  await loaded(page);
  await nullInTime(page);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'load-failed');
  assert.ok(failed.help.includes("'wasm-unsafe-eval'"), failed.help);
  assert.equal(scene.said('error').length, 1);
  await panel(page).getByRole('alert').filter({ hasText: /./ }).waitFor();
});

story('without the issuer in connect-src: a typed error, and null in time', async (scene) => {
  scene.expect(/Content Security Policy|\[messenger-auth\]/);
  const page = await scene.visit({ head: snippet(), body: element, headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, more: { 'connect-src': "'self'" } }) } });
  await loaded(page);
  await nullInTime(page);
  const failed = await event(page, 'error');
  assert.equal(failed.code, 'network');
  assert.equal(failed.help, `Add ${op.issuer} to connect-src of the page's Content-Security-Policy.`);
  assert.ok((await call(page, 'diagnose')).value.advice.includes(failed.help));
});

story('without the issuer in frame-src: sign-in-required, the diagnosis names the directive, and a window signs in', async (scene) => {
  scene.expect(/Content Security Policy/);
  const page = await scene.visit({ head: tag(), body: element, headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, more: { 'frame-src': "'self'" } }) } });
  await loaded(page);
  await nullInTime(page);
  await event(page, 'sign-in-required');
  const { value } = await call(page, 'diagnose');
  assert.ok(value.advice.includes(`Add ${op.issuer} to frame-src of the page's Content-Security-Policy.`), value.advice.join('\n'));
  await signIn(page);
  isIdTokenOf((await ask(page)).token, { op });
});

for (const route of ['discovery', 'token']) {
  story(`a policy that only reports forbids nothing: a ${route} endpoint without CORS is cors-blocked`, async (scene) => {
    scene.expect(/Content Security Policy|CORS|ERR_FAILED|\[messenger-auth\] cors-blocked/);
    op.settings.alter = (ctx, record) => { if (record.route === route) ctx.remove('Access-Control-Allow-Origin'); };
    const page = await scene.visit({ head: tag({ silent: 'false' }), body: element, headers: { 'Content-Security-Policy-Report-Only': csp({ issuer: op.issuer, more: { 'connect-src': "'self'" } }) } });
    if (route === 'token') await enter(await pressSignIn(page));
    else await button(page, 'Sign in').click();
    assert.equal((await event(page, 'error')).code, 'cors-blocked');
    assert.ok((await violations(page)).some((one) => JSON.stringify(one).includes('connect-src')), 'the browser has reported it');
  });
}

const files = await built();
for (const [what, more, directive] of [
  ['the glue', { 'script-src': `${site.origin}/messenger-auth/${files.loader} 'wasm-unsafe-eval'` }, 'script-src'],
  ['the WebAssembly', { 'connect-src': op.issuer }, 'connect-src'],
]) {
  story(`without ${what} in ${directive}: load-failed names it, and the callback gives null in time`, async (scene) => {
    scene.expect(/Content Security Policy|\[messenger-auth\] load-failed/);
    const page = await scene.visit({ head: tag({ nonce: false }), body: element, headers: { 'Content-Security-Policy': csp({ issuer: op.issuer, more: { 'script-src': `'self' 'wasm-unsafe-eval'`, ...more } }) } });
    await loaded(page);
    await nullInTime(page);
    const failed = await event(page, 'error');
    assert.equal(failed.code, 'load-failed');
    assert.match(failed.help, new RegExp(`${directive}.* ${site.origin}`));
  });
}
