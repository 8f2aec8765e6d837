/** Where people sign in: an OpenID Provider, found by discovery. */
export interface OpenIdIssuer {
  kind: "oidc";
  /** Compared exactly with the `iss` of tokens. */
  issuer: string;
  /** Where the discovery document is, when not below the issuer. Its `issuer` must equal `issuer`. */
  discoveryUrl?: string;
  /** The tenants (GUIDs) that may sign in, where `issuer` is Microsoft's template with `{tenantid}`. */
  tenants?: readonly string[];
}

/** Where people sign in: an OpenID Provider whose endpoints are written out. */
export interface OpenIdEndpoints extends Omit<OpenIdIssuer, "discoveryUrl"> {
  authorizationEndpoint: string;
  tokenEndpoint?: string;
  endSessionEndpoint?: string;
  revocationEndpoint?: string;
  /** Where the keys are; or `jwks`. */
  jwksUri?: string;
  /** The keys themselves, where their endpoint sends no CORS headers. */
  jwks?: { readonly keys: readonly object[] };
}

/** Where agents sign in: Genesys Cloud. */
export interface GenesysCloudIssuer {
  kind: "genesys-cloud";
  /** The region's domain, such as `mypurecloud.de`. */
  domain: string;
  /** Together with `provider`. */
  org?: string;
  /** Together with `org`. */
  provider?: string;
  /** The id of an organisation. */
  target?: string;
  loginHint?: string;
}

/** Where people sign in: a Power Pages portal. */
export interface PowerPagesIssuer {
  kind: "power-pages";
  portalUrl: string;
}

/** Where agents sign in: Cisco Finesse. */
export interface FinesseIssuer {
  kind: "finesse";
  baseUrl: string;
  /** `cc_username`. */
  username: string | (() => string);
  /** Asks for the user as well. Default: `false`. */
  returnUser?: boolean;
}

/** The site's own login; no OAuth in the page. */
export interface SiteSessionIssuer {
  kind: "site-session";
  /** A whole address. */
  signInUrl: string;
}

/** What every `init` may say. */
export interface CommonOptions {
  /** Registered at the issuer. Default: `authWindow.html` beside the loader, when that is on the page's origin. */
  redirectUri?: string;
  /** Default: `code`, with PKCE; without it only for the OAuth code type of Dynamics, whose server does not know it. */
  flow?: "code" | "implicit";
  /** For the implicit flow. Default: `id_token` at OpenID Providers, `token` at Genesys Cloud. */
  responseType?: "token" | "id_token" | "id_token token";
  /** Separated by spaces. Default at OpenID Providers: `openid`. */
  scope?: string;
  /** Default: `popup`. `page` leaves the page and comes back to it. */
  transport?: "popup" | "page";
  /** Default: `true`. Tries a hidden frame when the messenger or `getToken` asks, before a person is asked; not at page load. */
  silent?: boolean;
  /** Who receives the result. Default: `page`. */
  host?: "page" | "dynamics" | "genesys-messenger" | "genesys-embeddable";
  /** At Genesys Cloud, in the place of `clientId`: the client of each region, by its domain, as in `framework.js`. */
  clientIds?: Readonly<Record<string, string>>;
  /** As in `framework.js`. Changes nothing on this page: it is taken so that the same settings serve both. */
  dedicatedLoginWindow?: boolean;
  /** Dotted path on `window`; `none` switches it off. Default: `auth.getAuthenticationToken`. */
  callback?: string;
  /** What the callback gives. Default: what the host takes, else an ID token where there is one. */
  handOver?: "id_token" | "access_token" | "code" | "token-url";
  /** The site's service that answers a JWT for a signed-in person: a whole address. */
  tokenUrl?: string;
  /** Where that service answers a JSON object: the member that holds the JWT, or a dotted path to it. */
  tokenUrlMember?: string;
  /** The host's limit for the callback, in ms; the answer comes 500 ms before it at the latest. Default: 10 000. */
  timeoutMs?: number;
  /** How long a person may take in the window, in ms. Default: 600 000. */
  signInTimeoutMs?: number;
  /** What the callback does when nobody is signed in: answer `null`, or answer `null` and leave for the login page. Default: `null`. */
  onSignedOut?: "null" | "page";
  /** Where the issuer leads after a sign-out; registered there. Default: the page that is left. */
  postLogoutRedirectUri?: string;
  /** Where tokens live. Default: `session`. */
  storage?: "session" | "memory" | "local";
  /** Share of a token's life after which it is renewed. Default: 0.75. */
  renewAt?: number;
  /** Seconds that a token handed out has left, at least. Default: 60. */
  minTtl?: number;
  /** Seconds tolerated between clocks. Default: 60. */
  clockSkew?: number;
  /** Seconds since the person last signed in at the issuer, at most. */
  maxAge?: number;
  /** More parameters of the authorize request; none may replace one that the library sets. */
  extraParams?: Readonly<Record<string, string>>;
  /** Default: the page's language, then the browser's. */
  locale?: "en" | "es" | "ko";
  /** Name of a tag manager's array on `window` to push events to. */
  dataLayer?: string;
  /** When the engine is fetched; a call that needs it fetches it at once. Default: `idle`. */
  load?: "eager" | "idle" | "interaction";
}

/** The options of `init`. */
export type Options = CommonOptions &
  (
    | {
        /** An address, `genesys-cloud:<domain>`, `power-pages:<portal URL>`, or an object. */
        issuer: string | OpenIdIssuer | OpenIdEndpoints | GenesysCloudIssuer | PowerPagesIssuer;
        /** The OAuth client. */
        clientId: string;
      }
    | {
        issuer: `genesys-cloud:${string}` | GenesysCloudIssuer;
        clientIds: Readonly<Record<string, string>>;
        clientId?: string;
      }
    | { issuer: FinesseIssuer; clientId?: string }
    | { issuer: SiteSessionIssuer; tokenUrl: string; clientId?: string }
  );

/** Who is signed in; never a raw token. */
export interface Session {
  readonly issuer: string;
  readonly subject: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scope: readonly string[];
  /** In ms since 1970. */
  readonly expiresAt: number;
}

/** A fresh authorization code that nobody has redeemed, with what it takes to redeem it. */
export interface Authorization {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier?: string;
  readonly nonce?: string;
  readonly iss?: string;
  /** In seconds. */
  readonly maxAge?: number;
}

/** What was tried, step by step, without secrets. */
export interface Report {
  readonly version: string;
  readonly issuer: string;
  readonly transport: string;
  /** As it has to be registered at the issuer. */
  readonly redirectUri: string;
  /** In the order in which they ended. */
  readonly steps: readonly ReportStep[];
  /** What to change. */
  readonly advice: readonly string[];
}

export interface ReportStep {
  /** When it began, in ms since 1970. */
  readonly at: number;
  readonly step: string;
  readonly outcome: string;
  /** How long it took. */
  readonly ms: number;
  readonly code?: ErrorCode;
  readonly advice?: string;
}

/** What each event tells. As DOM events on `window` they are called `messenger-auth:<name>`. */
export interface EventDetail {
  /** The engine is here, and whoever was signed in on the page before still is. */
  ready: Readonly<Record<string, never>>;
  "signed-in": Session;
  /**
   * `sign-out`: by `signOut` or the panel. The page may be about to leave for the issuer: do not reload or leave yourself.
   * `elsewhere`: signed out in another tab, or somebody else has signed in there.
   */
  "signed-out": { readonly reason: "sign-out" | "elsewhere" | "refused" | "expired" };
  renewed: Session;
  /** It takes a person to go on. */
  "sign-in-required": Readonly<Record<string, never>>;
  error: MessengerAuthError;
  /** What the messenger tells of its own part, by its own name for it (`Auth.authenticated`); its tokens stay with it. */
  host: { readonly name: string; readonly message: string | null };
}

export type EventName = keyof EventDetail;

/** How far a call may go when nobody is signed in. Default: `none`. */
export type Interaction = "none" | "popup" | "page";

/** The page's client. Every call ends, with a {@link MessengerAuthError} when its time is up. */
export interface Client {
  /**
   * Resolves when the engine has started and has taken up what the last page left. Rejects, also unheard,
   * when that fails. With `load: "interaction"` it waits for the first call.
   */
  readonly ready: Promise<void>;
  /** To be called in a click, without `await` before it, so that the browser allows the window. */
  signIn(options?: { transport?: "popup" | "page"; loginHint?: string; prompt?: string }): Promise<Session>;
  /**
   * Ends the session here, then at the issuer: the page is about to leave for it, and must not reload or leave by
   * itself meanwhile. The promise stays open then until the page has left, for `timeoutMs` at most.
   */
  signOut(options?: {
    /** Whether the page leaves for the issuer, to end the session there too. The refresh token is revoked in any case. Default: `true`. */
    atIssuer?: boolean;
    /** Default: the option of `init`, else this page. Registered at the issuer. */
    postLogoutRedirectUri?: string;
  }): Promise<void>;
  getToken(options?: {
    kind?: "id_token" | "access_token" | "token-url";
    /** In seconds. */
    minTtl?: number;
    timeoutMs?: number;
    interaction?: Interaction;
  }): Promise<string>;
  /** A fresh code each time. */
  getAuthorization(options?: { timeoutMs?: number; interaction?: Interaction }): Promise<Authorization>;
  /** Calls back exactly once, in time; with `null` when there is no token. Needs no `this`. */
  getAuthenticationToken(this: void, callback: (token: string | null) => void): void;
  /** `null` also while the engine is not here yet. */
  getSession(): Session | null;
  /** Returns a function that stops the listening. */
  on<E extends EventName>(event: E, listener: (detail: EventDetail[E]) => void): () => void;
  diagnose(): Promise<Report>;
}

/** Whose doing it was: the integrator's, the person's, the issuer's, a check's, the network's, the messenger's, the browser's. */
export type ErrorCode =
  | "bad-option"
  | "already-initialised"
  | "insecure-page"
  | "callback-path-taken"
  | "redirect-uri-mismatch"
  | "cors-blocked"
  | "popup-blocked"
  | "popup-closed"
  | "sign-in-required"
  | "access-denied"
  | "login-required"
  | "interaction-required"
  | "consent-required"
  | "account-selection-required"
  | "invalid-client"
  | "invalid-grant"
  | "issuer-error"
  | "state-mismatch"
  | "nonce-mismatch"
  | "issuer-mismatch"
  | "audience-mismatch"
  | "signature-invalid"
  | "algorithm-not-allowed"
  | "key-not-found"
  | "token-expired"
  | "token-not-yet-valid"
  | "token-malformed"
  | "hash-mismatch"
  | "auth-time-missing"
  | "auth-too-old"
  | "subject-changed"
  | "response-malformed"
  | "discovery-mismatch"
  | "offline"
  | "network"
  | "timeout"
  | "bad-status"
  | "messenger-error"
  | "storage-unavailable"
  | "load-failed"
  | "crashed"
  | "version-mismatch";

/** The only kind of error that the widget throws or rejects with. */
export class MessengerAuthError extends Error {
  private constructor();
  /** Stable. */
  readonly code: ErrorCode;
  /** What to do about it; `message` says what happened. */
  readonly help: string;
  readonly cause?: unknown;
}

/**
 * The page's client. Called again with the same options it gives the same client,
 * with others it throws `already-initialised`, the only thing it throws.
 */
export function init(options: Options): Client;

/** Of the code that is in charge of this page. */
export const version: string;

/**
 * `window.MessengerAuth`. The snippet puts an empty one there: until the loader is here it has no `init`, `client`
 * or `version`. Wait for the event `messenger-auth:ready` on `window` (with `load: 'interaction'` it takes the first touch or call).
 */
export interface Api {
  readonly version: string;
  readonly init: typeof init;
  /** `null` before the first `init`. */
  readonly client: Client | null;
  readonly MessengerAuthError: typeof MessengerAuthError;
}

declare global {
  interface Window {
    MessengerAuth?: Api;
  }
  interface HTMLElementTagNameMap {
    "messenger-auth": HTMLElement;
  }
  interface WindowEventMap {
    "messenger-auth:ready": CustomEvent<EventDetail["ready"]>;
    "messenger-auth:signed-in": CustomEvent<EventDetail["signed-in"]>;
    "messenger-auth:signed-out": CustomEvent<EventDetail["signed-out"]>;
    "messenger-auth:renewed": CustomEvent<EventDetail["renewed"]>;
    "messenger-auth:sign-in-required": CustomEvent<EventDetail["sign-in-required"]>;
    "messenger-auth:error": CustomEvent<EventDetail["error"]>;
    "messenger-auth:host": CustomEvent<EventDetail["host"]>;
  }
}
