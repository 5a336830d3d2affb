// What is said of versions of the rules, on the pages about them.
import { day, html, link, Symbol, Tag } from "../portal.js";

/** What a version is: in force, active for other days, a draft, retired. */
export function standing({ state, inForce, decidesFrom }) {
  if (inForce) return { word: "In force", kind: "good" };
  if (state === "draft") return { word: "Draft", kind: "brand" };
  if (state === "retired") return { word: "Retired", kind: "none" };
  return { word: decidesFrom ? "Active" : "Active, outranked", kind: "none" };
}

export const Standing = ({ of }) => {
  const { word, kind } = standing(of);
  return html`<${Tag} kind=${kind}>${word}<//>`;
};

/** The days on which a version decides, in words; of a draft those it asks for. */
export function decides({ decidesFrom, decidesUntil, state, effectiveFrom }) {
  if (decidesFrom) return `${day(decidesFrom)} – ${decidesUntil ? day(decidesUntil) : "no end known"}`;
  return state === "draft" ? `would begin on ${day(effectiveFrom)}` : "on no day";
}

/** Who did something, and whether the name is verified. */
export const By = ({ name, verified }) => html`${name || html`<span class="quiet">nobody named</span>`}${name && verified !== undefined && html` <span class="quiet said">${verified ? "verified" : "said"}</span>`}`;

/** A tick or a cross before a line. */
export const Mark = ({ good }) => html`<span class=${`verdict ${good ? "good" : "bad"}`}><${Symbol} name=${good ? "yes" : "no"} /></span>`;

export const Version = ({ number }) => html`<a class="who" href=${link(`/rules/${number}`)}>Version ${number}</a>`;
