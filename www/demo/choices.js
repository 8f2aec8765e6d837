/** The demo's choices: they stand in the page's address, are remembered for this tab, and become the options of the snippet. */

(() => {
  const { tokenService, genesys } = document.currentScript.dataset;
  const here = location.origin;
  const key = 'demo:choices';
  const usual = { host: 'page', issuer: 'oidc', handOver: '', flow: 'code', transport: 'popup', locale: '' };

  /** Which messenger can take what which place gives. The other pairs are there to be refused. */
  const fits = {
    page: ['oidc', 'power-pages', 'site-session', 'finesse', 'genesys-cloud'],
    dynamics: ['oidc', 'power-pages', 'site-session'],
    'genesys-messenger': ['oidc'],
    'genesys-embeddable': ['genesys-cloud'],
  };

  /** What each place to sign in needs, beside or instead of what the page has. */
  const issuers = {
    oidc: (pasted) => pasted,
    'power-pages': () => ({ issuer: `power-pages:${here}`, clientId: 'northlight' }),
    'site-session': () => ({ issuer: { kind: 'site-session', signInUrl: `${here}/login` }, tokenUrl: `${here}/chat-token` }),
    finesse: () => ({ issuer: { kind: 'finesse', baseUrl: here, username: () => '1001' } }),
    'genesys-cloud': () => ({ issuer: `genesys-cloud:${genesys}`, clientId: 'desk' }),
  };

  /** Where the page has this choice; nothing for the usual one. */
  const addressOf = (wanted) => {
    const query = String(new URLSearchParams(Object.entries(wanted).filter(([name, value]) => value !== usual[name])));
    return query && `/?${query}`;
  };

  const store = (address) => { try { sessionStorage.setItem(key, address); } catch {} };
  const stored = () => { try { return sessionStorage.getItem(key); } catch { return ''; } };

  // The way back from a sign-out has no query: the choice is taken up again.
  const leaving = !location.search && Boolean(stored());
  if (leaving) location.replace(stored() + location.hash);

  const asked = new URLSearchParams(location.search);
  const chosen = Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, asked.get(name) ?? value]));
  if (!Object.hasOwn(fits, chosen.host)) chosen.host = usual.host;
  if (!Object.hasOwn(issuers, chosen.issuer)) chosen.issuer = usual.issuer;
  if (!leaving) store(addressOf(chosen));

  const { host, issuer, handOver, flow, transport, locale } = chosen;
  const isOidc = issuer === 'oidc';
  const isFramework = host === 'genesys-embeddable' && issuer === 'genesys-cloud';
  // A provider rarely makes the JWT that Dynamics wants: the usual way is a service of the site.
  const wanted = handOver || (isOidc && host === 'dynamics' && flow !== 'id_token' ? 'token-url' : '');
  document.documentElement.dataset.audience = host === 'genesys-embeddable' || issuer === 'finesse' || issuer === 'genesys-cloud' ? 'agents' : 'customers';

  /** The page's own options, with the choices laid over them. */
  const choices = ({ dataLayer, ...pasted }) => {
    if (leaving) return { ...pasted, load: 'interaction' };
    const { issuer: place, clientId, ...more } = issuers[issuer](pasted);
    choices.options = {
      issuer: place,
      ...(clientId && !isFramework && { clientId: isOidc && flow !== 'code' ? 'implicit' : isOidc && host === 'genesys-messenger' ? 'messenger' : clientId }),
      ...(isFramework && { clientIds: { [genesys]: 'desk' } }),
      ...more,
      ...(host !== 'page' && { host }),
      ...(wanted && { handOver: wanted }),
      ...(wanted === 'token-url' && isOidc && { tokenUrl: `${tokenService}/token` }),
      ...((isOidc || issuer === 'genesys-cloud') && flow !== 'code' && { flow: 'implicit', responseType: flow }),
      ...(transport !== 'popup' && { transport }),
      ...(locale && { locale }),
      dataLayer,
    };
    return choices.options;
  };
  Object.assign(choices, {
    chosen,
    fits,
    /** Who makes what is handed over: whose key checks it. */
    maker: isOidc ? (wanted === 'token-url' ? wanted : issuer) : issuer,
    genesys,
    /** Loads the page with another choice. */
    go: (next) => {
      store(addressOf(next));
      location.assign(addressOf(next) || '/');
    },
  });
  globalThis.choices = choices;
})();
