// For those who set up Genesys Embeddable Framework: what to paste, and what to register. Not needed in the page.

/**
 * The lines for the end of `framework.js`: they give the agent's token to one page, and to nobody else.
 * @param {string} pageOrigin such as `https://desk.example.com`: where the page is that shows the framework's frame
 */
export const frameworkBridge = (pageOrigin) => {
  const { origin, protocol, hostname } = new URL(pageOrigin);
  if (origin !== pageOrigin || !(protocol === "https:" || hostname === "localhost" || hostname === "127.0.0.1"))
    throw new TypeError(`${pageOrigin} is no origin; write it as https://desk.example.com`);
  return `// Messenger Auth: gives the agent's token to ${origin}, and to nobody else.
(function (page) {
  window.addEventListener("message", function (event) {
    if (event.origin !== page || event.source !== window.parent) return;
    if (!event.data || event.data.messengerAuth !== "agent-token") return;
    window.PureCloud.User.getAuthToken(function (token) {
      window.parent.postMessage({ messengerAuth: "agent-token", token: token }, page);
    });
  });
})(${JSON.stringify(origin)});
`;
};

/**
 * The redirect URIs to register at the OAuth client in Genesys Cloud.
 * @param {object} options
 * @param {string} options.domain the region's domain, such as `mypurecloud.de`
 * @param {boolean} [options.dedicatedLoginWindow] as in `framework.js`
 * @param {string} [options.redirectUri] of `authWindow.html` on the page's site, where the page signs in by itself
 */
export const redirectUris = ({ domain, dedicatedLoginWindow = false, redirectUri }) => [
  `https://apps.${domain}/crm/index.html`,
  ...(dedicatedLoginWindow ? [`https://apps.${domain}/crm/authWindow.html`] : []),
  ...(redirectUri ? [redirectUri] : []),
];
