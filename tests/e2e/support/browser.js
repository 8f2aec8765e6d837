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

/** Starts Chromium with a new profile; `blockWindows` leaves its popup blocker on, which Playwright turns off. */
export async function launch({ blockWindows = false } = {}) {
  const executablePath = process.env.CHROMIUM ?? usual.find((path) => existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: install one, or name it in the environment variable CHROMIUM');
  return chromium.launch({ executablePath, args, ignoreDefaultArgs: blockWindows ? ['--disable-popup-blocking'] : [] });
}
