// A document as sentences, as the app reads it: terms in pairs, criteria as a tree.
import { html } from "../portal.js";

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
  const terms = all.filter((each) => !each.criterion);
  const before = terms.filter((each) => !/benefits|selfGuided/.test(each.path));
  const after = terms.filter((each) => /benefits|selfGuided/.test(each.path));
  return html`<dl class="pairs terms">${before.map((each) => html`<${Term} of=${each} fields=${fields} />`)}</dl>
    <h3 class="apart">Who is eligible</h3>
    <ul class="criteria">${all.filter((each) => each.criterion).map((each) => html`<${Branch} of=${each} fields=${fields} />`)}</ul>
    <h3 class="apart">What follows</h3>
    <dl class="pairs terms">${after.map((each) => html`<${Term} of=${each} fields=${fields} />`)}</dl>`;
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

/** old -> new, with the new part standing out. */
function marked(line) {
  const [before, after] = line.split(" -> ");
  if (after === undefined) return html`<span class=${/ removed/.test(line) ? "gone" : / added/.test(line) ? "added" : ""}>${line}</span>`;
  return html`${before} <span aria-label="becomes">→</span> <strong>${after}</strong>`;
}
