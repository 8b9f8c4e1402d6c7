// HTTP to the server: one place for the CSRF token, problem+json and lost sessions.

import { language, t } from "./i18n.js";

export const session = { me: null, csrf: null };
export const events = new EventTarget();

export class Problem extends Error {
  constructor(status, body) {
    super((language === "en" ? body.message_en : body.message_zh) ?? body.detail ?? t("error.unknown"));
    this.status = status;
    this.code = body.code ?? "unknown";
    this.fields = (body.errors ?? []).map((wrong) => ({
      field: String(wrong.field ?? "").split(".")[0],
      reason: language === "en" ? wrong.reason_en : wrong.reason_zh,
    }));
  }
}

export async function call(method, path, body = undefined, headers = {}) {
  const sent = { Accept: "application/json", "Accept-Language": language === "en" ? "en" : "zh-CN", ...headers };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (session.csrf && method !== "GET") sent["X-CSRF-Token"] = session.csrf;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new Problem(0, { code: "network", message_zh: t("error.network"), message_en: t("error.network") });
  }
  if (answer.status === 204) return null;
  const read = await answer.json().catch(() => ({}));
  if (answer.ok) return read;
  const problem = new Problem(answer.status, read);
  if (answer.status === 401 && session.me) events.dispatchEvent(new Event("logged-out"));
  throw problem;
}

export async function whoAmI() {
  try {
    take(await call("GET", "/api/session"));
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    forget();
  }
  return session.me;
}

export async function logIn(username, password) {
  take(await call("POST", "/api/session", { username, password }));
}

export async function logOut() {
  try {
    await call("DELETE", "/api/session");
  } finally {
    forget();
  }
}

export function forget() {
  session.me = null;
  session.csrf = null;
}

export function holds(...roles) {
  const held = session.me?.roles ?? [];
  return held.includes("admin") || roles.some((role) => held.includes(role));
}

function take(answer) {
  session.me = answer.me;
  session.csrf = answer.csrf;
}
