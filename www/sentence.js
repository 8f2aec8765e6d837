// What a page of ours says to the person who still sees it, in the person's language where the page has it.

export const show = () => {
  const sentence =
    /** @type {HTMLElement | null} */ (document.querySelector(`p[lang="${navigator.language.slice(0, 2)}"]`)) ||
    /** @type {HTMLElement} */ (document.querySelector("p"));
  sentence.hidden = false;
  document.documentElement.lang = sentence.lang;
  document.title = sentence.innerText;
};
