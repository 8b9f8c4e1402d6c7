// A new warning of this organisation, told at once on whatever page is open (XY-33); it says nothing of the citizen.

import { holds } from "./api.js";
import { announce, h } from "./dom.js";
import { t } from "./i18n.js";

const TOLD = ["unit_head", "unit_operator"];
const SHOWN_FOR = 20_000;

export function tellWarning(order) {
  if (!holds(...TOLD)) return;
  const gone = () => told.remove();
  const told = h("div", { class: "warned", role: "alert" }, h("strong", {}, t("warned.new")), " ",
    h("a", { href: `#/order/${order}`, on: { click: gone } }, t("warned.open")), " ",
    h("button", { class: "btn quiet", type: "button", "aria-label": t("warned.close"), on: { click: gone } }, "×"));
  document.querySelector(".warned")?.remove();
  document.body.append(told);
  announce(t("warned.new"));
  setTimeout(gone, SHOWN_FOR);
}
