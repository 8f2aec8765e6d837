/** The part of the demo for those who build sites: switches, what the page pastes, the session, a log of events. */

const byId = (id) => document.getElementById(id);
const names = ['ready', 'signed-in', 'signed-out', 'renewed', 'sign-in-required', 'host', 'error'];
const { choices } = globalThis;
const { chosen, fits } = choices;

/* Switches */
const words = {
  host: {
    page: 'The page’s own',
    dynamics: 'Dynamics 365 Omnichannel',
    'genesys-messenger': 'Genesys Messenger',
    'genesys-embeddable': 'Genesys Embeddable Framework',
  },
  issuer: {
    oidc: 'An OpenID Provider',
    'power-pages': 'A Power Pages portal',
    'site-session': 'The site’s own login',
    finesse: 'Cisco Finesse',
    'genesys-cloud': 'Genesys Cloud',
  },
};

const notes = {
  page: 'The messenger knows the name of a function on this page. It calls it with a callback and waits ten seconds for a token or null. A tag manager hears of it all through the data layer.',
  dynamics: 'A stand-in for Omnichannel’s loader calls the JavaScript client function, and its SDK is given one by setAuthTokenProvider. A server behind it checks the JWT by the public key in its settings.',
  'genesys-messenger': 'A stand-in for Messenger asks the plugin AuthProvider. This page hands over a code and never redeems it; a server behind the stand-in does, with a secret that no page knows.',
  'genesys-embeddable': 'A stand-in for the frame that Genesys serves to agents, with our lines at the end of its framework.js. A tool of the bank’s own asks for the agent’s token and gets it from the frame.',
  oidc: 'Its issuer is an OpenID Provider that runs beside this page, with two people in it.',
  'power-pages': 'This site is a portal: whoever has its cookie has a token, everybody else is sent to its login.',
  'site-session': 'No OAuth: the bank’s login page sets a cookie, and a service of the bank gives a token to whoever has it.',
  finesse: 'This site proxies /desktop/sso/ to a stand-in for Finesse. The login goes by redirects and form posts, and ends with a document that only this origin can read.',
  'genesys-cloud': 'A stand-in for a region, at login.localhost and api.localhost. The real regions’ domains are the only others that are taken.',
};

const form = byId('switches');
const option = (name, value) => {
  const made = document.createElement('option');
  made.value = value;
  made.textContent = words[name][value];
  return made;
};
const others = document.createElement('optgroup');
others.label = 'Does not fit: see what it says';
const isFit = (issuer) => fits[chosen.host].includes(issuer);
form.elements.host.append(...Object.keys(words.host).map((value) => option('host', value)));
form.elements.issuer.append(...Object.keys(words.issuer).filter(isFit).map((value) => option('issuer', value)));
others.append(...Object.keys(words.issuer).filter((value) => !isFit(value)).map((value) => option('issuer', value)));
if (others.children.length) form.elements.issuer.append(others);
for (const [name, value] of Object.entries(chosen)) form.elements[name].value = value;
// Elsewhere the flow is what it is.
form.elements.flow.disabled = !['oidc', 'genesys-cloud'].includes(chosen.issuer);

form.addEventListener('change', async ({ target }) => {
  const next = { ...chosen, ...Object.fromEntries(new FormData(form)) };
  if (target.name === 'host' && !fits[next.host].includes(next.issuer)) [next.issuer] = fits[next.host];
  // What was chosen for another pair may not be possible with this one.
  if (['host', 'issuer'].includes(target.name)) Object.assign(next, { handOver: '', flow: 'code' });
  await globalThis.MessengerAuth?.client?.signOut({ atIssuer: false }).catch(() => {});
  choices.go(next);
});

byId('about').replaceChildren(...[notes[chosen.host], notes[chosen.issuer]].map((text) => {
  const line = document.createElement('p');
  line.textContent = text;
  return line;
}));

/* What the page pastes */
const written = (value, indent = '') => {
  if (typeof value === 'function') return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  const key = (name) => (/^\w+$/.test(name) ? name : JSON.stringify(name));
  return `{\n${Object.entries(value).map(([name, one]) => `${inner}${key(name)}: ${written(one, inner)},\n`).join('')}${indent}}`;
};
byId('pasted').textContent = choices.options ? written(choices.options) : '';

/* Log */
const log = byId('log');
const started = performance.now();

function note(name, detail) {
  byId('log-empty').hidden = true;
  const entry = document.createElement('li');
  entry.dataset.name = name;
  const time = document.createElement('time');
  time.textContent = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  const title = document.createElement('strong');
  title.textContent = name;
  const more = document.createElement('span');
  more.textContent = detail;
  entry.append(time, title, more);
  log.prepend(entry);
  while (log.children.length > 60) log.lastChild.remove();
}

/** The event's detail in a line: who, until when, what the messenger said, or what went wrong. */
function brief(detail) {
  const { claims, subject, expiresAt, code, name, message } = detail ?? {};
  return [
    code ? `${code}: ${message}` : name && [name, message].filter(Boolean).join(': '),
    claims && (claims.name ?? subject ?? 'someone known to the issuer only'),
    expiresAt && `until ${new Date(expiresAt).toLocaleTimeString()}`,
  ].filter(Boolean).join(' · ');
}

/** Whether the sign-in could be asked who is there. */
let works = true;
addEventListener('messenger-auth:error', ({ detail }) => {
  works &&= !['load-failed', 'crashed', 'bad-option'].includes(detail.code);
  if (detail.code !== 'bad-option') return;
  document.documentElement.dataset.refused = '';
  byId('refusal').hidden = false;
  byId('refusal').textContent = `Refused: ${detail.message}${detail.help ? ` ${detail.help}` : ''}`;
});

for (const name of names) addEventListener(`messenger-auth:${name}`, ({ detail }) => { note(name, brief(detail)); describe(); });
addEventListener('demo:answered', ({ detail }) => note(detail.asked, `got ${detail.answer} after ${detail.took}`));

/** A tag manager's array: what it is told, and what it was told before. */
const layer = (globalThis.dataLayer ??= []);
const push = layer.push.bind(layer);
const tell = (entry) => note('data layer', JSON.stringify(entry));
layer.forEach(tell);
layer.push = (...entries) => {
  entries.forEach(tell);
  return push(...entries);
};

/* Session */
let full = 0;
let seen = 0;

function describe() {
  const client = globalThis.MessengerAuth?.client;
  const session = client?.getSession() ?? null;
  const rows = session
    ? { Person: session.claims.name ?? session.subject ?? 'known to the issuer only', 'E-mail': session.claims.email, Subject: session.subject, Scope: session.scope.join(' '), Issuer: session.issuer }
    : { Person: client && works ? 'nobody is signed in' : 'unknown: the sign-in has not loaded' };
  byId('session').replaceChildren(...Object.entries(rows).filter(([, value]) => value).flatMap(([term, value]) => {
    const pair = [document.createElement('dt'), document.createElement('dd')];
    pair[0].textContent = term;
    pair[1].textContent = value;
    return pair;
  }));
  byId('life').hidden = !session;
  if (!session) return;
  const left = Math.max(0, session.expiresAt - Date.now());
  if (session.expiresAt !== seen) [seen, full] = [session.expiresAt, left];
  byId('life-text').textContent = `The token lives ${Math.ceil(left / 1000)} more seconds`;
  byId('life-left').value = full ? left / full : 0;
}

describe();
setInterval(describe, 1000);
