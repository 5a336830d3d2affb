// One recorded decision: what was decided, by what, and what differs from the one before.
import { CopyLink, day, Empty, Heading, html, link, list, moment, Panel, Print, State, Table, useApi } from "../portal.js";
import { Why } from "../customer/why.js";
import { cause, decided } from "../customer/words.js";

export default function Decision({ id, number }) {
  const place = `customers/${encodeURIComponent(id)}/history/${encodeURIComponent(number)}`;
  const before = Number(number) - 1;
  const found = useApi(before > 0 ? `${place}?against=${before}` : place);
  const first = found.problem?.status === 404 && before > 0 ? place : null;
  const alone = useApi(first);
  const known = useApi(`customers/${encodeURIComponent(id)}`).data?.description;
  const from = first ? alone : found;
  if (alone.problem?.status === 404 || (found.problem?.status === 404 && !first)) return html`<${Heading} title=${`Decision ${number}`} /><${Empty} kind="no-match" title="This decision is not known">${(alone.problem ?? found.problem).message}. <a href=${link(`/customers/${id}`)}>To the customer</a><//>`;
  const data = from.data;
  return html`<${Heading} title=${`Decision ${number}`} name=${`Decision ${number} of ${id}`} beside=${data && html`<${State} name=${decided(data)} large />`}>
      <p><a href=${link(`/customers/${id}`)}>${known?.name ? `${known.name} (${id})` : id}</a>${data && ` · recorded ${moment(data.decidedAt)}`}</p><//>
    <div class="bar-of no-print"><div class="actions">${before > 0 && html`<a class="button" href=${link(`/customers/${id}/history/${before}`)}>Decision ${before}</a>`}<a class="button" href=${link(`/customers/${id}/history/${Number(number) + 1}`)}>Decision ${Number(number) + 1}</a></div>
      <div class="actions"><${CopyLink} /><${Print} /></div></div>
    <div class="cards">
      <${Panel} title="What was decided" from=${from}>${(of) => html`<dl class="pairs">
        <dt>As of</dt><dd>${day(of.decidedOn)}</dd><dt>Because of</dt><dd>${cause(of.cause) || "not said"}</dd>
        <dt>By</dt><dd><a href=${link(`/rules/${of.ruleSetVersion}`)}>Rule set ${of.ruleSetVersion}</a></dd>
        <dt>Eligible projects</dt><dd>${list(of.eligibleProjects) || "none"}</dd>
        <dt>Known then</dt><dd>${of.losesOn ? `to be lost on ${day(of.losesOn)}` : of.gainsOn ? `to be gained on ${day(of.gainsOn)}` : "no change ahead"}</dd></dl>`}<//>
      <${Panel} title=${before > 0 && !first ? `What differs from decision ${before}` : "What differs"} from=${from}>${(of) => html`<${Differences} lines=${of.difference} />`}<//>
      <${Panel} title="Why" wide from=${from}>${(of) => html`<${Why} decision=${of} />`}<//>
      <${Panel} title="Facts it used" wide from=${from}>${(of) => html`<${Used} facts=${of.facts} />`}<//>
    </div>`;
}

function Differences({ lines }) {
  if (!lines) return html`<${Empty} kind="none-yet" title="There is none before it" />`;
  if (!lines.length) return html`<${Empty} kind="all-good" title="Nothing that is kept differs" />`;
  return html`<ul class="rows">${lines.map((line) => html`<li class=${/ added\b/.test(line) ? "added" : / removed\b/.test(line) ? "gone" : undefined}>${line.split(" -> ").map((part, number) => html`${number > 0 && html`<span class="quiet"> to </span>`}${written(part)}`)}</li>`)}</ul>`;
}

/** Days within a sentence of the API, written as elsewhere. */
const written = (text) => text.replace(/\b\d{4}-\d\d-\d\d\b/g, day);

const LISTS = ["licences", "projects", "attachments", "exceptions", "competencies", "designations", "deployments", "trainings"];

function Used({ facts }) {
  if (!facts) return html`<p>The facts were more than are kept.</p>`;
  const owners = [["the customer", facts.customer], ...facts.partners.map((each) => [each.partnerId, each])];
  const rows = owners.flatMap(([whose, of]) => LISTS.flatMap((name) => (of[name] ?? []).map((fact) => ({ whose, name, text: Object.entries(fact).filter(([, value]) => value !== null).map(([member, value]) => `${member} ${written(String(value))}`).join(", ") }))));
  return html`<${Table} label="Facts it used" rows=${rows} columns=${[{ name: "Of", of: (row) => row.whose }, { name: "Kind", of: (row) => row.name }, { name: "What it says", wide: true, of: (row) => row.text }]} />`;
}
