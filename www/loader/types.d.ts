// What passes between the loader, the page and the WebAssembly. Types only; nothing of this is shipped.

/** Filled in by the build (`esbuild --define`). */
declare const __VERSION__: string;
declare const __GLUE__: string;
declare const __GLUE_INTEGRITY__: string;
declare const __WASM__: string;
declare const __WASM_INTEGRITY__: string;
/** The words "Sign in", by language. */
declare const __TEXT__: Record<string, string>;

/** Filled in where the snippet is pasted. */
declare const __OPTIONS__: any;
declare const __LOADER__: string;
declare const __INTEGRITY__: string;

/** How something failed, as plain data. */
interface Failure {
  code: string;
  message: string;
  help: string;
  cause?: unknown;
}

/** What the WebAssembly exports. */
interface Engine {
  ready(): Promise<void>;
  signIn(options: object | undefined, popup: Window | null): Promise<object>;
  signOut(options: object | undefined): Promise<void>;
  getToken(options: object | undefined): Promise<string>;
  getAuthorization(options: object | undefined): Promise<object>;
  handOver(timeoutMs: number): Promise<string | null>;
  inHand(): string | undefined;
  command(name: string, data: unknown): Promise<unknown>;
  getSession(): object | null;
  wantsWindow(options: object | undefined): boolean;
  diagnose(): Promise<object>;
  mount(root: HTMLElement): (() => void) | undefined;
  adoptedCss(): string;
}

/** What the WebAssembly is given to reach the page. */
interface Page {
  open(): Window | null;
  emit(name: string, detail: any): void | Promise<void>;
  crashed(): void;
  redirectUri: string | null;
  /** The options are attributes: the unknown among them belong to others (`class`, `data-cfasync`, …). */
  attributes?: boolean;
  /** For a messenger to keep: gives its callback a token, while it is called where one is in hand. Added by the guard. */
  provide?: (reply: Answer) => void;
  /** For a messenger to keep: a command of this name, as Genesys calls it. Added by the guard. */
  command?: (name: string) => (call: any) => void;
}

/** wasm-bindgen's no-modules function, with the exports beside it: there is one engine to a page. */
interface Glue extends Engine {
  (response: Response): Promise<unknown>;
  start(options: any, page: Page): Engine;
}

/** The rest of the widget: how its glue is fetched, the addresses of its files, and one beside which authWindow.html is. */
type Assets = [importGlue: () => Promise<unknown>, glue: string, wasm: string, base: string];

type Answer = (token: string | null) => void;

/** An early call: who asked, and until when (ms since 1970). */
type EarlyCall = [Answer, number];

/** What the inline snippet leaves at `window.MessengerAuth` and, as `q`, on its function at the callback path. */
interface Stub {
  q: EarlyCall[];
  o: object;
}

/** `window.MessengerAuth`. */
interface Api {
  version: string;
  /** By this the snippet knows us, as it knows another snippet. */
  q: unknown;
  client: Client | null;
  init(options: any, attributes?: boolean): Client;
  MessengerAuthError: Function;
}

/** The public client; its exact types are those of messenger-auth.d.ts. */
interface Client {
  ready: Promise<void>;
  signIn(options?: { transport?: string }): Promise<object>;
  signOut(options?: object): Promise<void>;
  getToken(options?: { timeoutMs?: number; interaction?: string }): Promise<string>;
  getAuthorization(options?: { timeoutMs?: number; interaction?: string }): Promise<object>;
  getAuthenticationToken(callback: Answer): void;
  getSession(): object | null;
  on(event: string, listener: (detail: any) => void): () => void;
  diagnose(): Promise<object>;
}

/** A client, with what only the element may use. */
type Widget = [
  client: Client,
  load: () => void,
  /** Resolves when there is an engine; never rejects. */
  started: Promise<Engine>,
  /** The words "Sign in". */
  text: string,
];
