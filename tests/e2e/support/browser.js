/** Chromium, as every spec starts it. */

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** Chromium takes the last list of features to do without. Playwright's own holds ThirdPartyStoragePartitioning as well. */
const partitioning = '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,AvoidCorsURLLoaderRestartOnRedirect';

/**
 * Starts Chromium with a new profile.
 *
 * @param {object} [options]
 * @param {boolean} [options.blockWindows] leave its popup blocker on, which Playwright turns off
 * @param {boolean} [options.backForwardCache] keep a page that was left, for *back*, which Playwright turns off
 * @param {boolean} [options.partitioned] keep the storage of frames apart by the site around them, which Playwright turns off
 */
export async function launch({ blockWindows = false, backForwardCache = false, partitioned = false } = {}) {
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: install one, or name it in the environment variable CHROMIUM');
  const ignored = [...(blockWindows ? ['--disable-popup-blocking'] : []), ...(backForwardCache ? ['--disable-back-forward-cache'] : [])];
  return chromium.launch({ executablePath, args: partitioned ? [...args, partitioning] : args, ignoreDefaultArgs: ignored });
}
