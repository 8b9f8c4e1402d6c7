// A file that the server makes of what the body asks for; the browser keeps it under its name.

import { Problem, session } from "./api.js";
import { h } from "./dom.js";
import { language } from "./i18n.js";

const KEPT_MS = 60_000;

export async function download(path, asked, name) {
  const answer = await fetch(path, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(asked),
    headers: { "Content-Type": "application/json", "Accept-Language": language === "en" ? "en" : "zh-CN", "X-CSRF-Token": session.csrf },
  });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  const address = URL.createObjectURL(await answer.blob());
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
