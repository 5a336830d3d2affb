// What is read of a quarantined message, on the list and on its own page.
import { html, Tag } from "../portal.js";

const STATES = { kept: ["Waits", "unsure"], redriven: ["Put back", "none"], resubmitted: ["Corrected", "good"], closed: ["Closed", "none"] };

export const Ending = ({ of }) => {
  const [word, kind] = STATES[of] ?? [of, "none"];
  return html`<${Tag} kind=${kind}>${word}<//>`;
};

/** The event in a message, as far as it can be read. */
export function event(message) {
  try {
    const found = JSON.parse(message.body);
    return found !== null && typeof found === "object" && !Array.isArray(found) ? found : {};
  } catch {
    return {};
  }
}

/** What a message is called: its event's id, or how it begins. */
export function called(message) {
  const { id } = event(message);
  if (typeof id === "string" && id) return id.slice(0, 60);
  const begins = (message.body ?? "bytes that are no text").slice(0, 40);
  return `“${begins}${(message.body?.length ?? 0) > 40 ? "…" : ""}”`;
}

/** A fault in words: spend.updated.v1: annualAmount. */
export function fault(name) {
  if (!name) return "Of no group yet";
  const [type, place] = name.startsWith("fasttrack.") ? name.split(": ") : ["", name];
  const where = { "$.data.*": "a member that is not known", "$.*": "a member that is not known", "$.type": "an event type that is not known" }[place] ?? place.replace(/^\$\.data\.|^\$\./, "");
  return type ? `${type.replace("fasttrack.", "")}: ${where}` : where.replace(/ line N column N \(char N\)/, "").replace(/ starting at:$/, "");
}
