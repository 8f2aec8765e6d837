/** The two test people who can sign in at the local OpenID Provider. */

export const people = [
  { login: 'ana', password: 'ana-2468', name: 'Ana García', email: 'ana@example.com', subject: 'b6f0c6ce-5ad1-4f0a-9d3e-0a4d7a2f1c11', locale: 'es' },
  { login: 'minjun', password: 'minjun-1357', name: 'Minjun Kim', email: 'minjun@example.com', subject: '0d1e86b3-2f57-4d13-8b8c-6c3f5a9be742', locale: 'ko' },
];

/** The person whose login (or e-mail address) and password these are. */
export function personOf(login, password) {
  const wanted = String(login).trim().toLowerCase();
  return people.find((one) => (one.login === wanted || one.email === wanted) && one.password === password);
}

/** An account as oidc-provider asks for it. */
export function account(subject) {
  const one = people.find((person) => person.subject === subject);
  if (!one) return undefined;
  const { name, email, locale } = one;
  return {
    accountId: subject,
    claims: () => ({ sub: subject, name, email, email_verified: true, locale }),
  };
}
