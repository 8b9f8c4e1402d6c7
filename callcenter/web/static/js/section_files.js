// Attachments of an order: what is there, who sent it, one more.

import { call, holds } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { named, t } from "./i18n.js";
import { upload } from "./upload.js";

const KINDS = ["evidence", "record", "plan", "form", "citizen"];
const TYPES = ".jpg,.jpeg,.png,.webp,.heic,.pdf,.docx,.xlsx,.txt,.mp3,.wav,.mp4";
const SHOWABLE = ["image/jpeg", "image/png", "image/webp"];
const PUBLISHERS = ["dispatcher", "supervisor", "reviewer", "unit_operator", "unit_head"];
const SCANS = { waiting: "warn", infected: "bad" };
const size = (bytes) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`);

export async function filesSection(order, done) {
  const files = (await call("GET", `/api/orders/${order.id}/files`)).items;
  const said = h("div", { class: "alert", role: "alert", hidden: true });
  const kind = h("select", { "aria-label": t("files.kind"), data: { focus: "file-kind" } }, KINDS.map((code) => h("option", { value: code }, named("file", code))));
  const chosen = h("input", { type: "file", accept: TYPES, "aria-label": t("files.choose"), data: { focus: "file" } });
  const send = h("button", { class: "btn", type: "button", data: { focus: "file-send" } }, t("files.send"));
  send.addEventListener("click", async () => {
    if (chosen.files.length === 0) return;
    send.disabled = true;
    try {
      await upload(`/api/orders/${order.id}/files`, chosen.files[0], { kind: kind.value });
      said.hidden = true;
      done();
    } catch (problem) {
      fill(said, problem.message).hidden = false;
    }
    send.disabled = false;
  });
  return h("div", { class: "section" }, h("h3", {}, t("files.title"), h("span", { class: "num" }, String(files.length))),
    h("ul", { class: "lines files" }, files.map((file) => h("li", { class: "line" },
      h("span", { class: "top" }, h("a", { class: "title", href: `/api/files/${file.id}`, download: file.name }, file.name), h("span", { class: "tag" }, named("file", file.kind)), SCANS[file.scan] && h("span", { class: `tag ${SCANS[file.scan]}` }, named("scan", file.scan)), file.published_at && h("span", { class: "tag accent" }, t("files.public")), publishing(file, order, said, done)),
      h("span", { class: "sub" }, h("span", { class: "num" }, size(file.bytes)), h("span", { class: "cut" }, file.uploader || t("files.machine")), h("span", { class: "spring" }), h("span", { class: "num" }, moment(file.at)))))),
    h("div", { class: "row" }, kind, chosen, send), said);
}

// Whether everybody may see a picture with its order (Open311), without what the camera wrote into it.
function publishing(file, order, said, done) {
  const guarded = order.confidential || order.request_type === "report";
  if (!holds(...PUBLISHERS) || !SHOWABLE.includes(file.media_type) || (guarded && !file.published_at)) return null;
  const press = async (event) => {
    event.target.disabled = true;
    try {
      await call("POST", `/api/files/${file.id}/publish`, { public: !file.published_at });
      done();
    } catch (problem) {
      fill(said, problem.message).hidden = false;
      event.target.disabled = false;
    }
  };
  return h("button", { class: "btn quiet", type: "button", on: { click: press } }, t(file.published_at ? "files.withdraw" : "files.publish"));
}
