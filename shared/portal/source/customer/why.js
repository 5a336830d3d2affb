// Why a customer has its status, and what would help or keep it.
import { day, Empty, html, Linked, Tag, Verdict, words } from "../portal.js";
import { actors } from "./words.js";

function Line({ line }) {
  return html`<li><${Verdict} of=${line.verdict} /><div><${Linked} text=${line.text} partners=${line.subject?.partners} />
    ${line.oneOf && html`<ul>${line.oneOf.map((way, number) => html`<li>${number > 0 && html`<p class="quiet">or</p>`}<ul class="reasons">${way.map((each) => html`<${Line} line=${each} />`)}</ul></li>`)}</ul>`}</div></li>`;
}

/** The summary, and below it the whole tree, folded. */
export const Why = ({ decision }) => html`
  ${decision.summary?.length > 1 ? html`<ul class="reasons">${decision.summary.slice(1).map((line) => html`<${Line} line=${line} />`)}</ul>` : html`<p>${decision.summary?.[0]?.text ?? "The reasons are being made anew; load the page again."}</p>`}
  ${decision.criteria && html`<details class="whole no-print"><summary>The whole tree</summary><ul class="tree"><${Node} node=${decision.criteria} /></ul></details>`}`;

const said = (value) => {
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([name, each]) => `${words(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)).toLowerCase()} ${/^\d{4}-\d\d-\d\d$/.test(each) ? day(each) : said(each)}`).join(", ");
};

const Node = ({ node }) => html`<li><${Verdict} of=${node.verdict} />${node.title}
  <span class="quiet">${node.subject && ` · ${Object.values(node.subject).join(", ")}`} · needed: ${said(node.required)} · found: ${said(node.actual)}</span>${node.notNeeded && html` <${Tag}>not needed<//>`}${node.omitted && html` <${Tag}>${node.omitted} more left out<//>`}
  ${node.children?.length > 0 && html`<ul>${node.children.map((each) => html`<${Node} node=${each} />`)}</ul>`}</li>`;

/** Ways, by who acts; each with the last day on which it is enough. */
export function Ways({ ways, missing }) {
  if (missing) return html`<p>It would take too much work to find out; ask what if instead.</p>`;
  if (!ways?.length) return html`<${Empty} kind="no-match" title="No way is known">Nothing within the limits of the programme would be enough.<//>`;
  const groups = new Map();
  for (const way of ways) groups.set(actors(way.by), [...(groups.get(actors(way.by)) ?? []), way]);
  return html`<div class="stack">${[...groups].map(([who, some]) => html`<div><h3>${who}</h3><ol class="ways">${some.map((way) => html`<${Way} way=${way} />`)}</ol></div>`)}</div>`;
}

const Way = ({ way }) => html`<li>${way.changes.map((each, number) => html`${number > 0 && html` <strong>and</strong> `}<${Linked} text=${each.text} partners=${named(each)} />`)}
  <span class="quiet"> · ${way.lastsUntil ? `lasts until ${day(way.lastsUntil)}` : "no end is known"}</span></li>`;

const named = (change) => [change.partnerId, ...(change.oneOf ?? []).flatMap((each) => (typeof each === "string" ? each : (each.partnerId ?? [])))].filter(Boolean);

/** What the customer may use, or what is open to everyone. */
export const Offers = ({ decision }) => html`<p>${decision.benefits ? "The customer may use:" : "Open to everyone, eligible or not:"}</p>
  <ul class="offers">${(decision.benefits ?? decision.selfGuidedResources ?? []).map((each) => html`<li>${each.url ? html`<a href=${each.url} target="_blank" rel="noreferrer">${each.title}</a>` : each.title}</li>`)}</ul>`;
