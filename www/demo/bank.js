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

/* Ending the site's own session is the site's part. */
addEventListener('messenger-auth:signed-out', ({ detail }) => {
  if (globalThis.choices.chosen.issuer === 'site-session' && detail.reason === 'sign-out') fetch('/logout', { method: 'POST' });
});
