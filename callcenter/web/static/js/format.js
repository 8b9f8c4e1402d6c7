// Times, lengths and numbers as people read them.

import { language, t } from "./i18n.js";

const ZONE = "Asia/Shanghai";

export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n) => String(n).padStart(2, "0");
  return (hours ? `${hours}:` : "") + `${two(minutes)}:${two(seconds % 60)}`;
}

export function moment(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  const day = { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" };
  const today = new Intl.DateTimeFormat("sv", day).format(new Date());
  const its = new Intl.DateTimeFormat("sv", day).format(at);
  const time = new Intl.DateTimeFormat("sv", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" }).format(at);
  if (its === today) return `${t("time.today")} ${time}`;
  return (its.slice(0, 4) === today.slice(0, 4) ? its.slice(5) : its) + ` ${time}`;
}

export function lasting(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.round(seconds);
  if (whole < 60) return t("time.seconds", { n: whole });
  return t("time.minutes", { m: Math.floor(whole / 60), s: whole % 60 });
}

// +8613800001111 -> 138 0000 1111; other numbers as they are.
export function phone(number) {
  const mobile = /^\+861(\d{2})(\d{4})(\d{4})$/.exec(number ?? "");
  if (mobile) return `1${mobile[1]} ${mobile[2]} ${mobile[3]}`;
  return (number ?? "").replace(/^\+86/, "0") || t("caller.withheld");
}

export function left(due, now) {
  const hours = (Date.parse(due) - now) / 3_600_000;
  const name = hours < 0 ? "time.late" : "time.left";
  const size = Math.abs(hours);
  const span = size >= 48 ? t("time.days", { n: Math.floor(size / 24) }) : t("time.hours", { n: size.toFixed(1) });
  return t(name, { span });
}

// The name of a language by its code, in the language of the page.
export const tongue = (code) => new Intl.DisplayNames([language === "en" ? "en" : "zh-CN"], { type: "language" }).of(code);

export const separator = () => (language === "en" ? ", " : "、");
