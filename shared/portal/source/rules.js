// What a rule-set document asks for, and which documents are in force when.
import { useApi } from "./api.js";
import { today } from "./formats.js";

/** Every criterion of a document, the root first. */
export function criteria(root) {
  const below = [...(root.criteria ?? []), ...(root.criterion ? [root.criterion] : [])];
  return [root, ...below.flatMap(criteria)];
}

/** The least spend a document asks for; null if it asks for none. */
export function threshold(document) {
  const asked = criteria(document.criteria).filter((each) => each.type === "annual-spend-at-least").map((each) => each.amount);
  return asked.length ? asked.reduce((one, other) => (Number(other) < Number(one) ? other : one)) : null;
}

/** The titles of criteria by their id. */
export const titles = (document) => Object.fromEntries(criteria(document.criteria).map((each) => [each.id, each.title]));

/** Of a list of rule sets: the one in force, and the next to be. */
export function turns(items, on = today()) {
  const active = items.filter((each) => each.state === "active");
  const later = active.filter((each) => each.effectiveFrom > on).sort((one, other) => (one.effectiveFrom < other.effectiveFrom ? -1 : 1));
  return { now: items.find((each) => each.inForce) ?? null, next: later[0] ?? null };
}

/** The rule set that is `now` in force, or the `next`, with its document; null until it is there, or if there is none. */
export function useRules(which) {
  const { data } = useApi("rule-sets?limit=100");
  const found = data && turns(data.items)[which];
  return useApi(found && `rule-sets/${found.version}`).data;
}
