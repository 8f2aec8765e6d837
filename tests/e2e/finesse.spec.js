/** Cisco Finesse's single sign-on as issuer, on a page of Finesse's own origin or one that proxies it. */

import assert from 'node:assert/strict';
import { startFinesse } from './hosts/finesse.js';
import { ask, button, call, closed, element, event, events, eventually, loaded, nullInTime, pressSignIn, session, steps } from './support/page.js';
import { world } from './support/world.js';

const { story, site } = await world();
const head = (more = '', base = '') => `<!-- messenger-auth-snippet { issuer: { kind: "finesse", baseUrl: "{{origin}}${base}", username: () => "1001" }, ${more} } -->`;

/** A story with a Finesse of its own. */
const told = (name, options, run) => story(name, async (scene) => {
  const finesse = await startFinesse(scene, options);
  try {
    await run(scene, finesse);
  } finally {
    await finesse.close();
  }
});

async function logIn(page) {
  const popup = await pressSignIn(page);
  await popup.getByRole('button', { name: 'Log in' }).click();
  await event(page, 'signed-in');
  await closed(popup);
}

told('a session that is alive gives the token unseen', {}, async (scene, { seen, state }) => {
  state.alive = true;
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  assert.equal((await ask(page)).token, seen.given[0]);
  assert.deepEqual(seen.asked[0], { cc_username: '1001', return_refresh_token: 'true' });
  const { subject, claims } = await session(page);
  assert.equal(subject, '1001');
  assert.equal(claims.user_principal, 'ana@example.com');
  assert.equal(claims.refresh_token, undefined);
});

told('no session: null at once; then a window, redirects, form posts, and the document is read', {}, async (scene, { seen }) => {
  // At once, and not at the deadline: that would be after a minute.
  const page = await scene.visit({ head: head('timeoutMs: 60000'), body: element });
  await loaded(page);
  await nullInTime(page);
  await event(page, 'sign-in-required');
  await logIn(page);
  assert.equal((await ask(page)).token, seen.given.at(-1));
});

told('it says that the session has ended: nothing more is asked of it, and diagnose() knows', {}, async (scene, { seen }) => {
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  let before;
  // Where its word comes too late, it is asked for the token after all.
  await eventually(async () => {
    before = [seen.tested, seen.asked.length];
    assert.equal((await ask(page)).token, null);
    return (await steps(page)).findLast((line) => line.startsWith('ask Finesse'))?.endsWith(': ended');
  }, 'it says so in time');
  assert.deepEqual([seen.tested, seen.asked.length], [before[0] + 1, before[1]]);
  assert.equal(page.frames().length, 1, 'the frame is taken away');
});

told('one that is older than that, and says nothing, is asked for the token', {}, async (scene, { seen, state }) => {
  Object.assign(state, { alive: true, test: false });
  scene.expect(/status of 404/);
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  assert.equal((await ask(page)).token, seen.given[0]);
  assert.ok((await steps(page)).includes('ask Finesse for the state of its session: not told'));
});

told('what others say of its session is not heard', {}, async (scene, { state }) => {
  state.alive = true;
  const page = await scene.visit({ head: head(), body: `${element}<script>setInterval(() => postMessage({ status: 'false' }, '*'), 1);</script>` });
  await loaded(page);
  assert.ok((await ask(page)).token);
});

told('a page that proxies Finesse below a path of its own', { base: '/finesse' }, async (scene, { seen }) => {
  const page = await scene.visit({ head: head('', '/finesse'), body: element });
  await loaded(page);
  await logIn(page);
  assert.equal((await ask(page)).token, seen.given.at(-1));
});

told('renewed at three quarters of its life, by fetch, with the refresh token that it keeps', { ttl: 6 }, async (scene, { seen }) => {
  const page = await scene.visit({ head: head('minTtl: 1'), body: element });
  await loaded(page);
  await logIn(page);
  await event(page, 'renewed', { count: 2, within: 14_000 });
  assert.deepEqual(new Set(seen.refreshed), new Set(['refresh-1']), 'the answer brings no other');
  assert.equal((await ask(page)).token, seen.given.at(-1));
});

told('a window closed without a login', {}, async (scene) => {
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  const popup = await pressSignIn(page);
  await popup.getByRole('button', { name: 'Log in' }).waitFor();
  await popup.close();
  assert.equal((await event(page, 'error')).code, 'popup-closed');
});

told('signing out ends it here', {}, async (scene, { state }) => {
  state.alive = true;
  const page = await scene.visit({ head: head(), body: element });
  await loaded(page);
  await ask(page);
  await call(page, 'signOut');
  await event(page, 'signed-out');
  assert.equal((await ask(page)).token, null, 'and stays so, though Finesse knows the agent');
  await button(page, 'Sign in').waitFor();
});

for (const [what, options, option] of [
  ['a Finesse of another origin', '{ issuer: { kind: "finesse", baseUrl: "https://finesse.example:8445", username: "1001" } }', 'issuer.baseUrl'],
  ['the whole page', '{ issuer: { kind: "finesse", baseUrl: "{{origin}}", username: "1001" }, transport: "page" }', 'transport'],
  ['nobody\'s name', '{ issuer: { kind: "finesse", baseUrl: "{{origin}}", username: () => "" } }', 'issuer.username'],
]) {
  story(`${what} is refused at once, with what to do`, async (scene) => {
    scene.expect(/\[messenger-auth\] bad-option/);
    const page = await scene.visit({ head: `<!-- messenger-auth-snippet ${options} -->` });
    await loaded(page);
    const failed = await event(page, 'error');
    assert.ok(failed.message.includes(option), failed.message);
    assert.deepEqual(await events(page, 'ready'), []);
    assert.equal((await ask(page)).token, null);
  });
}
