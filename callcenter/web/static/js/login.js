import { logIn } from "./api.js";
import { h } from "./dom.js";
import { switchLanguage, t } from "./i18n.js";

export function loginPage(done, redraw, why = "") {
  const alert = h("div", { class: "alert", role: "alert", hidden: !why }, why);
  const username = h("input", { id: "username", name: "username", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" });
  const password = h("input", { id: "password", name: "password", type: "password", autocomplete: "current-password", required: true });
  const button = h("button", { class: "btn primary", type: "submit" }, t("login.submit"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await logIn(username.value.trim().toLowerCase(), password.value);
      done();
    } catch (problem) {
      alert.hidden = false;
      alert.textContent = problem.message;
      password.select();
    } finally {
      button.disabled = false;
    }
  };
  const form = h("form", { on: { submit }, "aria-label": t("login.title") },
    h("h1", { class: "brand" }, h("img", { src: "icon.svg", alt: "" }), t("app.name")),
    h("p", { class: "lead" }, t("login.lead")),
    alert,
    h("div", { class: "field" }, h("label", { for: "username" }, t("login.username")), username),
    h("div", { class: "field spaced" }, h("label", { for: "password" }, t("login.password")), password),
    h("div", { class: "spaced" }, button),
    h("div", { class: "foot" }, h("button", { class: "btn quiet", type: "button", on: { click: async () => { await switchLanguage(); redraw(); } } }, t("app.other_language"))),
  );
  queueMicrotask(() => username.focus());
  return h("main", { class: "login" }, form);
}
