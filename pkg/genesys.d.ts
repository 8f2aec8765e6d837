/**
 * The lines for the end of `framework.js`: they give the agent's token to one page, and to nobody else.
 * Throws a `TypeError` for what is no origin.
 */
export function frameworkBridge(pageOrigin: string): string;

/** The redirect URIs to register at the OAuth client in Genesys Cloud. */
export function redirectUris(options: {
  /** The region's domain, such as `mypurecloud.de`. */
  domain: string;
  /** As in `framework.js`. */
  dedicatedLoginWindow?: boolean;
  /** Of `authWindow.html` on the page's site, where the page signs in by itself. */
  redirectUri?: string;
}): string[];
