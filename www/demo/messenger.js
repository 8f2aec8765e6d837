/**
 * A pretend contact-centre messenger.
 *
 * It knows nothing of Messenger Auth: like the real ones it is told the dotted name of a function on `window`,
 * calls it detached with a callback, and waits ten seconds for a token or null.
 */

const FUNCTION_NAME = 'auth.getAuthenticationToken';
const LIMIT = 10_000;

const panel = document.getElementById('messenger');
const bubble = document.getElementById('bubble');

/** Asks the page for a token: `{ token, milliseconds, answers }`; `token` is null where there was none. */
export function askForToken(name = FUNCTION_NAME) {
  const started = performance.now();
  return new Promise((resolve) => {
    const done = (token, why) => resolve({ token, why, milliseconds: performance.now() - started });
    const limit = setTimeout(() => done(null, 'no answer within ten seconds'), LIMIT);
    const found = name.split('.').reduce((place, part) => place?.[part], window);
    if (typeof found !== 'function') {
      clearTimeout(limit);
      done(null, `${name} is not a function on this page`);
      return;
    }
    found((token) => {
      clearTimeout(limit);
      done(token, token === null ? 'the page has no token to give' : undefined);
    });
  });
}

/** What a token says, where it is a JWT. The real messenger's server checks the signature; this one only reads. */
export function readClaims(token) {
  try {
    const [, payload] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

const node = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
};

const talk = node('div', { class: 'talk', role: 'log', 'aria-live': 'polite' });
const field = node('input', { name: 'message', placeholder: 'Write a message', autocomplete: 'off', 'aria-label': 'Message' });
const status = node('span', { class: 'who' }, 'Guest');

panel.append(
  node('header', {},
    node('div', {}, node('strong', {}, 'Northlight Messenger'), status),
    node('button', { type: 'button', class: 'icon', 'aria-label': 'Close messenger', click: () => toggle(false) }, '×')),
  talk,
  node('form', { submit: send }, field, node('button', { type: 'submit', class: 'button' }, 'Send')),
);

const say = (who, ...children) => {
  const made = node('div', { class: `said ${who}` }, ...children);
  talk.append(made);
  talk.scrollTop = talk.scrollHeight;
  return made;
};

let greeted = false;

async function identify() {
  const waiting = say('us pending', node('span', {}, 'One moment, seeing who is writing…'));
  const { token, why, milliseconds } = await askForToken();
  waiting.remove();
  dispatchEvent(new CustomEvent('demo:answered', { detail: { answer: token === null ? 'null' : 'a token', took: duration(milliseconds) } }));

  if (token === null) {
    status.textContent = 'Guest';
    say('us', node('p', {}, 'Hello! I cannot see who you are, so I will answer as for any visitor.'),
      node('div', { class: 'offers' },
        node('button', { type: 'button', class: 'button', click: signIn }, 'Sign in'),
        node('button', { type: 'button', class: 'button quiet', click: identify }, 'Ask again')),
      receipt({ Answer: 'null', Because: why, Took: duration(milliseconds) }));
    return;
  }
  const claims = readClaims(token);
  const name = claims?.name?.split(' ')[0];
  status.textContent = claims?.name ? `${claims.name}, verified` : 'Verified';
  say('us', node('p', {}, name ? `Hello ${name}, how can I help?` : 'Hello, you are signed in. How can I help?'),
    node('div', { class: 'offers' }, node('button', { type: 'button', class: 'button quiet', click: identify }, 'Ask again')),
    receipt({ Answer: shorten(token), Took: duration(milliseconds), ...facts(claims) }));
}

const duration = (milliseconds) => (milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : `${Math.round(milliseconds)} ms`);

/** Head and tail: enough to tell two tokens apart, not enough to use one. */
const shorten = (token) => `${token.slice(0, 8)}…${token.slice(-6)} (${token.length} characters)`;

function facts(claims) {
  if (!claims) return { Claims: 'none: an access token that only the issuer can read' };
  const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString();
  return Object.fromEntries(Object.entries({
    Issuer: claims.iss, Subject: claims.sub, Name: claims.name, 'E-mail': claims.email, Audience: String(claims.aud),
    Issued: time(claims.iat), Expires: time(claims.exp),
  }).filter(([, value]) => value !== undefined));
}

function receipt(rows) {
  return node('details', { class: 'receipt', open: true },
    node('summary', {}, 'What the messenger got'),
    node('dl', {}, ...Object.entries(rows).flatMap(([term, value]) => [node('dt', {}, term), node('dd', {}, value)])));
}

function signIn() {
  // Straight from the click, so that the browser lets the window open.
  const client = globalThis.MessengerAuth?.client;
  if (!client) {
    say('us', node('p', {}, 'Signing in does not work right now: its files have not loaded. Please reload the page and try again.'));
    return;
  }
  client.signIn().then(identify, (fault) => {
    say('us', node('p', {}, `${fault.message} ${fault.help ?? ''}`));
  });
}

function send(event) {
  event.preventDefault();
  const text = field.value.trim();
  if (!text) return;
  field.value = '';
  say('them', node('p', {}, text));
  say('us', node('p', {}, status.textContent === 'Guest'
    ? 'Thank you. As a guest I can tell you opening hours and prices; for anything about your accounts, please sign in.'
    : 'Thank you, I have your accounts in front of me and will look into it at once.'));
}

function toggle(open) {
  panel.hidden = !open;
  bubble.hidden = open;
  bubble.setAttribute('aria-expanded', String(open));
  (open ? field : bubble).focus();
  if (open && !greeted) {
    greeted = true;
    identify();
  }
}

for (const opener of document.querySelectorAll('[data-open-messenger]')) opener.addEventListener('click', () => toggle(true));
panel.addEventListener('keydown', (event) => { if (event.key === 'Escape') toggle(false); });
