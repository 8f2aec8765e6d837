/** What a story does on a page of the site, and what it looks at there. */

import assert from 'node:assert/strict';
import { people } from '../../op/people.js';

export const [ana, minjun] = people;

/** The usual script tag. */
export const tag = (attributes = {}) => `<!-- messenger-auth-tag ${JSON.stringify({ issuer: '{{issuer}}', 'client-id': 'web', ...attributes })} -->`;

/** The usual snippet; `more` is put into its options as JavaScript. */
export const snippet = (more = '') => `<!-- messenger-auth-snippet { issuer: "{{issuer}}", clientId: "web", ${more} } -->`;

export const element = '<messenger-auth></messenger-auth>';

/** Waits until `look` gives something true, and gives that. */
export async function eventually(look, what, within = 10_000) {
  const end = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) assert.fail(`${what}: not within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks as a messenger does: `{ token, ms, late }`. An answer after `by` milliseconds is late, by the page's own timers. */
export const ask = (page, path, limit, by) => page.evaluate((given) => __story.ask(...given), [path, limit, by]);

/** Asserts that a messenger is answered `null`, before this many milliseconds have passed: those of the contract, unless told otherwise. */
export async function nullInTime(page, { path, within = 9500 } = {}) {
  const { token, ms, late } = await ask(page, path, undefined, within);
  assert.equal(token, null);
  assert.ok(!late, `null after ${ms} ms`);
}

export const events = (page, name) => page.evaluate((wanted) => __story.events.filter((one) => !wanted || one.name === wanted), name);

/** Waits for the `count`-th event of this name. */
export async function event(page, name, { count = 1, within = 10_000 } = {}) {
  return eventually(async () => (await events(page, name))[count - 1], `event ${name} (${count})`, within);
}

/** The panel's buttons and texts; Playwright sees through the shadow root. */
export const button = (page, name) => page.locator('messenger-auth').getByRole('button', { name });
export const panel = (page) => page.locator('messenger-auth');

/** Does something that opens a window, and gives the window. */
export async function windowOf(page, act) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), act()]);
  return popup;
}

/** Presses *Sign in* and gives the window. */
export const pressSignIn = (page) => windowOf(page, () => button(page, 'Sign in').click());

/** Fills in the provider's form, wherever it is shown. */
export async function enter(place, person = ana) {
  await place.getByLabel('Name or e-mail').fill(person.login);
  await place.getByLabel('Password').fill(person.password);
  await place.getByRole('button', { name: 'Sign in' }).click();
}

export const closed = (popup, within = 10_000) => eventually(() => popup.isClosed(), 'the window closes by itself', within);

/** The whole of it: press, sign in, wait until the page knows. */
export async function signIn(page, person = ana) {
  const already = (await events(page, 'signed-in')).length;
  const popup = await pressSignIn(page);
  await enter(popup, person);
  await event(page, 'signed-in', { count: already + 1 });
  await closed(popup);
}

export const session = (page) => page.evaluate(() => MessengerAuth.client.getSession());

/** Waits for the loader. */
export const loaded = (page) => page.waitForFunction(() => globalThis.MessengerAuth?.client);

/** Does something that makes a page leave, and waits until it is back: the document that leaves does not count, wherever it stands. */
export async function awayAndBack(page, leave) {
  await page.evaluate(() => { globalThis.leaving = true; });
  await leave();
  await page.waitForFunction(() => !globalThis.leaving && globalThis.MessengerAuth?.client);
}

/** Calls a method of the client: `{ value }`, or `{ code, message, help, typed }` where it is refused. */
export function call(page, method, options) {
  const called = page.evaluate(([name, given]) => Promise.resolve(MessengerAuth.client[name](...(given === undefined || given === null ? [] : [given]))).then(
    (value) => ({ value }),
    (fault) => ({ code: fault.code, message: fault.message, help: fault.help, typed: fault instanceof MessengerAuth.MessengerAuthError }),
  ), [method, options]);
  // A story that fails while this is under way tells its own failure, not that its page is gone.
  called.catch(() => {});
  return called;
}

/** What `diagnose()` tells, a line a step. */
export const steps = (page) => page.evaluate(async () => (await MessengerAuth.client.diagnose()).steps.map(({ step, outcome }) => `${step}: ${outcome}`));

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT that nobody has signed. */
export function jwt({ ttl = 600, ...claims } = {}) {
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: 'portal', sub: 'ana', iat: now, exp: now + ttl, ...claims })}.c2ln`;
}

export function claimsOf(token) {
  const parts = token.split('.');
  assert.equal(parts.length, 3, 'a token in three parts');
  return JSON.parse(Buffer.from(parts[1], 'base64url').toString());
}

/** Asserts that it is an ID token of this person for this client. */
export function isIdTokenOf(token, { person = ana, op, client = 'web' }) {
  assert.equal(typeof token, 'string');
  const claims = claimsOf(token);
  assert.equal(claims.sub, person.subject);
  assert.equal(claims.iss, op.issuer);
  assert.equal(claims.aud, client);
  return claims;
}

/**
 * Lets a page stand still as a frozen tab does, until the function given back is called: no timer fires, and what the others say
 * to it is lost. The debugger does that; headless Chromium freezes nothing, because all its pages count as seen.
 */
export async function freeze(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Debugger.enable');
  const still = new Promise((resolve) => { devtools.once('Debugger.paused', resolve); });
  await devtools.send('Debugger.pause');
  page.evaluate(() => 0).catch(() => {});
  await still;
  return async () => {
    await devtools.send('Debugger.resume');
    await devtools.detach();
    await page.evaluate(() => { document.dispatchEvent(new Event('resume')); });
  };
}

/** What can be held back until it is let go. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => { open = resolve; });
  return { opened, open };
}

/** Waits until a page must have seen that the window which it watches stands open and is its own; how busy the machine is plays no part. */
export const watched = (page) => page.evaluate(async () => {
  for (let glances = 0; glances < 12; glances += 1) await new Promise((resolve) => { setTimeout(resolve, 150); });
});

/** From now on a page sees localStorage as it is now: as one that is told something by another tab before the browser shows it what that one has written. */
export const lag = (page) => page.evaluate(() => {
  const shown = { ...localStorage };
  const { get } = Reflect;
  Reflect.get = (target, name) => get(target === localStorage ? shown : target, name);
});

/** Waits until a page sees in localStorage that somebody has signed out: pages of other processes see it a little later. */
export const seesSignOut = (page) => eventually(
  () => page.evaluate(() => Object.entries(localStorage).some(([name, value]) => name.startsWith('messenger-auth:latest:') && value.endsWith(' -'))),
  'the sign-out can be seen',
);

/** Fills a store to the last character. Runs in the page. */
export function fill(name) {
  for (let size = 4_000_000; size >= 1; size = Math.floor(size / 2)) {
    for (let kept = 0; ; kept += 1) {
      try { globalThis[name].setItem(`ballast ${size} ${kept}`, 'x'.repeat(size)); } catch { break; }
    }
  }
}
