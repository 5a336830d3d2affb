// Who changed rules, approved, granted, closed, imported or erased: when, why, and whether the name is verified.
import { CopyLink, counted, Csv, Customer, Empty, Heading, html, link, moment, Pages, Panel, Table, Tag, useApi } from "../portal.js";
import { fault } from "../rules/messages.js";
import { Version } from "../rules/versions.js";

const WORDS = { drafted: "Stored a draft", activated: "Put in force", retired: "Took out of force", approved: "Approved", granted: "Granted an exception", revoked: "Revoked an exception", redriven: "Put back", resubmitted: "Corrected", closed: "Closed", imported: "Imported", erased: "Erased" };

export default function Log({ query }) {
  const found = useApi(`log?limit=25${query.after ? `&before=${query.after}` : ""}`);
  return html`<${Heading} title="Change log"><p>What people did that is not an event, newest first. Entries stay for 400 days.</p><//>
    <div class="bar-of"><span></span><div class="actions"><${Csv} path="log" name="log" /><${CopyLink} /></div></div>
    <${Panel} title="Changes" from=${found} rows=${8}>${({ items, next }) => (items.length || query.after ? html`<${Table} label="Changes" rows=${items} columns=${COLUMNS} /><${Pages} next=${next} />`
      : html`<${Empty} kind="none-yet" title="Nothing was done yet">Drafts, activations, approvals, exceptions, closings, imports and erasures are entered here.<//>`)}<//>`;
}

const COLUMNS = [
  { name: "When", tight: true, of: (row) => moment(row.at) },
  { name: "Who", tight: true, of: (row) => html`${row.by ?? html`<span class="quiet">nobody named</span>`}${row.by && html` <${Tag} kind=${row.verified ? "good" : "none"}>${row.verified ? "verified" : "said"}<//>`}` },
  { name: "What", of: (row) => html`${WORDS[row.action] ?? row.action}${!row.done && html` <${Tag} kind="unsure">not known whether it took effect<//>`}` },
  { name: "To what", wide: true, of: (row) => html`<${Subject} of=${row} />` },
  { name: "Why", wide: true, of: (row) => row.why },
];

function Subject({ of: { kind, subject, count, detail } }) {
  if (kind === "rule-set") return html`<${Version} number=${subject} />${detail && ` · ${detail}`}`;
  if (kind === "customer") return html`<${Customer} id=${subject} />${detail && ` · ${detail}`}`;
  if (kind === "fault") return html`${counted(count, "message")}: ${fault(subject)}`;
  if (kind === "message") return subject.includes(" ") ? counted(count, "message") : html`<a class="who" href=${link(`/quarantine/${subject}`)}>Message ${subject.slice(0, 8)}…</a>`;
  return html`${subject}${detail && ` · ${detail}`}${count > 0 && ` · ${counted(count, "row")}`}`;
}
