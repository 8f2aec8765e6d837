// A consumer's code against the published types: what must compile does, and what must not does not.

import { init, MessengerAuthError, version, type Authorization, type Client, type Options, type Session } from "messenger-auth";

const client: Client = init({ issuer: "https://idp.example.com", clientId: "web" });

export const everything: Options = {
  issuer: { kind: "oidc", issuer: "https://login.microsoftonline.com/{tenantid}/v2.0", tenants: ["00000000-0000-0000-0000-000000000000"] },
  clientId: "web",
  redirectUri: "https://www.example.com/authWindow.html",
  flow: "implicit",
  responseType: "id_token token",
  scope: "openid profile",
  transport: "page",
  silent: false,
  host: "dynamics",
  callback: "none",
  handOver: "token-url",
  tokenUrl: "https://www.example.com/token",
  tokenUrlMember: "data.token",
  timeoutMs: 10_000,
  signInTimeoutMs: 600_000,
  onSignedOut: "page",
  postLogoutRedirectUri: "https://www.example.com/",
  storage: "memory",
  renewAt: 0.5,
  minTtl: 90,
  clockSkew: 30,
  maxAge: 3600,
  extraParams: { acr_values: "2" },
  locale: "ko",
  dataLayer: "dataLayer",
  load: "interaction",
};

export const issuers: Options[] = [
  { issuer: "genesys-cloud:mypurecloud.de", clientId: "web" },
  { issuer: { kind: "genesys-cloud", domain: "mypurecloud.de", org: "acme", provider: "okta" }, clientId: "web" },
  { issuer: { kind: "oidc", issuer: "https://a", discoveryUrl: "https://b/.well-known/openid-configuration" }, clientId: "web" },
  { issuer: { kind: "oidc", issuer: "https://a", authorizationEndpoint: "https://a/auth", tokenEndpoint: "https://a/token", jwks: { keys: [] } }, clientId: "web" },
  { issuer: { kind: "power-pages", portalUrl: "https://portal" }, clientId: "web" },
  { issuer: { kind: "finesse", baseUrl: "https://finesse", username: () => "agent", returnUser: true } },
  { issuer: { kind: "site-session", signInUrl: "https://www.example.com/login" }, tokenUrl: "https://www.example.com/token" },
  // docs/genesys-embeddable.md
  { issuer: 'genesys-cloud:mypurecloud.de', clientIds: { 'mypurecloud.de': '…' }, host: 'genesys-embeddable' },
  { issuer: { kind: "genesys-cloud", domain: "mypurecloud.de" }, clientIds: { "mypurecloud.de": "…" }, host: "genesys-embeddable", dedicatedLoginWindow: true },
];

export async function use(): Promise<void> {
  await client.ready;
  const session: Session = await client.signIn({ transport: "popup", loginHint: "ann@example.com" });
  const expiry: Date = new Date(session.expiresAt);
  const token: string = await client.getToken({ kind: "access_token", minTtl: 120, interaction: "none" });
  const { code, codeVerifier = "" }: Authorization = await client.getAuthorization();
  const { getAuthenticationToken } = client;
  getAuthenticationToken((answer) => console.log(answer?.length ?? 0, version, expiry, token, code, codeVerifier));
  const stop: () => void = client.on("error", (error) => console.log(error.code, error.help));
  stop();
  client.on("signed-out", ({ reason }) => console.log(reason === "expired"));
  addEventListener("messenger-auth:signed-in", ({ detail }) => console.log(detail.subject));
  addEventListener("messenger-auth:host", ({ detail }) => console.log(detail.name, detail.message?.length));
  for (const { at, step, outcome, ms } of (await client.diagnose()).steps) console.log(at, step, outcome, ms);
  console.log(client.getSession()?.claims["name"], window.MessengerAuth?.client?.ready);
  document.createElement("messenger-auth").setAttribute("issuer", "https://idp.example.com");
  await client.signOut({ atIssuer: false });
  try {
    await client.getToken();
  } catch (error) {
    if (error instanceof MessengerAuthError && error.code === "sign-in-required") console.log(error.help);
  }
}

export function mistakes(error: MessengerAuthError): void {
  // @ts-expect-error an issuer is required
  init({ clientId: "web" });
  // @ts-expect-error a client id is required
  init({ issuer: "https://idp.example.com" });
  // @ts-expect-error one client for each region is Genesys Cloud's
  init({ issuer: "https://idp.example.com", clientIds: { "mypurecloud.de": "desk" } });
  // @ts-expect-error a switch
  init({ issuer: { kind: "finesse", baseUrl: "https://finesse", username: "agent", returnUser: "yes" } });
  // @ts-expect-error there is no such option, and there never will be
  init({ issuer: "https://idp.example.com", clientId: "web", clientSecret: "no" });
  // @ts-expect-error not a flow
  init({ issuer: "https://idp.example.com", clientId: "web", flow: "password" });
  // @ts-expect-error a site session needs the service that answers its token
  init({ issuer: { kind: "site-session", signInUrl: "https://www.example.com/login" } });
  // @ts-expect-error not an event
  client.on("token", () => {});
  // @ts-expect-error a session holds no token
  client.getSession()?.token;
  // @ts-expect-error the answer may be null
  client.getAuthenticationToken((token: string) => console.log(token));
  // @ts-expect-error not a code
  if (error.code === "oops") console.log(error);
  // @ts-expect-error only the widget makes its errors
  new MessengerAuthError();
  // @ts-expect-error a window in a click cannot be asked for by number
  client.getToken({ interaction: 1 });
}
