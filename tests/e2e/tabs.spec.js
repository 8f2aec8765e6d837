/** Many tabs, one visitor: who refreshes, who hears of it, and what a tab does that comes late. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, ask, button, call, closed, element, enter, event, events, eventually, freeze, gate, isIdTokenOf, lag, loaded, minjun, panel, seesSignOut, session, signIn, tag, windowOf } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ settings: { accessTokenTtl: 60, idTokenTtl: 60 } });

/** A token with nearly its whole life left: after a few seconds it takes a new one. */
const fresh = { minTtl: 57 };
const aged = (page, { minTtl } = fresh) => eventually(async () => (await session(page)).expiresAt - Date.now() < minTtl * 1000, 'the token is not fresh any more');

const copy = (page) => page.evaluate(() => ({ ...sessionStorage }));
const refreshes = () => op.asked('token').filter((one) => one.params.grant_type === 'refresh_token');
const silentLogins = () => op.asked('authorize').filter((one) => one.params.prompt === 'none');

/** oidc-provider revokes everything when a refresh token comes twice. */
function noneTwice() {
  const sent = refreshes().map((one) => one.params.refresh_token);
  assert.equal(new Set(sent).size, sent.length, 'no refresh token is sent twice');
}

/** A further tab of the same site. */
async function open(scene, attributes, kept = {}) {
  const page = await scene.context.newPage();
  // What the browser does where somebody duplicates a tab, or brings a closed one back.
  await page.addInitScript((items) => {
    if (sessionStorage.length === 0) for (const [name, value] of Object.entries(items)) sessionStorage.setItem(name, value);
  }, kept);
  await scene.visit({ head: tag(attributes), body: element, page });
  await event(page, 'ready');
  return page;
}

/** A window that the page opens: the browser copies its sessionStorage. */
async function openFrom(page) {
  const opened = await windowOf(page, () => page.evaluate(() => { open('/page'); }));
  await loaded(opened);
  await event(opened, 'ready');
  return opened;
}

for (const [name, storage, gather] of [
  ['storage: local', 'local', async (scene, attributes) => [scene.page, ...await Promise.all(Array.from({ length: 7 }, () => open(scene, attributes)))]],
  ['storage: memory', 'memory', async (scene, attributes) => [scene.page, ...await Promise.all(Array.from({ length: 7 }, () => open(scene, attributes)))]],
  ['storage: session, in duplicated tabs', 'session', async (scene, attributes) => {
    const kept = await copy(scene.page);
    return [scene.page, ...await Promise.all(Array.from({ length: 7 }, () => open(scene, attributes, kept)))];
  }],
  ['storage: session, in windows opened from one another', 'session', async (scene) => {
    const all = [scene.page];
    while (all.length < 8) all.push(await openFrom(all.at(-1)));
    return all;
  }],
]) {
  story(`eight tabs at once, one refresh for each rotation: ${name}`, async (scene) => {
    const attributes = { storage, silent: 'false' };
    await scene.visit({ head: tag(attributes), body: element });
    await signIn(scene.page);
    const tabs = await gather(scene, attributes);
    for (const tab of tabs) await eventually(() => session(tab), 'every tab knows who is signed in');
    op.forget();
    const seen = new Set();
    for (const rotation of [1, 2, 3]) {
      // Each lives longer than the one before: new for the last tab that asks, however late.
      Object.assign(op.settings, { accessTokenTtl: 60 + 10 * rotation, idTokenTtl: 60 + 10 * rotation });
      const wanted = { minTtl: 47 + 10 * rotation };
      await aged(scene.page, wanted);
      const answers = await Promise.all(tabs.map((tab) => call(tab, 'getToken', wanted)));
      assert.deepEqual(answers.map((one) => one.code), tabs.map(() => undefined));
      assert.equal(refreshes().length, rotation, 'one refresh');
      assert.equal(new Set(answers.map((one) => one.value)).size, 1, 'the same token everywhere');
      seen.add(answers[0].value);
    }
    assert.equal(seen.size, 3, 'a new token each time');
    noneTwice();
    assert.ok(op.asked('token').every((one) => one.status === 200));
    assert.ok((await Promise.all(tabs.map((tab) => events(tab, 'error')))).every((one) => one.length === 0));
    for (const tab of tabs) assert.equal((await events(tab, 'renewed')).length, 3);
  });
}

story('by the clock: eight tabs renew by themselves, once for all', async (scene) => {
  Object.assign(op.settings, { accessTokenTtl: 12, idTokenTtl: 12 });
  const attributes = { storage: 'local', silent: 'false', 'min-ttl': '1', 'renew-at': '0.4' };
  await scene.visit({ head: tag(attributes), body: element });
  await signIn(scene.page);
  const tabs = [scene.page, ...await Promise.all(Array.from({ length: 7 }, () => open(scene, attributes)))];
  for (const tab of tabs) await event(tab, 'renewed', { count: 2, within: 30_000 });
  noneTwice();
  const times = refreshes().map((one) => one.at);
  assert.ok(times.slice(1).every((at, index) => at - times[index] > 3000), `one for each rotation: ${times}`);
  assert.ok(op.asked('token').every((one) => one.status === 200));
});

for (const storage of ['local', 'session', 'memory']) {
  story(`a tab that dies while it refreshes stops nobody: storage ${storage}`, async (scene) => {
    const attributes = { storage };
    await scene.visit({ head: tag(attributes), body: element });
    await signIn(scene.page);
    const tab = await open(scene, attributes, await copy(scene.page));
    await eventually(() => session(tab), 'the second tab knows');
    await aged(tab);
    op.forget();
    // Handled, so that the refresh token is spent, and answered to nobody.
    const answer = gate();
    op.settings.alter = (_ctx, record) => (record.route === 'token' ? answer.opened : undefined);
    // Never to be answered.
    call(scene.page, 'getToken', fresh).catch(() => {});
    await eventually(() => op.asked('token')[0]?.status, 'the refresh token is spent');
    const other = call(tab, 'getToken', fresh);
    await scene.page.close();
    op.settings.alter = undefined;
    answer.open();
    isIdTokenOf((await other).value, { op });
    noneTwice();
    assert.equal(silentLogins().length, 1, 'the provider may have spent the refresh token: a new login instead');
    // And so it goes on.
    await aged(tab);
    isIdTokenOf((await call(tab, 'getToken', fresh)).value, { op });
    assert.equal(refreshes().length, 2);
    noneTwice();
  });
}

story('a tab died before its refresh left, and no frame helps: the issuer has the last word', async (scene) => {
  const attributes = { storage: 'local', silent: 'false' };
  await scene.visit({ head: tag(attributes), body: element });
  await signIn(scene.page);
  await aged(scene.page);
  op.forget();
  // The word that a tab leaves before it sends; this one never came to it.
  await scene.page.evaluate(() => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('messenger-auth:latest:'));
    localStorage.setItem(key, localStorage.getItem(key).replace(/(\S+)$/, '?$1'));
  });
  isIdTokenOf((await call(scene.page, 'getToken', fresh)).value, { op });
  assert.deepEqual(refreshes().map((one) => one.status), [200]);
});

story('a frozen tab wakes with a spent refresh token, and is told the current one', async (scene) => {
  const attributes = { silent: 'false' };
  await scene.visit({ head: tag(attributes), body: element });
  await signIn(scene.page);
  const tab = await open(scene, attributes, await copy(scene.page));
  const thaw = await freeze(tab);
  op.forget();
  for (let rotation = 0; rotation < 2; rotation += 1) {
    await aged(scene.page);
    isIdTokenOf((await call(scene.page, 'getToken', fresh)).value, { op });
  }
  await thaw();
  await event(tab, 'renewed');
  assert.equal((await call(tab, 'getToken')).value, (await call(scene.page, 'getToken')).value);
  assert.equal(refreshes().length, 2);
  await aged(tab);
  isIdTokenOf((await call(tab, 'getToken', fresh)).value, { op });
  assert.equal(refreshes().length, 3);
  noneTwice();
});

for (const [name, attributes, check] of [
  ['the hidden frame gets a new one', {}, ({ value }) => { isIdTokenOf(value, { op }); assert.equal(silentLogins().length, 1); }],
  ['without a frame it takes the person', { silent: 'false' }, ({ code }) => assert.equal(code, 'sign-in-required')],
]) {
  story(`a tab brought back with a spent refresh token does not send it: ${name}`, async (scene) => {
    await scene.visit({ head: tag(attributes), body: element });
    await signIn(scene.page);
    const kept = await copy(scene.page);
    await aged(scene.page);
    isIdTokenOf((await call(scene.page, 'getToken', fresh)).value, { op });
    await scene.page.close();
    op.forget();
    const tab = await open(scene, attributes, kept);
    assert.equal((await session(tab)).subject, ana.subject);
    check(await call(tab, 'getToken', fresh));
    assert.equal(refreshes().length, 0);
    // What is held is good to its end.
    isIdTokenOf((await call(tab, 'getToken', { minTtl: 5 })).value, { op });
  });
}

const withoutLocks = (scene) => scene.context.addInitScript(() => { delete Navigator.prototype.locks; });

for (const storage of ['local', 'session']) {
  story(`without Web Locks nobody uses a refresh token that others may have: storage ${storage}`, async (scene) => {
    await withoutLocks(scene);
    const attributes = { storage, silent: 'false' };
    await scene.visit({ head: tag(attributes), body: element });
    await signIn(scene.page);
    const tabs = [scene.page, await open(scene, attributes, await copy(scene.page)), await openFrom(scene.page)];
    await aged(scene.page);
    const answers = await Promise.all(tabs.map((tab) => call(tab, 'getToken', fresh)));
    assert.deepEqual(answers.map((one) => one.code), tabs.map(() => 'sign-in-required'));
    assert.equal(refreshes().length, 0);
    isIdTokenOf((await call(tabs[1], 'getToken')).value, { op });
  });
}

story('without Web Locks, storage memory: the tab that signed in refreshes, and keeps its refresh token to itself', async (scene) => {
  await withoutLocks(scene);
  const attributes = { storage: 'memory', silent: 'false' };
  const tab = await scene.visit({ head: tag(attributes), body: element });
  const other = await open(scene, attributes);
  await other.evaluate(([client, issuer]) => {
    globalThis.told = [];
    new BroadcastChannel(`messenger-auth:tabs:${client}@${issuer}`).onmessage = ({ data }) => told.push(data);
  }, ['web', op.issuer]);
  await signIn(tab);
  await event(other, 'signed-in');
  await aged(tab);
  op.forget();
  const { value } = await call(tab, 'getToken', fresh);
  isIdTokenOf(value, { op });
  await event(other, 'renewed');
  assert.equal((await call(other, 'getToken')).value, value);
  await aged(tab);
  assert.equal((await call(other, 'getToken', fresh)).code, 'sign-in-required');
  assert.equal(refreshes().length, 1);
  const told = (await other.evaluate(() => told)).filter((one) => one.startsWith('{')).map((one) => JSON.parse(one));
  assert.ok(told.length >= 2 && told.every((one) => one.session.refresh_token === null), 'no refresh token on the channel');
});

story('sign-in and sign-out reach the other tabs, and their panels', async (scene) => {
  const attributes = { scope: 'openid profile' };
  const tab = await scene.visit({ head: tag(attributes), body: element });
  const other = await open(scene, attributes);
  await signIn(tab);
  const { detail } = await event(other, 'signed-in');
  assert.equal(detail.subject, ana.subject);
  await panel(other).getByText('Signed in as').waitFor();
  op.forget();
  assert.equal((await ask(other)).token, (await ask(tab)).token);
  assert.deepEqual([op.asked('authorize').length, op.asked('token').length], [0, 0]);

  await call(other, 'signOut', { atIssuer: false });
  assert.equal((await event(tab, 'signed-out')).detail.reason, 'elsewhere');
  await button(tab, 'Sign in').waitFor();
  assert.equal(await session(tab), null);
  // The issuer still knows the person. No tab signs them in again behind their back, nor one that comes later.
  const third = await open(scene, attributes);
  for (const one of [tab, other, third]) assert.equal((await ask(one)).token, null);
  assert.equal(op.asked('authorize').length, 0);
  const kept = await Promise.all([tab, other].map((one) => one.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]))));
  assert.ok(kept.every((one) => !one.includes('refresh_token')), 'nothing is left');
});

story('a sign-out is told before what it has written can be seen: nobody is signed in again', async (scene) => {
  const tab = await scene.visit({ head: tag(), body: element });
  const other = await open(scene);
  await signIn(tab);
  await event(other, 'signed-in');
  await lag(other);
  op.forget();
  await call(tab, 'signOut', { atIssuer: false });
  await event(other, 'signed-out');
  assert.equal((await ask(other)).token, null);
  assert.equal(op.asked('authorize').length, 0);
});

story('signed out while a hidden frame of a tab that hears nothing is on its way: it brings nobody back', async (scene) => {
  await scene.context.addInitScript(() => { delete globalThis.BroadcastChannel; });
  const attributes = { 'client-id': clients.implicit, flow: 'implicit' };
  const tab = await scene.visit({ head: tag(attributes), body: element });
  const other = await open(scene, attributes);
  await signIn(other);
  const answer = gate();
  op.settings.alter = (_ctx, record) => (record.route === 'authorize' ? answer.opened : undefined);
  op.forget();
  const asked = ask(tab);
  await eventually(() => op.asked('authorize').length, 'the frame asks');
  await call(other, 'signOut', { atIssuer: false });
  await seesSignOut(tab);
  answer.open();
  assert.equal((await asked).token, null);
  assert.equal(await session(tab), null);
  assert.equal((await ask(other)).token, null);
});

story('somebody else signs in while a hidden frame is on its way: what it says ends nobody’s session', async (scene) => {
  const attributes = { 'client-id': clients.implicit, flow: 'implicit' };
  const tab = await scene.visit({ head: tag(attributes), body: element });
  await signIn(tab);
  await aged(tab);
  const request = gate();
  await scene.context.route((url) => url.origin === op.issuer && url.searchParams.get('prompt') === 'none', async (route) => {
    await request.opened;
    await route.continue();
  });
  const asked = call(tab, 'getToken', fresh);
  await tab.waitForRequest((one) => one.url().includes('prompt=none'));
  await scene.context.clearCookies();
  const popup = await windowOf(tab, () => tab.evaluate(() => { MessengerAuth.client.signIn({ prompt: 'login' }); }));
  await enter(popup, minjun);
  await event(tab, 'signed-in', { count: 2 });
  request.open();
  await asked;
  await eventually(() => tab.frames().length === 1, 'the frame is gone');
  assert.equal((await session(tab)).subject, minjun.subject);
  assert.deepEqual((await events(tab, 'signed-out')).map(({ detail }) => detail.reason), []);
});

story('signed out while a tab was frozen: it wakes signed out', async (scene) => {
  await scene.visit({ head: tag(), body: element });
  await signIn(scene.page);
  const tab = await open(scene, {}, await copy(scene.page));
  const thaw = await freeze(tab);
  await call(scene.page, 'signOut', { atIssuer: false });
  await scene.page.close();
  await thaw();
  await event(tab, 'signed-out');
  assert.equal((await ask(tab)).token, null);
});

story('a tab brought back after the sign-out is nobody’s', async (scene) => {
  await scene.visit({ head: tag(), body: element });
  await signIn(scene.page);
  const kept = await copy(scene.page);
  await call(scene.page, 'signOut', { atIssuer: false });
  await scene.page.close();
  op.forget();
  const tab = await open(scene, {}, kept);
  assert.equal(await session(tab), null);
  assert.equal((await ask(tab)).token, null);
  assert.ok(!JSON.stringify(await copy(tab)).includes('refresh_token'));
  assert.deepEqual([op.asked('authorize').length, op.asked('token').length], [0, 0]);
});

/** A sign-in of somebody else, in a window of this tab. */
async function signInAs(page, person) {
  const already = (await events(page, 'signed-in')).length;
  const popup = await windowOf(page, () => page.evaluate(() => { MessengerAuth.client.signIn({ prompt: 'login' }); }));
  await enter(popup, person);
  await event(page, 'signed-in', { count: already + 1 });
}

story('a second person in another tab, while a refresh for the first is on its way: no tab mixes them', async (scene) => {
  const tab = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(tab);
  const other = await open(scene, { silent: 'false' });
  await eventually(() => session(other), 'the second tab knows');
  await aged(tab);
  op.forget();
  let go;
  const gone = new Promise((resolve) => { go = resolve; });
  await tab.route(`${op.issuer}/token`, async (route) => {
    const response = await route.fetch();
    await gone;
    await route.fulfill({ response });
  });
  const asked = call(tab, 'getToken', fresh);
  await eventually(() => refreshes()[0]?.status, 'the provider has answered');
  await signInAs(other, minjun);
  assert.equal((await event(tab, 'signed-out')).detail.reason, 'elsewhere');
  assert.equal((await event(tab, 'signed-in', { count: 2 })).detail.subject, minjun.subject);
  go();
  const answer = await asked;
  if (answer.value) isIdTokenOf(answer.value, { op, person: minjun });
  await tab.waitForTimeout(500);
  for (const one of [tab, other]) {
    assert.equal((await session(one)).subject, minjun.subject);
    isIdTokenOf((await call(one, 'getToken')).value, { op, person: minjun });
  }
  // The lineage is the second person's: it goes on.
  await aged(tab);
  isIdTokenOf((await call(tab, 'getToken', fresh)).value, { op, person: minjun });
  noneTwice();
  await event(other, 'renewed');
  assert.deepEqual((await events(other, 'renewed')).length, 1);
});

story('the hidden frame brings somebody else: the session ends in all tabs', async (scene) => {
  const attributes = { 'client-id': clients.implicit, flow: 'implicit' };
  const tab = await scene.visit({ head: tag(attributes), body: element });
  await signIn(tab);
  const other = await open(scene, attributes);
  await eventually(() => session(other), 'the second tab knows');
  // With another client, so that nobody hears of it.
  const elsewhere = await scene.context.newPage();
  await scene.visit({ head: tag(), body: element, path: '/elsewhere', page: elsewhere });
  await loaded(elsewhere);
  await signInAs(elsewhere, minjun);
  await aged(tab);
  const refused = await call(tab, 'getToken', fresh);
  assert.equal(refused.code, 'subject-changed');
  assert.equal((await event(tab, 'signed-out')).detail.reason, 'refused');
  assert.equal((await event(other, 'signed-out')).detail.reason, 'elsewhere');
  assert.equal(await session(other), null);
});

story('two clients of one site do not hear each other', async (scene) => {
  const tab = await scene.visit({ head: tag(), body: element });
  const other = await scene.context.newPage();
  await scene.visit({ head: tag({ 'client-id': clients.es256, silent: 'false' }), body: element, path: '/other', page: other });
  await loaded(other);
  await signIn(tab);
  const third = await open(scene, {});
  await eventually(() => session(third), 'a tab of the same client hears it');
  assert.equal(await session(other), null);
  assert.equal((await ask(other)).token, null);
});

story('what is no message of ours on the channel is not heard', async (scene) => {
  const tab = await scene.visit({ head: tag(), body: element });
  await signIn(tab);
  const before = (await call(tab, 'getToken')).value;
  const other = await scene.context.newPage();
  await other.goto(`${site.origin}/page`);
  await other.evaluate(([issuer]) => {
    const channel = new BroadcastChannel(`messenger-auth:tabs:web@${issuer}`);
    const session = { issuer: 'https://elsewhere.example', client_id: 'web', claims: { sub: 'x' }, scope: '', id_token: null, access_token: null, refresh_token: null, nonce: null, auth_time: null };
    for (const message of [null, 1, {}, '', '{', '[]', '{"person":1}', '{"person":9e15,"change":9e15}', '{"person":9000000000000000,"change":9000000000000000,"session":{}}', JSON.stringify({ person: 9e15, change: 9e15, session })]) channel.postMessage(message);
  }, [op.issuer]);
  const third = await open(scene, {});
  await eventually(() => session(third), 'the tab still answers');
  assert.equal((await call(tab, 'getToken')).value, before);
  assert.equal((await events(tab, 'signed-out')).length, 0);
});

story('a late word of a session that is over signs nobody in', async (scene) => {
  const tab = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(tab);
  const other = await scene.context.newPage();
  await scene.visit({ path: '/raw', page: other });
  await other.evaluate((issuer) => {
    globalThis.channel = new BroadcastChannel(`messenger-auth:tabs:web@${issuer}`);
    globalThis.told = new Promise((resolve) => { channel.onmessage = ({ data }) => { if (data.startsWith('{')) resolve(data); }; });
    channel.postMessage('?');
  }, op.issuer);
  await other.evaluate(() => told);
  await call(tab, 'signOut', { atIssuer: false });
  const third = await open(scene, { silent: 'false' });
  await third.evaluate((issuer) => {
    globalThis.channel = new BroadcastChannel(`messenger-auth:tabs:web@${issuer}`);
    globalThis.heard = new Promise((resolve) => { channel.onmessage = ({ data }) => { if (data.startsWith('{')) resolve(); }; });
  }, op.issuer);
  await other.evaluate(async () => { channel.postMessage(await told); });
  await third.evaluate(() => heard);
  for (const one of [tab, third]) assert.equal(await session(one), null);
  assert.equal((await events(third, 'signed-in')).length, 0);
});

story('another tab signs in while the window of this one is open: the window closes, and who waits is answered', async (scene) => {
  const attributes = { silent: 'false' };
  const page = await scene.visit({ head: tag(attributes), body: element });
  await event(page, 'ready');
  const other = await open(scene, attributes);
  let signingIn;
  const popup = await windowOf(page, async () => { signingIn = call(page, 'signIn'); });
  await popup.getByLabel('Password').waitFor();
  await signIn(other);
  await closed(popup);
  assert.equal((await signingIn).code, undefined);
  isIdTokenOf((await ask(page)).token, { op });
  assert.equal((await events(page, 'error')).length, 0);
});
