/** The pages of the local OpenID Provider: sign in, allow, signed out, failed. Plain HTML, usable by keyboard, no foreign resource. */

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => String(text ?? '').replace(/[&<>"']/g, (sign) => escapes[sign]);

function page(title, body, head = '') {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="stylesheet" href="/op.css">
${head}</head>
<body>
<main>
<p class="mark"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path fill="currentColor" d="M12 2 4 5v6c0 5 3.4 9.3 8 11 4.6-1.7 8-6 8-11V5l-8-3Zm-1.2 13.7-3.5-3.5 1.4-1.4 2.1 2.1 4.7-4.7 1.4 1.4-6.1 6.1Z"/></svg> Example ID</p>
${body}
</main>
</body>
</html>
`;
}

export function signInPage({ uid, client, people, login = '', wrong = false }) {
  return page('Sign in · Example ID', `<h1>Sign in</h1>
<p>to continue to <strong>${escape(client)}</strong></p>
${wrong ? '<p class="wrong" role="alert">That name and password do not belong together.</p>' : ''}
<form method="post" action="/interaction/${escape(uid)}/login">
<label for="login">Name or e-mail</label>
<input id="login" name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escape(login)}"${login ? '' : ' autofocus'}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${login ? ' autofocus' : ''}>
<button type="submit">Sign in</button>
</form>
<form method="post" action="/interaction/${escape(uid)}/cancel"><button class="quiet" type="submit">Cancel</button></form>
<aside>
<p>A provider for tests. Two people live here:</p>
<dl>
${people.map((one) => `<dt>${escape(one.name)}</dt><dd><code>${escape(one.login)}</code> / <code>${escape(one.password)}</code></dd>`).join('\n')}
</dl>
</aside>`);
}

export function consentPage({ uid, client, person, scopes }) {
  return page('Allow access · Example ID', `<h1>Allow access?</h1>
<p><strong>${escape(client)}</strong> would like to know who you are, ${escape(person)}.</p>
<p class="small">It asks for: ${scopes.map((one) => `<code>${escape(one)}</code>`).join(' ')}</p>
<form method="post" action="/interaction/${escape(uid)}/allow"><button type="submit" autofocus>Allow</button></form>
<form method="post" action="/interaction/${escape(uid)}/cancel"><button class="quiet" type="submit">Cancel</button></form>`);
}

/** `form` is oidc-provider's own hidden form; a known person's wish (`sure`) is carried out without asking again. */
export function signOutPage({ form, client, sure }) {
  return page('Sign out · Example ID', `<h1>Sign out?</h1>
<p>${client ? `<strong>${escape(client)}</strong> asks to sign you out of Example ID.` : 'Do you want to sign out of Example ID?'}</p>
${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes" id="yes" autofocus>Sign out</button>
<button class="quiet" type="submit" form="op.logoutForm">Stay signed in</button>`, sure ? '<script src="/sign-out.js" defer></script>\n' : '');
}

export function signedOutPage() {
  return page('Signed out · Example ID', '<h1>Signed out</h1>\n<p>You can close this window.</p>');
}

export function failurePage(facts) {
  return page('That did not work · Example ID', `<h1>That did not work</h1>
<dl>
${Object.entries(facts).map(([key, value]) => `<dt>${escape(key)}</dt><dd>${escape(value)}</dd>`).join('\n')}
</dl>`);
}

export const signOutScript = "document.getElementById('yes').click();\n";
