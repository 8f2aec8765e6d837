// The placeholder's words, which are needed before the engine is here with all the others.

/** @param {unknown} locale the option */
export const signInText = (locale) =>
  /** @type {string} */ (
    [locale, document.documentElement.lang, navigator.language, "en"]
      .map((wish) => __TEXT__[`${/^..(?![a-z])/.exec(`${wish}`.toLowerCase())}`])
      .find(Boolean)
  );
