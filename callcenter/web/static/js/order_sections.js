// What the rooms show on an order's page, in this order. A section is `async (order, done) => element or null`; `done`
// reads the order again.

import { fill, h } from "./dom.js";
import { callbackSection } from "./section_callback.js";
import { clocksSection } from "./section_clocks.js";
import { oversightSection } from "./section_oversight.js";
import { fieldworkSection } from "./section_fieldwork.js";
import { filesSection } from "./section_files.js";
import { handlingSection } from "./section_handling.js";
import { matterSection } from "./section_matter.js";
import { privacySection } from "./section_privacy.js";
import { dispatchSection } from "./section_dispatch.js";
import { returnSection } from "./section_return.js";

const SECTIONS = [
  dispatchSection,
  returnSection,
  privacySection,
  handlingSection,
  callbackSection,
  filesSection,
  clocksSection,
  matterSection,
  fieldworkSection,
  oversightSection,
];

// A place for each, filled as its answer comes; one that fails says so in its own place.
export function sections(order, done) {
  return SECTIONS.map((section) => {
    const place = h("div", { class: "order-section" });
    section(order, done).then(
      (element) => element && fill(place, element),
      (problem) => fill(place, h("div", { class: "alert", role: "alert" }, problem.message)));
    return place;
  });
}
