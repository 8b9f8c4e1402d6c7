// What to say to a caller who hears badly, speaks a dialect, is spoken for, or is upset, while the order is written down
// (SG-28, SG-29): the words come when a box is ticked, and end with what is read back.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { language, t } from "./i18n.js";

const NEEDS = ["hard_of_hearing", "dialect", "proxy"];
const NOT_ON_CALL = ["opening", "empathy"];

// `form` must be drawn; the hint follows what is chosen in it.
export function careHint(form) {
  const place = h("div", { "aria-live": "polite" });
  const show = async () => {
    const emotion = form.elements.emotion?.value || "calm";
    const needs = NEEDS.filter((need) => form.elements[`caller_needs:${need}`]?.checked);
    if (emotion === "calm" && needs.length === 0) return fill(place);
    const query = new URLSearchParams({ emotion, ...Object.fromEntries(needs.map((need) => [need, "true"])) });
    const { items } = await call("GET", `/api/care-phrases?${query}`);
    const said = items.filter((one) => !NOT_ON_CALL.includes(one.code));
    return fill(place, h("div", { class: "carebox" }, h("strong", {}, t("care.say")), said.map((one) => h("p", {}, language === "en" ? one.en : one.zh))));
  };
  const told = () => show().catch(() => fill(place));
  form.addEventListener("change", (event) => { if (event.target.name === "emotion" || event.target.name.startsWith("caller_needs:")) told(); });
  told();
  return place;
}
