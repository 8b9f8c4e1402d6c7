// Words of the page: a zh-CN and an English catalogue under i18n/.

const KEY = "hotline.language";
let words = {};
export let language = localStorage.getItem(KEY) === "en" ? "en" : "zh";

export async function loadWords() {
  const answer = await fetch(`i18n/${language}.json`);
  words = await answer.json();
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = t("app.title");
}

export async function switchLanguage() {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem(KEY, language);
  await loadWords();
}

// `t("desk.waited", {seconds: 3})`; a key that is missing shows itself, so that it is found.
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The name of a coded word (`stage.closed`); an unknown code shows as it is.
export function named(family, code) {
  return words[`${family}.${code}`] ?? code;
}
