/** What the pretend messengers are made of: elements, a conversation, and receipts of what they were given. */

export const node = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
};

export const button = (label, click, quiet = true) => node('button', { type: 'button', class: quiet ? 'button quiet' : 'button', click }, label);

export const offers = (...buttons) => node('div', { class: 'offers' }, ...buttons);

export const duration = (milliseconds) => (milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`);

export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString();

/** Head and tail: enough to tell two tokens apart, not enough to use one. */
export const shorten = (token) => `${token.slice(0, 8)}…${token.slice(-6)} (${token.length} chars)`;

/** Asks a stand-in's server: what it answers, as JSON; nothing where it cannot be reached, or takes too long. */
export const askServer = (address, options) => fetch(address, { ...options, signal: AbortSignal.timeout(5_000) }).then((answer) => answer.json()).catch(() => undefined);

/** What a JWT says, `[header, claims]`. A real messenger's server checks the signature; this one only reads. */
export function readJwt(token) {
  try {
    return token.split('.', 2).map((part) => {
      const bytes = Uint8Array.from(atob(part.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
      return JSON.parse(new TextDecoder().decode(bytes));
    });
  } catch {
    return undefined;
  }
}

/** What the messenger got, in two columns. Rows without a value are left out. */
export const receipt = (title, rows, ...more) => node('details', { class: 'receipt', open: true },
  node('summary', {}, title),
  node('dl', {}, ...Object.entries(rows).filter(([, value]) => value !== undefined).flatMap(([term, value]) => [node('dt', {}, term), node('dd', {}, value)])),
  ...more);

/** A log of what is said, and a field to write in. `reply` answers what a visitor writes. */
export function conversation(body, reply) {
  const talk = node('div', { class: 'talk', role: 'log', 'aria-live': 'polite' });
  const field = node('input', { name: 'message', placeholder: 'Write a message', autocomplete: 'off', 'aria-label': 'Message' });
  const say = (who, ...children) => {
    const made = node('div', { class: `said ${who}` }, ...children);
    // The latest receipt is the one to read.
    if (made.querySelector('.receipt')) for (const earlier of talk.querySelectorAll('.receipt')) earlier.open = false;
    talk.append(made);
    talk.scrollTop = who === 'us' ? made.offsetTop - talk.offsetTop - 16 : talk.scrollHeight;
    return made;
  };
  const send = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = '';
    say('them', node('p', {}, text));
    say('us', node('p', {}, reply()));
    talk.scrollTop = talk.scrollHeight;
  };
  body.append(talk, node('form', { submit: send }, field, node('button', { type: 'submit', class: 'button' }, 'Send')));
  return { say, field };
}

/** What went wrong last, in the widget's own words. */
let fault;
addEventListener('messenger-auth:error', ({ detail }) => { fault = detail; });
for (const name of ['signed-in', 'signed-out']) addEventListener(`messenger-auth:${name}`, () => { fault = undefined; });
export const why = () => (fault ? `${fault.code}: ${fault.message}` : 'the page has no token to give');

/** Tells the log below the fold what a messenger was answered. */
export const tell = (answer, took, asked = 'messenger asked') => dispatchEvent(new CustomEvent('demo:answered', { detail: { asked, answer, took } }));

/** Signs in straight from the click, so that the browser lets the window open; `sorry` says what went wrong. */
export function signIn(sorry) {
  const client = globalThis.MessengerAuth?.client;
  if (client) return client.signIn().catch((failed) => { sorry(`${failed.message} ${failed.help ?? ''}`); throw failed; });
  sorry('Signing in does not work right now: its files have not loaded. Please reload the page and try again.');
  return Promise.reject(new Error('not loaded'));
}

/** Asks the page by the name of a function, detached, as every messenger does: `{ token, why, milliseconds }`. */
export function askForToken(name, limit = 10_000) {
  const started = performance.now();
  return new Promise((resolve) => {
    const done = (token, because) => resolve({ token, why: because, milliseconds: performance.now() - started });
    const patience = setTimeout(() => done(null, 'no answer within ten seconds'), limit);
    const found = name.split('.').reduce((place, part) => place?.[part], window);
    if (typeof found !== 'function') {
      clearTimeout(patience);
      done(null, `${name} is not a function on this page`);
      return;
    }
    found((token) => {
      clearTimeout(patience);
      done(token, token === null ? why() : undefined);
    });
  });
}
