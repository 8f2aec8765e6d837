/** One misbehaving provider, one site and one page for a spec file; what a row of attacks is, and how it is told. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { life, startRogue, subject } from '../../rogue/rogue.js';
import { built } from '../../site/package.js';
import { startSite } from '../../site/site.js';
import { launch } from './browser.js';
import { element, event, events, eventually, loaded, tag } from './page.js';
import { record } from './recorder.js';
import { noted } from './results.js';
import { watchSecrets } from './secrets.js';

/**
 * The callback's answer comes 500 ms before the host's limit. Half of that is left to a machine whose timers are late, in milliseconds.
 */
const HEADSTART = 250;

/** A call that hangs is ended a second after its own deadline, by the loader (milliseconds). */
const GRACE = 1000;

/**
 * What runs first in every page: it lets a test put the clock forward, and writes down what is imported as a key.
 * Sent to the browser as text.
 */
function watch() {
  if (globalThis.__rogue) return;
  const seen = { imported: [], forward: 0 };
  Object.defineProperty(globalThis, '__rogue', { value: seen });
  const [real, steady] = [Date.now.bind(Date), performance.now.bind(performance)];
  Date.now = () => real() + seen.forward;
  // Time passes: a wall clock that goes ahead alone has been set.
  performance.now = () => steady() + seen.forward;
  const importKey = globalThis.crypto?.subtle?.importKey;
  if (importKey) {
    SubtleCrypto.prototype.importKey = function watched(format, jwk, ...rest) {
      seen.imported.push(...Object.keys(jwk));
      return importKey.call(this, format, jwk, ...rest);
    };
  }
}

export async function rogueWorld() {
  const site = await startSite();
  const files = await built();
  // A page a test: what never changes is fetched once.
  for (const name of [files.loader, files.glue, files.wasm]) site.headers[`/messenger-auth/${name}`] = { 'Cache-Control': 'max-age=600' };
  const rogue = await startRogue({ sites: [site.origin] });
  const browser = await launch();
  const context = await browser.newContext({ locale: 'en-GB' });
  context.setDefaultTimeout(15_000);
  for (const script of [record, watch]) await context.addInitScript(script);
  const secrets = await watchSecrets(context, { home: [site.origin] });
  const uncaught = [];
  const lines = [];
  context.on('page', (page) => {
    page.on('pageerror', (fault) => uncaught.push(String(fault.stack ?? fault)));
    page.on('console', (message) => lines.push(message.text()));
  });
  const page = await context.newPage();
  after(async () => {
    await browser.close();
    await Promise.all([site.close(), rogue.close()]);
  });

  /** A page of its own client for this issuer, in the one tab; `attributes` are those of the script tag. */
  const visit = async (issuer, attributes = {}, { on = page, path = '/page' } = {}) => {
    site.page(path, `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>${tag({ issuer: issuer.url, load: 'eager', ...attributes })}</head><body>${element}</body></html>`);
    await on.goto(site.origin + path);
    await loaded(on);
    return on;
  };

  /** One test; it fails on anything uncaught in a page, and on a fault of the provider's own. */
  const story = (name, run) => test(name, { timeout: 60_000 }, () => noted(name, async () => {
    const issuers = [];
    const issuer = (options) => {
      issuers.push(rogue.issuer(options));
      return issuers.at(-1);
    };
    rogue.trapped.length = uncaught.length = lines.length = 0;
    secrets.forget();
    try {
      await run({ issuer, visit, page, context, site, rogue, lines });
      assert.deepEqual(uncaught, [], 'nothing is uncaught');
      assert.deepEqual(issuers.flatMap((one) => one.failures), [], 'the provider works');
      await secrets.check(issuers.flatMap((one) => one.secrets));
    } finally {
      for (const other of context.pages()) if (other !== page) await other.close();
      await page.evaluate(() => { sessionStorage.clear(); localStorage.clear(); }).catch(() => {});
    }
  }));

  return { site, rogue, browser, context, page, visit, story };
}

/** How somebody comes to a token: which requests the fault is for, what is done before it, and what then meets it. */
export const flows = {
  window: { kind: 'window', attributes: { silent: 'false' }, meet: signIn },
  'hidden frame': { kind: 'frame', meet: asked },
  refresh: { kind: 'refresh', before: asked, meet: asked },
  'renewal in a hidden frame': { kind: 'frame', issuer: { refreshTokens: false }, before: asked, meet: asked },
};

/**
 * Tells a table: each fault of each row is one test for each flow, named `fault → code (flow)`.
 *
 * A row is `{ code, faults, in: flows, name?, attributes?, issuer?, again?, check? }`; `accepted` is a code too, and a code may be an object by
 * flow. `again`: somebody has signed in before, in the same way; `name`: another one than the fault's; `flow`: another word for the flow.
 */
export function table({ story }, rows) {
  for (const row of rows) {
    for (const fault of row.faults) {
      for (const flow of row.in) {
        const code = typeof row.code === 'string' ? row.code : row.code[flow];
        story(`${row.name ?? fault} → ${code} (${row.flow ?? flow})`, (scene) => tell(scene, { ...row, fault, flow, code }));
      }
    }
  }
}

async function tell(scene, { fault, flow, code, attributes, issuer: options, again = false, check, ...row }) {
  const way = flows[flow];
  const issuer = scene.issuer({ ...way.issuer, ...options });
  const { page } = scene;
  const misbehave = () => issuer.misbehave(fault, { in: [way.kind] });
  // What a fault does to keys and discovery is there from the beginning; the rest comes in its turn.
  if (!way.before && !again) misbehave();
  const given = { ...way.attributes, ...attributes };
  // A short limit is for what meets the fault; what goes before takes as long as it takes.
  const { 'timeout-ms': short, ...patient } = given;
  await scene.visit(issuer, way.before ? patient : given);
  if (again) await accepted(page, issuer, await way.meet(page, {}));
  if (way.before) {
    await accepted(page, issuer, await way.before(page));
    if (short) await revisit(scene, issuer, given);
    await renewalIsDue(page);
  }
  if (way.before || again) misbehave();
  const earlier = issuer.secrets.length;
  const signedIn = (await events(page, 'signed-in')).length;
  const before = way.before || again ? await page.evaluate(() => MessengerAuth.client.getSession()) : null;
  const result = await way.meet(page, { again });
  assert.ok(!result.late, `answered after ${Math.round(result.ms)} ms`);
  if (code === 'accepted') await accepted(page, issuer, result, row.subject);
  else await refused(page, issuer, result, { code, before, signedIn, secrets: issuer.secrets.slice(earlier) });
  await check?.({ ...scene, issuer, result, before });
  await nothingForeign(scene, page);
  assert.ok((await events(page, 'error')).length <= 1, 'told once');
  await eventually(() => scene.context.pages().length === 1, 'no window is left behind');
}

/** Loads the page anew with other attributes, such as a short limit for what meets a fault: the session stays, and is there. */
export async function revisit({ page, visit }, issuer, attributes) {
  await visit(issuer, attributes);
  await event(page, 'ready');
}

/** Puts the page's clock to where tokens are due for renewal, and still good. */
export const renewalIsDue = (page) => forward(page, (life - 20) * 1000);
export const forward = (page, ms) => page.evaluate((more) => { __rogue.forward += more; }, ms);

const limits = (page) => page.evaluate(() => {
  const own = document.querySelector('script[data-issuer]').dataset;
  return { timeoutMs: Number(own.timeoutMs ?? 10_000), signInTimeoutMs: Number(own.signInTimeoutMs ?? 600_000) };
});

/** Signs in with a window, as a click would; what the callback gives afterwards. */
export async function signIn(page, { again = false } = {}) {
  const { timeoutMs, signInTimeoutMs } = await limits(page);
  const person = signInTimeoutMs < 60_000;
  // Discovery has one limit, keys and token endpoint together another; the person a third, which no test waits for but where it is short.
  const by = (person ? signInTimeoutMs : 2 * timeoutMs) + GRACE;
  const { outcome: result, ...time } = await page.evaluate(([options, most]) => __story.timed(
    () => MessengerAuth.client.signIn(options).then((session) => ({ session }), ({ code, message, help }) => ({ code, message, help })),
    most,
  ), [again ? { prompt: 'login' } : {}, by]);
  return { ...result, ...time, callback: again && result.code ? undefined : (await page.evaluate(() => __story.ask())).token };
}

/** Asks as a messenger and as the page's own code, both at once: they share one answer. */
export async function asked(page) {
  const { timeoutMs } = await limits(page);
  const [callback, { outcome, ...time }] = await page.evaluate(([byCallback, by]) => Promise.all([
    __story.ask(undefined, undefined, byCallback),
    __story.timed(() => MessengerAuth.client.getToken().then((token) => ({ token }), ({ code, message, help }) => ({ code, message, help })), by),
  ]), [timeoutMs - HEADSTART, timeoutMs + GRACE]);
  assert.ok(!callback.late, `the callback is answered after ${Math.round(callback.ms)} ms`);
  return { callback: callback.token, ...outcome, ...time };
}

/** Asserts that the newest token of the issuer was handed out. */
export async function accepted(page, issuer, result, expected = subject) {
  assert.equal(result.code, undefined, `${result.code}: ${result.message}`);
  const session = await page.evaluate(() => MessengerAuth.client.getSession());
  assert.equal(session?.issuer, issuer.url);
  assert.equal(session.subject, expected);
  for (const token of [result.callback, ...(result.session ? [] : [result.token])]) assert.ok(issuer.secrets.includes(token), 'a token that the issuer gave');
}

/** Asserts that it was refused with this code, and that nothing of it is anywhere. */
export async function refused(page, issuer, result, { code, before, signedIn = before ? 1 : 0, secrets }) {
  assert.equal(result.code, code, result.message);
  assert.ok(result.message && result.help, 'what happened, and what to do');
  assert.equal(result.callback ?? null, null, 'the callback gives nothing');
  assert.equal(result.token, undefined);
  assert.equal((await events(page, 'signed-in')).length, signedIn);
  if (code !== 'sign-in-required') assert.equal((await event(page, 'error', { within: 5000 })).code, code);
  const session = await page.evaluate(() => MessengerAuth.client.getSession());
  if (!before) assert.equal(session, null, 'nobody is signed in');
  else if (session) assert.deepEqual(session, before, 'the session is the one from before');
  await holdsNone(page, secrets);
}

/** Asserts that none of these texts is in anything that the page keeps, shows, says or tells. */
export async function holdsNone(page, secrets) {
  const held = await page.evaluate(async () => JSON.stringify([
    { ...sessionStorage }, { ...localStorage }, location.href, window.name, document.cookie, history.state,
    __story.events, __story.asked, MessengerAuth.client.getSession(), await MessengerAuth.client.diagnose(), document.querySelector('messenger-auth')?.shadowRoot?.innerHTML,
  ]));
  for (const secret of secrets) assert.ok(!held.includes(secret), 'a token, code or verifier is kept, shown or told');
}

/** Asserts that nothing went where nothing may go, and that only public members of keys were imported. */
async function nothingForeign({ rogue, lines }, page) {
  assert.deepEqual(rogue.trapped.map(({ url }) => url), [], 'nothing is sent to an address that a token or a redirect names');
  const { imported, pwned } = await page.evaluate(() => ({ imported: __rogue.imported, pwned: globalThis.pwned }));
  assert.deepEqual(imported.filter((name) => !['kty', 'n', 'e', 'crv', 'x', 'y'].includes(name)), [], 'only public members of a key are imported');
  assert.equal(pwned, undefined, 'no markup of the provider’s runs');
  assert.ok(lines.filter((line) => line.includes('[messenger-auth]')).length <= 1, 'one line on the console at most');
}
