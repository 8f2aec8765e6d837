/** The demo's switches: kept for this tab, laid over the options that the page gives the snippet. */

(() => {
  const key = 'demo:choices';
  const kept = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  };

  /** The page's options with the visitor's choices laid over them. */
  const choices = (options) => {
    const { flow = 'code', transport = 'popup', locale = '' } = kept();
    return {
      ...options,
      ...(flow !== 'code' && { flow: 'implicit', responseType: flow, clientId: 'implicit' }),
      ...(transport !== 'popup' && { transport }),
      ...(locale && { locale }),
    };
  };
  choices.kept = kept;
  choices.keep = (chosen) => sessionStorage.setItem(key, JSON.stringify(chosen));
  globalThis.choices = choices;
})();
