// Where a call was handed over from: the platform, its case, and the citizen's call to us before.

import { call } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { language, t } from "./i18n.js";

export class LinkArrival {
  constructor() {
    this.el = h("div");
    this.asked = "";
  }

  // The case may come after its call: it is looked up again when the call goes on.
  show(callId, stage) {
    const asked = `${callId} ${stage}`;
    if (asked !== this.asked) {
      if (!this.asked.startsWith(callId)) fill(this.el);
      this.asked = asked;
      this.load(callId, asked);
    }
    return this.el;
  }

  async load(callId, asked) {
    const found = await call("GET", `/api/calls/${callId}/link`).catch(() => null);
    if (asked !== this.asked) return;
    fill(this.el, found && this.drawn(found));
  }

  drawn(found) {
    const fact = (key, value) => value && [h("dt", {}, t(key)), h("dd", {}, value)];
    return h("div", { class: "note", role: "status" },
      h("strong", {}, t("link.from", { link: `${found.link} ${found.title?.[language] ?? ""}`.trim() })),
      h("dl", { class: "facts" },
        fact("link.case", found.case?.external),
        fact("link.summary", found.case?.summary),
        fact("link.earlier", found.earlier_call_at && moment(found.earlier_call_at))));
  }
}
