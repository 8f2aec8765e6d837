/**
 * What runs first in every page of a story: it writes down events, refused resources and answers of callbacks.
 *
 * It is sent to the browser as text, so it uses nothing from outside itself.
 */
export function record() {
  if (globalThis.__story) return;
  const story = { events: [], violations: [], asked: [] };
  Object.defineProperty(globalThis, '__story', { value: story });
  for (const name of ['ready', 'signed-in', 'signed-out', 'renewed', 'sign-in-required', 'error']) {
    addEventListener(`messenger-auth:${name}`, (event) => {
      const detail = event.detail;
      story.events.push({ name, code: detail?.code, message: detail?.message, help: detail?.help, detail: JSON.parse(JSON.stringify(detail ?? null)) });
    });
  }
  addEventListener('securitypolicyviolation', (event) => {
    story.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
  }, true);

  /** Asks like a messenger: by dotted name, detached, with a callback. */
  story.ask = (path = 'auth.getAuthenticationToken', limit = 12_000) => new Promise((resolve) => {
    const started = performance.now();
    const entry = { times: 0, tokens: [] };
    story.asked.push(entry);
    const found = path.split('.').reduce((place, part) => place?.[part], globalThis);
    const giveUp = setTimeout(() => resolve({ token: undefined, ms: Infinity }), limit);
    found((token) => {
      entry.times += 1;
      entry.tokens.push(token);
      clearTimeout(giveUp);
      resolve({ token, ms: performance.now() - started });
    });
  });
}
