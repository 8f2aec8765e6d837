/**
 * `cargo xtask bench session`: what a session costs, and whether it grows. Prints figures; fails where a promise is broken (one flow for
 * a thousand callers, no growth over a day), never because a machine is slow.
 */

import assert from 'node:assert/strict';
import { startRogue, life } from '../rogue/rogue.js';
import { startSite } from '../site/site.js';
import { launch } from '../e2e/support/browser.js';
import { loaded, tag } from '../e2e/support/page.js';

const CALLS = 10_000;
const CALLERS = 1000;
const DAY = 24 * 3600;
/** The share of a token's life after which it is renewed, as it is where nothing else is said. */
const RENEW_AT = 0.75;

/**
 * What a day may add after its first hour. Of the JavaScript heap, in bytes: what the browser and Playwright's clock note for themselves. Of
 * WebAssembly: a single page, the least that it grows by. Of all that can be counted: nothing.
 */
const SLACK = { heap: 512 * 1024, wasm: 64 * 1024, listeners: 0, nodes: 0, documents: 0, frames: 0, timers: 0 };

const site = await startSite();
const rogue = await startRogue({ sites: [site.origin] });
const browser = await launch();
const real = Date.now.bind(Date);
let forward = 0;
// The provider lives in this process: its clock goes with the page's.
Date.now = () => real() + forward;

/** Runs in every page, first: the engine's memory is seen, which the page itself does not see. */
function watch() {
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const make = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const made = await make.apply(WebAssembly, all);
      globalThis.__memory = Object.values((made.instance ?? made).exports).find((one) => one instanceof WebAssembly.Memory);
      return made;
    };
  }
}

/** Playwright's clock numbers its timers from 10¹² on; a browser's numbers fit 32 bits, and so do the engine's. Runs in the page. */
function smallNumbers() {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const timers = new Map();
  let last = 0;
  globalThis.setTimeout = (run, ms, ...rest) => {
    const id = ++last;
    timers.set(id, set(() => {
      timers.delete(id);
      run(...rest);
    }, ms));
    return id;
  };
  globalThis.clearTimeout = (id) => {
    clear(timers.get(id));
    timers.delete(id);
  };
  globalThis.__timers = timers;
}

async function open(attributes = {}, options = {}, { clock = false } = {}) {
  const issuer = rogue.issuer(options);
  const context = await browser.newContext();
  await context.addInitScript(watch);
  const page = await context.newPage();
  if (clock) {
    await page.clock.install({ time: Date.now() });
    await page.addInitScript(smallNumbers);
  }
  site.page('/bench', `<!doctype html><title>A page</title>${tag({ issuer: issuer.url, load: 'eager', ...attributes })}<messenger-auth></messenger-auth>`);
  await page.goto(`${site.origin}/bench`);
  await loaded(page);
  await page.evaluate(() => MessengerAuth.client.ready);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Performance.enable');
  return { issuer, context, page, devtools };
}

/** What the page holds, after all that can go has gone. */
async function held({ page, devtools }) {
  for (let time = 0; time < 3; time += 1) await devtools.send('HeapProfiler.collectGarbage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name) => metrics.find((one) => one.name === name).value;
  return {
    heap: of('JSHeapUsedSize'),
    wasm: await page.evaluate(() => globalThis.__memory.buffer.byteLength),
    listeners: of('JSEventListeners'),
    nodes: of('Nodes'),
    documents: of('Documents'),
    frames: of('Frames'),
    timers: await page.evaluate(() => globalThis.__timers?.size ?? 0),
  };
}

const kb = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
const told = ({ heap, wasm, listeners, nodes, documents, frames, timers }) => `JS heap ${kb(heap)}, WebAssembly ${kb(wasm)}, ${listeners} listeners, ${nodes} nodes, ${documents} documents, ${frames} frames${timers ? `, ${timers} timers` : ''}`;
const say = (name, text) => console.log(`  ${name.padEnd(28)} ${text}`);

function compare(before, after) {
  for (const [what, slack] of Object.entries(SLACK)) assert.ok(after[what] - before[what] <= slack, `${what} grew from ${before[what]} to ${after[what]}`);
}

async function tokenInHand() {
  console.log(`\n── ${CALLS} getToken with a token in hand`);
  const scene = await open();
  const { page, issuer, context } = scene;
  const run = (count) => page.evaluate(async (times) => {
    const { client } = MessengerAuth;
    const since = performance.now();
    for (let time = 0; time < times; time += 1) await client.getToken();
    const ours = performance.now() - since;
    // What the loader does for every call is a promise and a timer: how long that alone takes on this machine.
    const then = performance.now();
    for (let time = 0; time < times; time += 1) await new Promise((resolve) => { clearTimeout(setTimeout(resolve, 1000)); resolve(); });
    return { ours, bare: performance.now() - then };
  }, count);
  await run(1000);
  const asked = issuer.records.length;
  const before = await held(scene);
  const { ours, bare } = await run(CALLS);
  const after = await held(scene);
  assert.equal(issuer.records.length, asked, 'the provider is asked nothing');
  say('a call', `${(ours / CALLS * 1000).toFixed(1)} µs, ${(ours / bare).toFixed(1)} times a bare promise with a timer (${(bare / CALLS * 1000).toFixed(1)} µs)`);
  say('before', told(before));
  say('after', told(after));
  compare(before, after);
  const all = await page.evaluate(async (times) => {
    const since = performance.now();
    await Promise.all(Array.from({ length: times }, () => MessengerAuth.client.getToken()));
    return performance.now() - since;
  }, CALLS);
  say('all at once', `${(all / CALLS * 1000).toFixed(1)} µs a call`);
  say('afterwards', told(await held(scene)));
  await context.close();
}

async function oneSignIn() {
  console.log(`\n── ${CALLERS} callers, and as many callbacks, during one sign-in`);
  const scene = await open({ silent: 'false' });
  const { page, issuer, context } = scene;
  const before = await held(scene);
  const { tokens, answers, ms } = await page.evaluate(async (count) => {
    const { client } = MessengerAuth;
    const since = performance.now();
    const signingIn = client.signIn();
    await new Promise((resolve) => { setTimeout(resolve); });
    const callers = Array.from({ length: count }, () => client.getToken());
    const callbacks = Array.from({ length: count }, () => new Promise((resolve) => { client.getAuthenticationToken(resolve); }));
    await signingIn;
    return { tokens: [...new Set(await Promise.all(callers))], answers: [...new Set(await Promise.all(callbacks))], ms: performance.now() - since };
  }, CALLERS);
  assert.equal(tokens.length, 1, 'one token');
  assert.deepEqual(answers, tokens);
  const flows = issuer.asked('authorize').length;
  const exchanges = issuer.asked('token').length;
  assert.deepEqual([flows, exchanges], [1, 1], 'one flow');
  say('at the provider', `${flows} authorization request, ${exchanges} token request`);
  say('all answered after', `${ms.toFixed(0)} ms`);
  say('before', told(before));
  say('after', told(await held(scene)));
  await context.close();
}

async function aDay(name, options, route) {
  const step = Math.ceil(life * RENEW_AT);
  const renewals = Math.floor(DAY / step);
  console.log(`\n── a day of renewals, ${name}: ${renewals} of them`);
  // Each day begins now: the site's own clock, by which the page sets its own, stands still.
  forward = 0;
  const scene = await open({}, options, { clock: true });
  const { page, issuer, context } = scene;
  const heard = { renewed: 0, failed: [], wake: () => {} };
  await page.exposeFunction('__renewed', () => {
    heard.renewed += 1;
    heard.wake();
  });
  await page.exposeFunction('__failed', (code) => { heard.failed.push(code); });
  await page.evaluate(async () => {
    MessengerAuth.client.on('renewed', () => { __renewed(); });
    MessengerAuth.client.on('error', ({ code }) => { __failed(code); });
    await MessengerAuth.client.getToken();
  });
  const since = real();
  let early;
  let noon;
  for (let time = 1; time <= renewals; time += 1) {
    await pass(page, step * 1000);
    await hear(page, heard, time);
    // After the first hour everything has been through once: caches, the journal, the compiler.
    if (time === Math.floor(3600 / step)) early = await held(scene);
    if (time === Math.floor(renewals / 2)) noon = await held(scene);
  }
  const late = await held(scene);
  assert.deepEqual(heard.failed, []);
  say('at the provider', `${issuer.asked(...route).length} requests for it, ${issuer.asked('discovery').length} for discovery, ${issuer.asked('keys').length} for keys`);
  say('a renewal', `${((real() - since) / renewals).toFixed(0)} ms with all that the bench does`);
  say('after an hour', told(early));
  say('after half the day', told(noon));
  say('after the day', told(late));
  compare(early, late);
  await context.close();
}

/** Lets time pass in the page, then at the provider: its clock is set by the page's. */
async function pass(page, ms) {
  forward += ms;
  await page.clock.fastForward(ms);
  forward = await page.evaluate(() => Date.now()) - real();
}

/** Waits for the renewal of this number; a little more time passes for what waits for a timer of its own. */
async function hear(page, heard, count) {
  const end = real() + 20_000;
  while (heard.renewed < count) {
    assert.ok(real() < end, `renewal ${count} did not come: ${heard.failed} ${await page.evaluate(async () => JSON.stringify((await MessengerAuth.client.diagnose()).steps.slice(-5)))}`);
    let late;
    const woken = await new Promise((resolve) => {
      heard.wake = () => resolve(true);
      late = setTimeout(resolve, 500, false);
    });
    clearTimeout(late);
    if (!woken && heard.renewed < count) await pass(page, 100);
  }
}

try {
  await tokenInHand();
  await oneSignIn();
  await aDay('by refresh token', {}, ['token', 'refresh']);
  await aDay('in a hidden frame', { refreshTokens: false }, ['authorize', 'frame']);
} finally {
  await browser.close();
  await Promise.all([site.close(), rogue.close()]);
}
