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

  /**
   * Does work, and tells whether a timer set before it, of `by` milliseconds, came first. Timers that are due come in the order of their
   * time: a page that stands still delays both sides.
   */
  story.timed = async (work, by) => {
    const started = performance.now();
    let late = false;
    setTimeout(() => { late = true; }, by);
    const outcome = await work();
    return { outcome, late, ms: performance.now() - started };
  };

  /** Asks like a messenger: by dotted name, detached, with a callback. An answer after `by` milliseconds is late. */
  story.ask = (path = 'auth.getAuthenticationToken', limit = 12_000, by = 0) => new Promise((resolve) => {
    const started = performance.now();
    let late = false;
    const entry = { times: 0, tokens: [] };
    story.asked.push(entry);
    const found = path.split('.').reduce((place, part) => place?.[part], globalThis);
    const giveUp = setTimeout(() => resolve({ token: undefined, ms: Infinity }), limit);
    found((token) => {
      entry.times += 1;
      entry.tokens.push(token);
      clearTimeout(giveUp);
      resolve({ token, ms: performance.now() - started, late });
    });
    // Set after the call, in its turn; and twice, because what comes through the snippet takes one turn more.
    if (by) setTimeout(() => setTimeout(() => { late = true; }), by);
  });
}
