// Unsent order forms, kept in this browser per user and call until they are sent or the user logs out.

import { session } from "./api.js";

const PREFIX = "hotline.draft.";
const KEEP = 24 * 3_600_000;

const name = (call) => `${PREFIX}${session.me.user_id}.${call ?? "none"}`;

export function readDraft(call) {
  try {
    const kept = JSON.parse(localStorage.getItem(name(call)));
    return kept && Date.now() - kept.at < KEEP ? kept : null;
  } catch {
    return null;
  }
}

// `key` makes sending the same form twice harmless: it stays with the draft.
export function keepDraft(call, fields, key) {
  localStorage.setItem(name(call), JSON.stringify({ at: Date.now(), fields, key }));
}

export function dropDraft(call) {
  localStorage.removeItem(name(call));
}

export function dropDrafts() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}
