// Who is signed in, and what is therefore shown; the routes decide what is allowed.
import { signal } from "../vendor/vendor.js";
import { access, ask } from "./api.js";

/** The answer of GET me; null until it is there. */
export const me = signal(null);
/** The problem that GET me answered. */
export const unknown = signal(null);

export async function meet() {
  try {
    me.value = await (await ask("me")).json();
  } catch (problem) {
    unknown.value = problem;
  }
}

/** Whether the caller has one of the roles; until that is known: no. */
export const has = (...roles) => roles.some((role) => me.value?.roles.includes(role));

/** Whether what takes one of these roles is offered: with keys, which name nobody, the portal only reads. */
export const may = (...roles) => access !== "keys" && has(...roles);
