// A file to the server, as a form: other fields go before it.

import { Problem, session } from "./api.js";
import { language, t } from "./i18n.js";

export async function upload(path, file, fields = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file, file.name);
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST", body: form, credentials: "same-origin",
      headers: { Accept: "application/json", "Accept-Language": language === "en" ? "en" : "zh-CN", "X-CSRF-Token": session.csrf },
    });
  } catch {
    throw new Problem(0, { message_zh: t("error.network"), message_en: t("error.network") });
  }
  const read = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(answer.status, read);
  return read;
}
