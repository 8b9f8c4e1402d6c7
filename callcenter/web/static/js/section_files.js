// Attachments of an order: what is there, who sent it, one more.

import { call, Problem, session } from "./api.js";
import { fill, h } from "./dom.js";
import { moment } from "./format.js";
import { language, named, t } from "./i18n.js";

const KINDS = ["evidence", "record", "plan", "form", "citizen"];
const TYPES = ".jpg,.jpeg,.png,.webp,.heic,.pdf,.docx,.xlsx,.txt,.mp3,.wav,.mp4";
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
      await upload(order.id, kind.value, chosen.files[0]);
      said.hidden = true;
      done();
    } catch (problem) {
      fill(said, problem.message).hidden = false;
    }
    send.disabled = false;
  });
  return h("div", { class: "section" }, h("h3", {}, t("files.title"), h("span", { class: "num" }, String(files.length))),
    h("ul", { class: "lines files" }, files.map((file) => h("li", { class: "line" },
      h("span", { class: "top" }, h("a", { class: "title", href: `/api/files/${file.id}`, download: file.name }, file.name), h("span", { class: "tag" }, named("file", file.kind))),
      h("span", { class: "sub" }, h("span", { class: "num" }, size(file.bytes)), h("span", { class: "cut" }, file.uploader || t("files.machine")), h("span", { class: "spring" }), h("span", { class: "num" }, moment(file.at)))))),
    h("div", { class: "row" }, kind, chosen, send), said);
}

async function upload(order, kind, file) {
  const form = new FormData();
  form.append("kind", kind);
  form.append("file", file);
  let answer;
  try {
    answer = await fetch(`/api/orders/${order}/files`, {
      method: "POST", body: form, credentials: "same-origin",
      headers: { "Accept-Language": language === "en" ? "en" : "zh-CN", "X-CSRF-Token": session.csrf },
    });
  } catch {
    throw new Problem(0, { message_zh: t("error.network"), message_en: t("error.network") });
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
}
