/** attacks.md, "Authorization answer": what comes back through window, hidden frame and page, and who else sends something. */

import assert from 'node:assert/strict';
import { ask, awayAndBack, call, closed, event, events, eventually, session } from './support/page.js';
import { accepted, asked, holdsNone, renewalIsDue, rogueWorld, signIn, table } from './support/rogue.js';

const world = await rogueWorld();
const { story, site, rogue, context } = world;
const redirectUri = `${site.origin}/messenger-auth/authWindow.html`;

const first = ['window', 'hidden frame'];
const implicit = (row) => first.map((way) => ({ ...row, in: [way], attributes: { flow: 'implicit', ...row.attributes }, flow: `id_token, ${way}` }));

/** What the provider wrote stands there as text, and nowhere as anything else. */
const asText = async ({ page, result }) => {
  assert.ok(result.message.includes('<b>no</b>'), result.message);
  const look = () => page.evaluate(() => {
    const { shadowRoot } = document.querySelector('messenger-auth');
    return { text: shadowRoot.textContent, elements: shadowRoot.querySelectorAll('img, b').length };
  });
  await eventually(async () => (await look()).text.includes('<b>no</b>'), 'the panel shows the text');
  assert.equal((await look()).elements, 0);
};

const refusals = { access_denied: 'access-denied', login_required: 'login-required', interaction_required: 'interaction-required', consent_required: 'consent-required', account_selection_required: 'account-selection-required', server_error: 'issuer-error' };
/** In a hidden frame these only mean that it takes the person. */
const takesThePerson = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required'];

table(world, [
  { code: 'issuer-mismatch', in: first, faults: ['iss parameter wrong', 'iss parameter with a closing slash more', 'iss parameter absent, although announced'] },
  { code: 'accepted', in: first, faults: ['iss parameter absent, and not announced'] },
  ...implicit({ code: 'issuer-mismatch', faults: ['iss parameter wrong'] }),
  { code: 'response-malformed', in: first, faults: ['code and error together', 'code twice', 'state twice, both right', 'iss twice', 'error twice', 'ID token in the query', 'access token in the query', 'code in the fragment, in code flow', 'the whole answer in the fragment, in code flow', 'an empty code'] },
  ...implicit({ code: 'response-malformed', faults: ['token and error together', 'ID token twice', 'ID token in the query', 'access token in the query', 'code instead of the ID token, in implicit flow'] }),
  ...Object.entries(refusals).flatMap(([error, code]) => [
    { code, in: ['window'], faults: [`error ${error}`], check: asText },
    { code: takesThePerson.includes(error) ? 'sign-in-required' : code, in: ['hidden frame'], faults: [`error ${error}`] },
  ]),
  { code: 'issuer-error', in: ['window'], faults: ['error that is itself markup'] },
  ...implicit({ code: { window: 'access-denied', 'hidden frame': 'access-denied' }, faults: ['error access_denied'] }),
]);

const ignored = (page) => eventually(async () => (await call(page, 'diagnose')).value.steps.some(({ outcome }) => outcome === 'an answer with another state was ignored'), 'diagnose() tells of the answer');

/** Brings an answer. The window may close before it has finished loading. */
const bring = (window, url) => window.goto(url, { waitUntil: 'commit' }).catch(() => {});

/** What has to happen for a state to exist that is not this login's. */
const foreignStates = {
  'state absent': async () => {},
  'state wrong': async () => {},
  'state used before': async ({ page, issuer }) => {
    await accepted(page, issuer, await signIn(page));
    await call(page, 'signOut', { atIssuer: false });
  },
  'state of another tab': async ({ issuer, visit }) => {
    const other = await visit(issuer, { silent: 'false' }, { on: await context.newPage() });
    issuer.misbehave('authorize never answers');
    await other.evaluate(() => { MessengerAuth.client.signIn().catch(() => {}); });
    await eventually(() => issuer.states.length, 'the other tab’s window is under way');
  },
};

for (const [fault, prepare] of Object.entries(foreignStates)) {
  story(`${fault} → ignored, and the right answer signs in (window)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer();
    await visit(issuer, { silent: 'false' });
    await prepare({ ...scene, issuer });
    issuer.misbehave(fault);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(() => { globalThis.signingIn = MessengerAuth.client.signIn().then(({ subject }) => subject, ({ code }) => code); }),
    ]);
    await ignored(page);
    const { right } = issuer.asked('authorize').at(-1);
    assert.equal(await session(page), null);
    // The other tab has taken the answer that bears its state, and closed the window; it gets nothing for it (PKCE).
    if (fault !== 'state of another tab') await popup.waitForURL(redirectUri);
    else await closed(popup);
    await bring(popup.isClosed() ? await context.newPage() : popup, right);
    assert.equal(await page.evaluate(() => globalThis.signingIn), 'person-1');
    assert.equal(issuer.asked('token').filter(({ status, params }) => status === 200 && right.includes(params.code)).length, 1);
  });

  story(`${fault} → ignored, and the right answer signs in (hidden frame)`, async (scene) => {
    const { page, visit } = scene;
    const issuer = scene.issuer({ refreshTokens: false });
    await visit(issuer, {});
    if (fault === 'state used before') {
      await accepted(page, issuer, await asked(page));
      await renewalIsDue(page);
    } else {
      await prepare({ ...scene, issuer });
    }
    issuer.misbehave(fault);
    // The frame shall bring the right answer next, at once: as an issuer would that has made up its mind.
    await page.evaluate(() => addEventListener('message', ({ data }) => {
      const frame = document.querySelector('iframe');
      const right = new URL(data.url);
      right.searchParams.set('state', new URL(frame.src).searchParams.get('state'));
      frame.contentWindow.location.replace(right);
    }, { once: true }));
    await accepted(page, issuer, await asked(page));
    await ignored(page);
  });

  story(`${fault} → state-mismatch (whole page)`, async (scene) => {
    const { visit } = scene;
    const issuer = scene.issuer();
    // A tab of its own: what page mode keeps is the tab's.
    const page = await visit(issuer, { silent: 'false', transport: 'page' }, { on: await context.newPage(), path: '/left' });
    if (fault === 'state used before') {
      await page.evaluate(() => { MessengerAuth.client.signIn(); });
      await eventually(() => issuer.asked('token').length, 'signed in once');
      await eventually(() => session(page).catch(() => null), 'back from there');
      await call(page, 'signOut', { atIssuer: false });
    } else {
      await prepare({ ...scene, page, issuer });
    }
    const exchanged = issuer.asked('token').length;
    const earlier = issuer.secrets.length;
    issuer.misbehave(fault);
    await awayAndBack(page, () => page.evaluate(() => { MessengerAuth.client.signIn({ transport: 'page' }).catch(() => {}); }));
    assert.equal((await event(page, 'error')).code, 'state-mismatch');
    assert.equal(page.url(), `${site.origin}/left`);
    assert.equal(await session(page), null);
    assert.equal((await ask(page)).token, null);
    assert.equal(issuer.asked('token').slice(exchanged).filter(({ status }) => status === 200).length, 0);
    await holdsNone(page, issuer.secrets.slice(earlier));
  });
}

/** A page that tells its opener, or the page that frames it, whatever it likes; its origin is the reader's to choose. */
const teller = '<!doctype html><title>Tell</title>';
const forged = (state) => ({ messengerAuth: 'answer', url: `${redirectUri}?code=a-forged-code-of-somebody&state=${state}` });

/** A login that waits: the window is open, and the provider says nothing. */
async function waiting(scene) {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { silent: 'false' });
  await page.evaluate(() => {
    globalThis.heard = 0;
    addEventListener('message', () => { globalThis.heard += 1; });
  });
  issuer.misbehave('authorize never answers');
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(() => { globalThis.signingIn = MessengerAuth.client.signIn().then(({ subject }) => subject, ({ code }) => code); }),
  ]);
  await eventually(() => issuer.states.length, 'the window is on its way');
  return { issuer, popup, state: issuer.states[0] };
}

/** Origins that are answered for by the test alone. */
const alike = {
  'an origin with a port that begins alike': site.origin.slice(0, -1),
  'an origin whose host begins alike': site.origin.replace('localhost', 'localhost.example'),
};

const senders = {
  'another origin, in a frame': async ({ page, state }) => {
    await page.evaluate((src) => new Promise((resolve) => {
      const frame = document.createElement('iframe');
      Object.assign(frame, { onload: resolve, src });
      document.body.append(frame);
    }), `${rogue.elsewhere}/trap`);
    await page.frames().at(-1).evaluate((message) => parent.postMessage(message, '*'), forged(state));
  },
  'another origin, in the window itself': async ({ popup, state }) => {
    await popup.goto(`${rogue.elsewhere}/trap`);
    await popup.evaluate((message) => opener.postMessage(message, '*'), forged(state));
  },
  'another window of our own origin': async ({ page, state }) => {
    const [other] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => { open('/tell'); })]);
    await other.waitForLoadState();
    await other.evaluate((message) => opener.postMessage(message, '*'), forged(state));
  },
  ...Object.fromEntries(Object.entries(alike).map(([who, origin]) => [who, async ({ popup, state }) => {
    await popup.goto(`${origin}/tell`);
    await popup.evaluate((message) => opener.postMessage(message, '*'), forged(state));
  }])),
  'the right window, in another shape': async ({ popup, state }) => {
    await popup.goto(`${site.origin}/tell`);
    const { url } = forged(state);
    const shapes = [null, 'answer', 7, [], { url }, { messengerAuth: 'answer' }, { messengerAuth: 'answer', url: 7 }, { messengerAuth: 'answer', url: [url] }, { messengerAuth: 'received' }, { messengerauth: 'answer', url }, JSON.stringify(forged(state))];
    await popup.evaluate((messages) => messages.forEach((message) => opener.postMessage(message, '*')), shapes);
  },
};

for (const [who, tell] of Object.entries(senders)) {
  story(`a message from ${who} → ignored, and the right answer signs in (window)`, async (scene) => {
    site.page('/tell', teller);
    const { page } = scene;
    // Before there is a window: Playwright waits for its navigation otherwise, and that one never ends.
    if (alike[who]) await context.route(`${alike[who]}/tell`, (route) => route.fulfill({ body: teller, contentType: 'text/html' }));
    const login = await waiting(scene);
    await tell({ page, ...login });
    await eventually(() => page.evaluate(() => globalThis.heard), 'the page hears it');
    assert.equal(login.issuer.asked('token').length, 0);
    assert.equal(await session(page), null);
    rogue.trapped.length = 0;
    await bring(login.popup, login.issuer.asked('authorize')[0].right);
    assert.equal(await page.evaluate(() => globalThis.signingIn), 'person-1');
    assert.equal((await events(page, 'error')).length, 0);
    assert.ok(login.issuer.asked('token').every(({ params }) => !params.code.includes('forged')));
    await closed(login.popup);
    await context.unrouteAll();
  });
}

story('a message before the login → ignored, and the right answer signs in (window)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { silent: 'false' });
  await event(page, 'ready');
  await page.evaluate((message) => new Promise((resolve) => {
    addEventListener('message', resolve, { once: true });
    postMessage(message, location.origin);
  }), forged('made-up'));
  await accepted(page, issuer, await signIn(page));
  assert.equal(issuer.asked('token').length, 1);
});

story('a message after the login, the same again → ignored (window)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { silent: 'false' });
  await accepted(page, issuer, await signIn(page));
  const before = await session(page);
  const [{ location }] = issuer.asked('authorize');
  const again = await context.newPage();
  await again.goto(location);
  await page.evaluate((url) => new Promise((resolve) => {
    addEventListener('message', resolve, { once: true });
    postMessage({ messengerAuth: 'answer', url }, location.origin);
  }), location);
  await again.getByText('You can close this window').waitFor();
  assert.equal(issuer.asked('token').length, 1);
  assert.deepEqual(await session(page), before);
  assert.deepEqual((await events(page)).map(({ name }) => name).filter((name) => name !== 'ready'), ['signed-in']);
});

story('authWindow.html reloaded → a sentence, a clean address, nothing handed over (window)', async (scene) => {
  const { page, visit } = scene;
  const issuer = scene.issuer();
  await visit(issuer, { silent: 'false' });
  issuer.misbehave('state wrong');
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => { MessengerAuth.client.signIn().catch(() => {}); })]);
  await ignored(page);
  await popup.reload();
  await popup.getByText('You can close this window').waitFor();
  assert.equal(popup.url(), redirectUri);
  assert.equal(issuer.asked('token').length, 0);
  const { value } = await call(page, 'diagnose');
  assert.equal(value.steps.filter(({ outcome }) => outcome.includes('another state')).length, 1, 'nothing comes from the reloaded window');
});

for (const [what, query, stored] of [
  ['of another origin', '', 'https://example.com/taken'],
  ['of an origin that begins alike', '', `${site.origin}.example.com/taken`],
  ['taken from the URL', `&return=${encodeURIComponent('https://example.com/taken')}&messenger-auth:return:abc=${encodeURIComponent('https://example.com/taken')}`, undefined],
]) {
  story(`a return address ${what} → ignored, a sentence (whole page)`, async () => {
    const page = await context.newPage();
    site.page('/blank', teller);
    await page.goto(`${site.origin}/blank`);
    if (stored) await page.evaluate((address) => sessionStorage.setItem('messenger-auth:return:abc', address), stored);
    await page.goto(`${redirectUri}?code=a-code-that-stays-here&state=abc${query}`);
    await page.getByText('You can close this window').waitFor();
    assert.equal(page.url(), redirectUri);
    const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
    assert.ok(!kept.includes('a-code-that-stays-here'));
  });
}
