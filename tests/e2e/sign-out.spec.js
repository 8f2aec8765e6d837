/** Signing out: here, at the issuer, and of the refresh token. */

import assert from 'node:assert/strict';
import { clients } from '../op/op.js';
import { ana, ask, awayAndBack, button, call, closed, element, event, events, eventually, gate, loaded, pressSignIn, session, signIn, snippet, tag } from './support/page.js';
import { world } from './support/world.js';

const { story, op, site } = await world({ pages: ['/page', '/bye'] });

story('at the issuer: by form post, and back to this page', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const [{ refresh_token, id_token }] = op.issued();
  const addresses = [];
  page.on('framenavigated', (frame) => addresses.push(frame.url()));

  await awayAndBack(page, () => button(page, 'Sign out').click());
  assert.equal(page.url(), `${site.origin}/page`);

  const [asked] = op.asked('end-session');
  assert.equal(asked.method, 'POST');
  assert.equal(asked.params.id_token_hint, id_token);
  assert.equal(asked.params.post_logout_redirect_uri, `${site.origin}/page`);
  assert.ok(!addresses.join().includes(id_token), 'the hint is in no address');
  assert.equal(op.asked('revocation').length, 1);
  assert.equal(await op.alive(refresh_token), false);
  assert.equal(await session(page), null);
  const { token } = await ask(page);
  assert.equal(token, null, 'the issuer has forgotten the person too');
  await button(page, 'Sign in').waitFor();
});

story('here alone: the session ends, the page stays, and nobody is signed in again unseen', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const [tokens] = op.issued();
  op.forget();
  assert.equal((await call(page, 'signOut', { atIssuer: false })).code, undefined);
  await event(page, 'signed-out');
  assert.equal(await session(page), null);
  // The issuer still knows the person; the person has left all the same.
  assert.equal((await ask(page)).token, null);
  assert.equal(op.asked('authorize').length, 0);
  assert.equal(op.asked('end-session').length, 0);
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  for (const kind of ['access_token', 'id_token', 'refresh_token']) assert.ok(!kept.includes(tokens[kind]), `no ${kind} is left in the storage`);
  // What others could go on with is taken back, without the page waiting for it.
  await eventually(() => op.asked('revocation').length, 'the refresh token is revoked');
  await eventually(async () => !await op.alive(tokens.refresh_token), 'the issuer has forgotten it');
  await button(page, 'Sign in').waitFor();
});

story('here alone, then signed in again', async (scene) => {
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  await call(page, 'signOut', { atIssuer: false });
  await event(page, 'signed-out');
  // The issuer still knows the person: the window comes back by itself.
  const [popup] = await Promise.all([page.waitForEvent('popup'), button(page, 'Sign in').click()]);
  await event(page, 'signed-in', { count: 2 });
  await eventually(() => popup.isClosed(), 'the window closes');
});

story('a revocation endpoint that fails does not keep anybody signed in', async (scene) => {
  scene.expect(/status of 500/);
  op.settings.alter = (ctx, record) => { if (record.route === 'revocation') { ctx.status = 500; ctx.body = 'broken'; } };
  const page = await scene.visit({ head: tag({ silent: 'false' }), body: element });
  await signIn(page);
  await call(page, 'signOut', { atIssuer: false });
  assert.equal(await session(page), null);
  assert.equal((await ask(page)).token, null);
  await eventually(() => op.asked('revocation').length, 'the issuer was told');
});

for (const [name, spoil] of [
  ['cannot be reached', (scene) => scene.page.route(`${op.issuer}/**`, (route) => route.abort())],
  ['never answers', (scene) => scene.page.route(`${op.issuer}/**`, () => {})],
]) {
  story(`an issuer that ${name}: signed out here, in all tabs, at once`, async (scene) => {
    scene.expect(/ERR_FAILED/);
    const page = await scene.visit({ head: tag({ storage: 'local', silent: 'false' }), body: element });
    await signIn(page);
    const other = await scene.context.newPage();
    await scene.visit({ head: tag({ storage: 'local', silent: 'false' }), body: element, page: other });
    await eventually(() => session(other), 'the other tab knows');
    await page.reload();
    await event(page, 'ready');
    await spoil(scene);
    const signingOut = call(page, 'signOut');
    await event(page, 'signed-out', { within: 1000 });
    await event(other, 'signed-out', { within: 1000 });
    for (const one of [page, other]) assert.equal((await ask(one)).token, null);
    // The discovery document is asked for anew, in vain: the issuer was not told, and the caller hears so.
    assert.ok(['network', 'timeout'].includes((await signingOut).code));
  });
}

story('with nobody signed in it does nothing and fails nowhere', async (scene) => {
  const page = await scene.visit({ head: tag() });
  await loaded(page);
  assert.equal((await call(page, 'signOut', { atIssuer: false })).code, undefined);
});

for (const [name, route, attributes] of [
  ['a refresh', 'token', {}],
  ['a hidden frame', 'authorize', { 'client-id': clients.implicit, flow: 'implicit' }],
]) {
  story(`while ${name} is on its way: what it brings belongs to nobody`, async (scene) => {
    Object.assign(op.settings, { accessTokenTtl: 10, idTokenTtl: 10 });
    const page = await scene.visit({ head: tag({ 'min-ttl': '1', 'renew-at': '0.2', ...attributes }), body: element });
    const isRenewal = ({ params }) => params.grant_type === 'refresh_token' || params.prompt === 'none';
    const answer = gate();
    op.settings.alter = (_ctx, record) => (isRenewal(record) ? answer.opened : undefined);
    await signIn(page);
    const asked = await eventually(() => op.asked(route).find((one) => one.status && isRenewal(one)), 'the renewal is on its way back');
    assert.ok(asked.status < 400);
    await call(page, 'signOut', { atIssuer: false });
    answer.open();
    await page.waitForTimeout(1000);

    assert.equal(await session(page), null);
    assert.equal((await ask(page)).token, null);
    assert.deepEqual((await events(page)).map((one) => one.name).filter((one) => ['renewed', 'signed-in', 'signed-out'].includes(one)), ['signed-in', 'signed-out']);
    const kept = await page.evaluate(() => Object.keys({ ...sessionStorage, ...localStorage }).filter((key) => key.startsWith('messenger-auth:session:')));
    assert.deepEqual(kept, []);
    await button(page, 'Sign in').waitFor();
  });
}

story('postLogoutRedirectUri: back to another page of the site', async (scene) => {
  scene.put({ path: '/bye', body: 'See you' });
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  await page.evaluate((to) => { MessengerAuth.client.signOut({ postLogoutRedirectUri: to }); }, `${site.origin}/bye`);
  await page.waitForURL(`${site.origin}/bye`);
  assert.equal(op.asked('end-session')[0].params.post_logout_redirect_uri, `${site.origin}/bye`);
});

story('awaited, and then on to another page: the issuer is asked all the same', async (scene) => {
  scene.put({ path: '/bye', body: 'See you' });
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const addresses = [];
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  await page.evaluate(() => {
    (async () => {
      await MessengerAuth.client.signOut();
      location.href = '/bye';
    })();
  });
  await eventually(() => addresses.length, 'the page leaves');
  await eventually(() => addresses.at(-1).startsWith(site.origin), 'and comes back');
  assert.equal(op.asked('end-session').length, 1);
  assert.equal(addresses.at(-1), `${site.origin}/page`, 'where the issuer leads');
  await loaded(page);
  assert.equal((await ask(page)).token, null);
});

for (const [name, head] of [
  ['data-post-logout-redirect-uri', tag({ 'post-logout-redirect-uri': `${site.origin}/bye` })],
  ['the option postLogoutRedirectUri', snippet(`postLogoutRedirectUri: "${site.origin}/bye"`)],
]) {
  story(`${name}: from a page that is not registered to the one that is`, async (scene) => {
    scene.put({ path: '/bye', body: 'See you' });
    const page = await scene.visit({ head, body: element, path: '/unregistered' });
    await signIn(page);
    await button(page, 'Sign out').click();
    await page.waitForURL(`${site.origin}/bye`);
    assert.equal(op.asked('end-session')[0].params.post_logout_redirect_uri, `${site.origin}/bye`);
  });
}

story('whoever signs in while the issuer is still being told keeps the page and the session', async (scene) => {
  const page = await scene.visit({ head: tag(), body: element });
  await signIn(page);
  const answer = gate();
  op.settings.alter = (_ctx, record) => (record.route === 'revocation' ? answer.opened : undefined);
  const signingOut = call(page, 'signOut');
  await event(page, 'signed-out');
  // The issuer still knows the person: the window comes back by itself.
  await closed(await pressSignIn(page));
  await event(page, 'signed-in', { count: 2 });
  answer.open();
  assert.equal((await signingOut).code, undefined);
  assert.equal(op.asked('end-session').length, 0);
  assert.equal((await session(page)).subject, ana.subject);
});
