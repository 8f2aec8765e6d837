/** The frame of Genesys's Embeddable Framework. */

import { frameworkBridge } from '../../../pkg/genesys.mjs';

/** Genesys's own page, with the site's `framework.js` in it. `agent`, there, is the token of the agent, if one is signed in. */
export async function framework(context, { site, domain, bridge = frameworkBridge(site.origin), agent = 'token-of-the-agent' }) {
  await context.route(`https://apps.${domain}/crm/index.html`, (route) => route.fulfill({
    contentType: 'text/html',
    body: `<!doctype html><title>Genesys Cloud</title><script>
      globalThis.asked = 0;
      globalThis.agent = ${JSON.stringify(agent)};
      globalThis.PureCloud = { User: { getAuthToken(answer) { globalThis.asked += 1; if (agent) answer(agent); } } };
      window.Framework = { config: { name: 'desk', clientIds: { '${domain}': 'desk' } }, initialSetup() {}, screenPop() {} };
      ${bridge}
    </script>`,
  }));
}
