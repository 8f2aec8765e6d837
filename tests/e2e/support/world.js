/** One provider, one site and one Chromium for a spec file; a new profile for each story in it. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startOp } from '../../op/op.js';
import { startSite } from '../../site/site.js';
import { launch } from './browser.js';
import { record } from './recorder.js';
import { noted } from './results.js';
import { watchSecrets } from './secrets.js';

/** Nothing in a story waits longer than this, unless it says so. Milliseconds. */
const PATIENCE = 15_000;

/**
 * @param {object} [options]
 * @param {object} [options.settings] of the provider
 * @param {string[]} [options.pages] paths to which a sign-out may return
 * @param {boolean} [options.blockWindows] leave the popup blocker on
 * @param {boolean} [options.backForwardCache] keep a page that was left, for *back*, as browsers do
 * @param {boolean} [options.partitioned] keep the storage of frames apart by the site around them, as browsers do
 * @param {boolean} [options.searched] `false` where the stories are the provider's own, and nothing of ours keeps its secrets
 * @param {(options: { settings: object }) => Promise<object>} [options.start] starts site and provider in the place of the usual ones
 * @param {boolean} [options.elsewhere] a second site, `cdn`, that serves the files to every origin and may receive answers
 */
export async function world({ settings = {}, pages = ['/page'], blockWindows = false, backForwardCache = false, partitioned = false, elsewhere = false, searched = true, start } = {}) {
  const started = await start?.({ settings });
  const site = started?.site ?? await startSite();
  const cdn = elsewhere ? await startSite({ headers: { 'Access-Control-Allow-Origin': '*' } }) : undefined;
  const op = started?.op ?? await startOp({ sites: [site.origin, site.elsewhere, ...(cdn ? [cdn.origin] : [])], pages, settings });
  site.words.issuer = op.issuer;
  const browser = await launch({ blockWindows, backForwardCache, partitioned });
  after(async () => {
    await browser.close();
    await Promise.all([...(started ? [started.close()] : [site.close(), op.close()]), cdn?.close()]);
  });
  const original = { ...op.settings };

  /** Tells one story: `run` gets what `open` gives. It fails on any problem in a page that the story did not announce. */
  const story = (name, options, run = options) => test(name, { timeout: 90_000 }, () => noted(name, async () => {
    const scene = await open({ site, cdn, op, browser, searched, context: options === run ? {} : options });
    try {
      await run(scene);
      await scene.check();
    } finally {
      await scene.context.close();
      Object.assign(op.settings, original);
      op.forget();
      op.secrets.clear();
      site.requests.length = 0;
      for (const path of scene.replaced) site.restore(path);
    }
  }));

  return { ...started, site, cdn, op, browser, story };
}

async function open({ site, cdn, op, browser, searched, context: wanted }) {
  const context = await browser.newContext({ locale: 'en-GB', ...wanted });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(record);
  const home = [site, cdn].filter(Boolean).map(({ origin }) => origin);
  const secrets = await watchSecrets(context, { home });
  const problems = [];
  const announced = [];
  const windows = [];
  const lines = [];
  context.on('page', (page) => {
    windows.push(page);
    page.on('console', (message) => {
      lines.push({ type: message.type(), text: message.text() });
      if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (fault) => problems.push(`uncaught: ${fault.stack ?? fault}`));
    page.on('crash', () => problems.push('the page crashed'));
  });

  const scene = {
    site,
    op,
    context,
    page: await context.newPage(),
    windows,
    replaced: new Set(),
    /** Origins that an answer may be told to. */
    home,
    /** Every line on any console: `{ type, text }`. */
    lines,
    /** Lines of ours on the console. */
    said: (type) => lines.filter((line) => line.type === type && line.text.includes('[messenger-auth]')),
    /** Announces a problem that belongs to the story. */
    expect: (...patterns) => announced.push(...patterns),

    /** Puts a page on the site and goes there. */
    visit: async ({ head = '', body = '', lang = 'en', path = '/page', query = '', headers = {}, page = scene.page, until = 'load' } = {}) => {
      scene.put({ head, body, lang, path, headers });
      await page.goto(site.origin + path + query, { waitUntil: until });
      return page;
    },
    put: ({ head = '', body = '', lang = 'en', path = '/page', headers = {} }) => {
      scene.replaced.add(path);
      return site.page(path, `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>A page</title>${head}</head><body>${body}</body></html>`, headers);
    },
    /** Spoils or replaces what the site answers at a path, for this story. */
    answer: (path, what) => {
      scene.replaced.add(path);
      site.answer(path, what);
    },
    check: async () => {
      const unexpected = problems.filter((problem) => !announced.some((pattern) => pattern.test(problem)));
      assert.deepEqual(unexpected, [], 'problems on the pages of this story');
      for (const page of windows.filter((one) => !one.isClosed())) {
        const asked = await page.evaluate(() => globalThis.__story?.asked ?? []).catch(() => []);
        for (const { times } of asked) assert.ok(times <= 1, `a callback was called ${times} times`);
      }
      if (searched) await secrets.check([...op.secrets]);
    },
  };
  return scene;
}
