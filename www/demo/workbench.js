/** The part of the demo for those who build sites: switches, the session, a log of events. */

const byId = (id) => document.getElementById(id);
const names = ['ready', 'signed-in', 'signed-out', 'renewed', 'sign-in-required', 'error'];

/* Switches */
const form = byId('switches');
for (const [name, value] of Object.entries(globalThis.choices.kept())) form.elements[name].value = value;
form.addEventListener('change', async () => {
  globalThis.choices.keep(Object.fromEntries(new FormData(form)));
  await globalThis.MessengerAuth?.client?.signOut({ atIssuer: false }).catch(() => {});
  location.reload();
});

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

/** The event's detail in a line: who, until when, or what went wrong. */
function brief(detail) {
  const { claims, subject, expiresAt, code, message } = detail ?? {};
  return [
    code && `${code}: ${message}`,
    claims && (claims.name ?? subject ?? 'someone known to the issuer only'),
    expiresAt && `until ${new Date(expiresAt).toLocaleTimeString()}`,
  ].filter(Boolean).join(' · ');
}

/** Whether the sign-in could be asked who is there. */
let works = true;
addEventListener('messenger-auth:error', ({ detail }) => { works &&= !['load-failed', 'crashed', 'bad-option'].includes(detail.code); });

for (const name of names) addEventListener(`messenger-auth:${name}`, ({ detail }) => { note(name, brief(detail)); describe(); });
addEventListener('demo:answered', ({ detail }) => note('messenger asked', `got ${detail.answer} after ${detail.took}`));

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
