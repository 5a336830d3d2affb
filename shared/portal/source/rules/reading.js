// A document as sentences, as the app reads it: terms in pairs, criteria as a tree.
import { amount, day, html, Icon } from "../portal.js";

const NAMES = { effectiveFrom: "From", currency: "Currency", exchangeRates: "Exchange rates", warnDaysBefore: "Warnings", applications: "Applications", benefits: "Benefits", selfGuidedResources: "Resources" };

/** Flat sentences with levels, as the branches below each. */
export function branches(sentences) {
  const root = { below: [] };
  const open = [root];
  for (const each of sentences) {
    const made = { ...each, below: [] };
    open.length = each.level + 1;
    open.at(-1).below.push(made);
    open.push(made);
  }
  return root.below;
}

/** `fields(sentence)` gives what stands beside a sentence, where there is something to change. */
export function Reading({ sentences, fields = () => null }) {
  const all = branches(sentences);
  const terms = (...names) => html`<dl class="pairs terms">${all.filter((each) => names.includes(each.path.slice(2))).map((each) => html`<${Term} key=${each.path} of=${each} fields=${fields} />`)}</dl>`;
  return html`${terms("effectiveFrom")}
    <h3 class="apart">Who is eligible</h3>
    <ul class="criteria">${all.filter((each) => each.criterion).map((each) => html`<${Branch} key=${each.path} of=${each} fields=${fields} />`)}</ul>
    <h3 class="apart">By what terms</h3>
    ${terms("warnDaysBefore", "currency", "exchangeRates", "applications")}
    <h3 class="apart">What follows</h3>
    ${terms("benefits", "selfGuidedResources")}`;
}

function Term({ of, fields }) {
  const field = fields(of);
  return html`<dt>${NAMES[of.path.slice(2)] ?? of.path}</dt><dd>${field ?? html`${of.text}${of.below.length > 0 && html`<ul class="columns">${of.below.map((each) => html`<li>${each.text.replace(/\.$/, "")}</li>`)}</ul>`}`}</dd>`;
}

function Branch({ of, fields }) {
  const field = fields(of);
  return html`<li><p><strong>${of.title}</strong> <span class="quiet">${of.text}</span></p>${field}
    ${of.below.length > 0 && html`<ul>${of.below.map((each) => html`<${Branch} of=${each} fields=${fields} />`)}</ul>`}</li>`;
}

/** The difference between two versions, in words. */
export const Difference = ({ lines }) => (lines === null ? html`<p class="quiet">One of the two cannot be read by this version of the app.</p>`
  : lines.length ? html`<ul class="rows difference">${lines.map((each) => html`<li>${marked(each)}</li>`)}</ul>` : html`<p class="quiet">Nothing: they decide alike.</p>`);

/** Dates and amounts as they are written everywhere. */
export const readable = (line) => line.replace(/\b\d{4}-\d\d-\d\d\b/g, day).replace(/(?<![\w.-])\d{5,}(\.\d+)?(?![\w-])/g, (found) => amount(found));

/** old -> new, with the new part standing out. */
function marked(said) {
  const line = readable(said);
  const [before, after] = line.split(" -> ");
  if (after === undefined) return html`<span class=${/ removed/.test(line) ? "gone" : / added/.test(line) ? "added" : ""}>${line}</span>`;
  return html`${before} <span class="becomes"><${Icon} name="next" /><span class="unseen">becomes</span></span> <strong>${after}</strong>`;
}
