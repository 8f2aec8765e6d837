/** What Northlight's own page does with the visitor: shows the accounts and the name on the card. */

const all = (selector) => document.querySelectorAll(selector);

function show() {
  const session = globalThis.MessengerAuth?.client?.getSession() ?? null;
  for (const part of all('[data-signed-in]')) part.hidden = !session;
  for (const part of all('[data-signed-out]')) part.hidden = Boolean(session);
  document.getElementById('accounts-title').textContent = session?.claims.name ? `Your accounts, ${session.claims.name}` : 'Your accounts';
  document.getElementById('card-holder').textContent = (session?.claims.name ?? 'Northlight member').toUpperCase();
}

for (const name of ['ready', 'signed-in', 'signed-out', 'renewed']) addEventListener(`messenger-auth:${name}`, show);
show();

const { issuer } = globalThis.choices.chosen;

/* Whom the site's own login knows, the page knows at once: nobody else asks before the chat does. */
const greet = () => globalThis.MessengerAuth.client.getToken().catch(() => {});
if (issuer === 'site-session') {
  if (globalThis.MessengerAuth?.client) greet();
  else addEventListener('messenger-auth:ready', greet, { once: true });
}

/* Ending the site's own session is the site's part, and Finesse's that of Finesse. */
const logout = { 'site-session': '/logout', finesse: '/stand-ins/finesse-logout' }[issuer];
addEventListener('messenger-auth:signed-out', ({ detail }) => {
  if (logout && detail.reason === 'sign-out') fetch(logout, { method: 'POST' });
});
