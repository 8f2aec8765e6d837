/**
 * What every messenger and every place to sign in must do: the same stories for each of them, told by its own stand-in.
 *
 * A system is a function that puts its stand-in and a page around a scene and gives a `Telling`.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { ask, call, closed, element, enter, event, events, eventually, session, steps, watched, windowOf } from './page.js';

/**
 * @typedef {object} Telling
 * @property {import('playwright-core').Page} page loaded, its engine started, nobody signed in
 * @property {() => Promise<void>} signIn a person signs in
 * @property {(given: unknown) => void} isRight asserts that it is what the issuer gave last for this person
 * @property {() => Promise<string>} refuse a person wants to sign in and is refused; gives the code that the page must hear
 * @property {() => Promise<void>} endSession from now on the issuer gives this person nothing more
 * @property {() => Promise<unknown>} [give] what the messenger is given now: the callback's answer unless told otherwise
 * @property {() => Promise<void>} [renew] what the messenger, or the person, does for a renewal, where it does not come by itself
 * @property {() => Promise<void>} [ended] asserts what a sign-out does beside ending the session here
 * @property {() => Promise<unknown>} [tryOffline] a person wants to sign in without a network
 * @property {() => boolean} [isRenewed] whether what is given now is another one, where that cannot be seen
 * @property {boolean} [hasSession] `false` where the page has no session that a refusal could end
 * @property {boolean} [isGivenOnce] whether each is asked for anew, and can be given once only
 * @property {boolean} [isRenewedUnseen] `false` where nothing is sent for a renewal, so that nothing notices a lost network
 */

/** How long what is handed out is to live, in seconds, where a story waits for its end. */
const SHORT = 5;
/** And where another one is to come long before that. */
const LONGER = 16;
/** Within this it has come. Milliseconds. */
const AHEAD = LONGER * 500;

/** Early, and not at the messenger's limit of ten seconds. Milliseconds. */
const EARLY = 5_000;

/** No request of any page is answered any more, and the browser knows. Gives what brings the network back. */
export async function loseNetwork({ context }) {
  const cut = (route) => route.abort('internetdisconnected');
  await context.route('**', cut);
  await context.setOffline(true);
  // The emulation forgets this of a page as soon as a window that it has opened is closed.
  const pages = context.pages();
  const say = (online) => Promise.all(pages.map((page) => page.evaluate((value) => Object.defineProperty(navigator, 'onLine', { value, configurable: true }), online)));
  await say(false);
  return async () => {
    await context.unroute('**', cut);
    await context.setOffline(false);
    await say(true);
  };
}

const ANNOUNCED = [/ERR_INTERNET_DISCONNECTED|ERR_FAILED/, /\[messenger-auth\]/, /status of 40[0-9]/];

const giving = ({ page, give }) => (give ? give() : ask(page).then(({ token }) => token));

/** `null`, early. */
async function givesNothing(telling) {
  const since = Date.now();
  assert.equal(await giving(telling), null);
  assert.ok(Date.now() - since < EARLY, `null after ${Date.now() - since} ms`);
}

async function gives(telling) {
  const given = await giving(telling);
  telling.isRight(given);
  return given;
}

const isOther = ({ isRenewed }, first, next) => next !== null && (isRenewed ? isRenewed() : next !== first);
async function heardCode(page, code) {
  const isHeard = async () => (await events(page, 'error')).some((one) => one.code === code);
  await eventually(isHeard, `the error ${code}`).catch(async (fault) => {
    fault.message += `\n${(await steps(page)).join('\n')}`;
    throw fault;
  });
}
const nobodyWasThrownOut = async ({ page }) => assert.deepEqual(await events(page, 'signed-out'), []);

/** The client's own call, whatever the panel shows. */
export const wish = (page) => windowOf(page, () => page.evaluate(() => { MessengerAuth.client.signIn().catch(() => {}); }));

/** A page with these options, its engine started. Renewal begins early. */
export async function openedWith(scene, options, { head = '', body = '' } = {}) {
  const page = await scene.visit({ head: `${head}<!-- messenger-auth-snippet { minTtl: 1, renewAt: 0.12, ${options} } -->`, body: element + body });
  await event(page, 'ready');
  return page;
}

/** The person does something in a window, which then closes. */
export const inWindow = (page, act) => async () => {
  const popup = await wish(page);
  await act(popup);
  await closed(popup);
};

export const link = (name) => (popup) => popup.getByRole('link', { name }).click();

/** The person gives up on a window that leads nowhere. */
export const givenUp = (page, shown) => async () => {
  const popup = await wish(page);
  await eventually(() => popup.url() !== 'about:blank', 'it has left for somewhere');
  if (shown) await popup.getByText(shown).waitFor();
  await watched(page);
  await popup.close();
  return 'popup-closed';
};

/** The person closes the window before it can be told from one that was severed. */
export const closedAtOnce = (page) => async () => {
  const popup = await wish(page);
  await popup.close();
};

/** Asserts that it is the last of what was given; a renewal may be on its way. */
export const isLastOf = (given) => (token) => assert.ok(given.slice(-2).includes(token), 'what was given last');

/** Does that, and waits until the page knows that somebody is signed in. */
export async function signedIn(page, act) {
  const { length } = await events(page, 'signed-in');
  await act();
  await event(page, 'signed-in', { count: length + 1 });
}

/** The part of our own OpenID Provider in every story. */
export const atProvider = ({ op, context }, page) => ({
  page,
  signIn: () => signedIn(page, inWindow(page, enter)),
  refuse: async () => {
    await inWindow(page, (popup) => popup.getByRole('button', { name: 'Cancel' }).click())();
    return 'access-denied';
  },
  endSession: async () => {
    op.settings.alter = (ctx, record) => {
      if (record.route !== 'token' || record.params.grant_type !== 'refresh_token') return;
      ctx.status = 400;
      ctx.body = { error: 'invalid_grant' };
      op.settings.alter = undefined;
    };
    await context.clearCookies();
  },
  tryOffline: async () => closed(await wish(page)),
});

/** By name: `[seconds that a token lives, the story]`. */
const stories = {
  'sign-in': [600, async (telling) => {
    await givesNothing(telling);
    await event(telling.page, 'sign-in-required');
    await telling.signIn();
    await event(telling.page, 'signed-in');
    assert.ok(await session(telling.page));
    await gives(telling);
  }],

  'token hand-over': [600, async (telling) => {
    await telling.signIn();
    const all = [await gives(telling), await gives(telling)];
    for (const one of all) assert.equal(typeof one, 'string');
  }],

  renewal: [LONGER, async (telling, scene) => {
    await telling.signIn();
    const first = await gives(telling);
    const windows = scene.windows.length;
    if (telling.renew) await telling.renew();
    await eventually(async () => isOther(telling, first, await giving(telling)), 'another one is handed out', AHEAD);
    await gives(telling);
    if (!telling.renew) assert.equal(scene.windows.length, windows, 'the person is not asked');
    await nobodyWasThrownOut(telling);
  }],

  'sign-out': [600, async (telling) => {
    await telling.signIn();
    await gives(telling);
    assert.equal((await call(telling.page, 'signOut', { atIssuer: false })).code, undefined);
    await event(telling.page, 'signed-out');
    assert.equal(await session(telling.page), null);
    await givesNothing(telling);
    await telling.ended?.();
  }],

  'refusal at sign-in': [600, async (telling) => {
    await heardCode(telling.page, await telling.refuse());
    assert.equal(await session(telling.page), null);
    await givesNothing(telling);
    await event(telling.page, 'sign-in-required');
    await telling.signIn();
    await gives(telling);
  }],

  'refusal at renewal': [SHORT, async (telling) => {
    await telling.signIn();
    await gives(telling);
    const before = (await events(telling.page, 'sign-in-required')).length;
    await telling.endSession();
    await eventually(async () => (await giving(telling)) === null, 'nothing is handed out any more', SHORT * 1000 + 5_000);
    await event(telling.page, 'sign-in-required', { count: before + 1 });
    if (telling.hasSession !== false) await event(telling.page, 'signed-out', { within: SHORT * 1000 + 5_000 });
    await givesNothing(telling);
    assert.equal(await session(telling.page), null);
    await telling.signIn();
    await gives(telling);
  }],

  'lost network at sign-in': [600, async (telling, scene) => {
    const comeBack = await loseNetwork(scene);
    await telling.tryOffline();
    await heardCode(telling.page, 'offline');
    await givesNothing(telling);
    await comeBack();
    await telling.signIn();
    await gives(telling);
  }],

  'lost network, token in hand': [600, async (telling, scene) => {
    await telling.signIn();
    const first = telling.isGivenOnce ? undefined : await gives(telling);
    const comeBack = await loseNetwork(scene);
    const since = Date.now();
    const second = await gives(telling);
    assert.ok(Date.now() - since < EARLY, 'at once');
    if (first) assert.equal(second, first);
    await nobodyWasThrownOut(telling);
    await comeBack();
  }],

  'lost network at renewal': [LONGER, async (telling, scene) => {
    await telling.signIn();
    const renewals = async () => (await events(telling.page, 'renewed')).length;
    let before;
    let first;
    let comeBack;
    // A renewal in between may take away what was given: then once more.
    do {
      await comeBack?.();
      before = await renewals();
      first = await gives(telling);
      comeBack = await loseNetwork(scene);
    } while (await renewals() !== before);
    if (telling.isGivenOnce) await givesNothing(telling);
    if (telling.isRenewedUnseen !== false) await heardCode(telling.page, 'offline');
    // What is held is still good.
    if (!telling.isGivenOnce) await gives(telling);
    await nobodyWasThrownOut(telling);
    await comeBack();
    if (telling.renew) await telling.renew();
    await eventually(async () => isOther(telling, first, await giving(telling)), 'another one is handed out');
    await gives(telling);
    await nobodyWasThrownOut(telling);
  }],
};

/**
 * Tells all stories of a system, named `<system> · <story>`.
 *
 * @param {{ story: Function }} world
 * @param {string} system
 * @param {(scene: object, options: { ttl: number, name: string }) => Promise<Telling>} open
 */
export function tellAll({ story }, system, open) {
  for (const [name, [ttl, tell]] of Object.entries(stories)) {
    story(`${system} · ${name}`, async (scene) => {
      scene.expect(...ANNOUNCED);
      await tell(await open(scene, { ttl, name }), scene);
    });
  }

  test(`${system} · is in docs/stories.md`, () => {
    const told = `[told](../tests/e2e/${basename(process.argv[1])})`;
    const lines = [['system', ...Object.keys(stories)], [system, ...Object.keys(stories).map(() => told)]];
    const document = readFileSync(new URL('../../../docs/stories.md', import.meta.url), 'utf8').split('\n');
    for (const cells of lines) assert.ok(document.includes(`| ${cells.join(' | ')} |`), `it lacks the line\n| ${cells.join(' | ')} |`);
  });
}
