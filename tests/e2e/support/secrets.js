/**
 * Where no token, code or verifier may ever be: on the console, in an event, a diagnosis, a panel, an address that stays or goes
 * elsewhere, a message to another origin, or a storage under a name that the design does not know.
 */

import assert from 'node:assert/strict';

/** The redirect window's address is the only one that an answer may arrive at; its script cleans it before anything else. */
const landing = '/messenger-auth/authWindow.html';

/** How long a page may take to tell what it holds, in milliseconds; one that is frozen or has crashed holds its tongue. */
const PATIENCE = 3000;

/** What may be kept, by the name that it is kept under. */
const kept = [
  /** A session, with its tokens. */
  /^messenger-auth:session:/,
  /** A login of the whole page, with its verifier, until the page comes back. */
  /^messenger-auth:transaction:/,
  /** The answer to it, on its way from the redirect window to the page. */
  /^messenger-auth:answer:/,
];

/** Runs in every frame, as text: tells what is heard there, at once, because the page may be gone later. */
function listen() {
  const tell = (what, value) => {
    try { globalThis.__heard(JSON.stringify({ what, where: location.origin, value: JSON.stringify(value) ?? '' })); } catch {}
  };
  for (const name of ['ready', 'signed-in', 'signed-out', 'renewed', 'sign-in-required', 'error', 'host']) {
    addEventListener(`messenger-auth:${name}`, ({ detail }) => tell('an event', [name, detail, detail?.message, detail?.help, String(detail?.cause), detail?.stack]));
  }
  addEventListener('message', ({ data }) => tell('a message', data));
}

/** Runs in a page: everything that it holds and shows. */
async function look() {
  const store = (name) => { try { return Object.entries(globalThis[name]); } catch { return []; } };
  const told = await Promise.race([
    Promise.resolve().then(() => globalThis.MessengerAuth?.client?.diagnose()).catch(({ code, message, help }) => ({ code, message, help })),
    new Promise((resolve) => { setTimeout(resolve, 2000); }),
  ]);
  return {
    stores: [...store('sessionStorage'), ...store('localStorage')],
    elsewhere: {
      'diagnose()': told,
      'the panel': [...document.querySelectorAll('messenger-auth')].map(({ shadowRoot }) => shadowRoot?.innerHTML),
      'the data layer': globalThis.dataLayer,
      'the history': [location.href, history.state],
      'a name, a title or a cookie': [globalThis.name, document.title, document.cookie],
    },
  };
}

/**
 * Watches a browser context from now on.
 *
 * @param {import('playwright-core').BrowserContext} context before it has pages
 * @param {{ home: string[] }} options origins that an answer may be told to
 */
export async function watchSecrets(context, { home }) {
  /** `{ place, text }`, in which no secret may be. */
  const said = [];
  /** The addresses of each frame, oldest first. */
  const visited = new Map();
  await context.exposeBinding('__heard', (_source, line) => {
    const { what, where, value } = JSON.parse(line);
    if (what === 'a message' && home.includes(where)) return;
    said.push({ place: what === 'a message' ? `a message to ${where}` : what, text: value });
  });
  await context.addInitScript(listen);
  context.on('page', (page) => {
    page.on('console', (message) => said.push({ place: 'the console', text: message.text() }));
    page.on('framenavigated', (frame) => {
      if (!visited.has(frame)) visited.set(frame, []);
      visited.get(frame).push(frame.url());
    });
  });
  context.on('request', (request) => {
    const { origin, pathname } = new URL(request.url());
    if (pathname !== landing || !home.includes(origin)) said.push({ place: 'a request', text: request.url() });
    said.push({ place: 'a referrer', text: request.headers().referer ?? '' });
  });

  return {
    /** Forgets what was before. */
    forget: () => {
      said.length = 0;
      visited.clear();
    },
    /** Asserts that none of these is anywhere. */
    check: async (secrets) => {
      const places = [...said];
      for (const addresses of visited.values()) {
        addresses.forEach((address, at) => {
          // The redirect window's own is allowed where the clean one has taken its place.
          const cleaned = new URL(address).pathname === landing && addresses[at + 1] === address.split(/[?#]/)[0];
          if (!cleaned) places.push({ place: 'an address', text: address });
        });
      }
      await Promise.all(context.pages().map(async (page) => {
        const seen = await Promise.race([
          Promise.all([page.evaluate(look), addressesOf(page)]).catch(() => undefined),
          new Promise((resolve) => { setTimeout(resolve, PATIENCE); }),
        ]);
        if (!seen) return;
        const [{ stores, elsewhere }, history] = seen;
        places.push({ place: 'the history', text: history });
        for (const [name, value] of stores) places.push({ place: `the name ${name}`, text: name }, ...(kept.some((one) => one.test(name)) ? [] : [{ place: `what is kept as ${name}`, text: value }]));
        for (const [place, value] of Object.entries(elsewhere)) places.push({ place, text: JSON.stringify(value) ?? '' });
      }));
      const leaks = places.flatMap(({ place, text }) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${place}: ${secret.slice(0, 8)}…`));
      assert.deepEqual(leaks, [], 'tokens, codes and verifiers where none may be');
    },
  };
}

/** Every entry of a tab's history. */
async function addressesOf(page) {
  const devtools = await page.context().newCDPSession(page);
  const { entries } = await devtools.send('Page.getNavigationHistory');
  await devtools.detach();
  return JSON.stringify(entries.map(({ url, title }) => [url, title]));
}
