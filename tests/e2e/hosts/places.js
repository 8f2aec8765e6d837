/**
 * Where a stand-in stands: around the pages of a browser context, at any address; or on a site of ours, for the demo too.
 *
 * A stand-in is a set of answers by path: each takes `{ method, url, headers, body }` and gives `{ status, headers, body }`.
 */

/** The parameters in a request's address. */
export const asked = ({ url }) => Object.fromEntries(new URL(url, 'http://localhost').searchParams);

/** Answers at `origin` to the pages of a context. */
export async function routed(context, origin, answers) {
  for (const [path, answer] of Object.entries(answers)) {
    await context.route((url) => url.origin === origin && url.pathname === path, async (route) => {
      const request = route.request();
      await route.fulfill(await answer({ method: request.method(), url: request.url(), headers: await request.allHeaders(), body: request.postData() ?? '' }));
    });
  }
}

/** Answers on a site. */
export function served(site, answers) {
  for (const [path, answer] of Object.entries(answers)) site.answer(path, answer);
}
