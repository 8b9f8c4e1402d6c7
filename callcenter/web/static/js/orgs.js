// The org tree that this user sees, read once per page.

import { call, events } from "./api.js";

let known = null;
events.addEventListener("left", () => { known = null; });

export async function orgs() {
  known ??= call("GET", "/api/orgs").then((answer) => answer.items);
  try {
    return await known;
  } catch {
    known = null;
    return [];
  }
}

export async function centres() {
  return (await orgs()).filter((org) => org.kind === "centre");
}
