// The overview: how many, what changes, why not, and by which rules.
import { addDays, amount, change, count, counted, Customer, day, Empty, has, Heading, Histogram, html, Later, link, moment, Months, Panel, Population, Ranked, Tag, titles, today, turns, Uncounted, useApi, useState, threshold } from "../portal.js";
import { fault } from "../rules/messages.js";

const SOON = 90;

export default function Home() {
  const on = today();
  const days = useApi(`statistics?from=${addDays(on, -31)}&to=${on}`);
  const sets = useApi("rule-sets?limit=20");
  const turn = sets.data ? turns(sets.data.items) : {};
  const rules = useApi(turn.now && `rule-sets/${turn.now.version}`);
  const last = days.data?.items.at(-1);
  return html`<${Heading} title="Overview"><p>${last ? `${counted(last.customers, "customer")}, counted ${moment(last.countedAt)}` : "Who is eligible for FastTrack, what changes, and why"}</p><//>
    <${Counts} days=${days} />
    <div class="cards even">
      <${Panel} title="Losses by month" from=${days} more=${html`<a href=${link("/losses")}>By customer</a>`}>${({ items }) => html`<${Losses} last=${items.at(-1)} on=${on} />`}<//>
      <${Panel} title="What most often decides against" from=${days} more=${html`<a href=${link("/customers", { status: "ineligible" })}>Not eligible</a>`}>${({ items }) => html`<${Against} last=${items.at(-1)} names=${rules.data ? titles(rules.data.document) : {}} />`}<//>
      <${Later}>${() => html`<${Next} />`}<//>
      <div class="stack top-first">
        <${Panel} title="Rules" from=${sets} more=${html`<a href=${link("/rules")}>All rule sets</a>`}>${({ items }) => html`<${Rules} ...${turns(items)} drafts=${items.filter((each) => each.state === "draft")} />`}<//>
      </div>
      <${Panel} title="Customers by spend" wide from=${days}>${({ items }) => html`<${Spends} last=${items.at(-1)} needed=${rules.data ? threshold(rules.data.document) : null} />`}<//>
      <${Panel} title="Population over time" wide from=${days}>${({ items }) => (items.length > 1 ? html`<${Population} days=${items} />` : html`<${Empty} kind="none-yet" title="The first day has been counted">The line begins with the second day: everybody is counted once a day.<//>`)}<//>
      ${has("Operations.Manage") && html`<${Later}>${() => html`<${Quarantine} />`}<//>`}
    </div>`;
}

/** Four numbers, each with its change in 30 days, each opening its list. */
function Counts({ days }) {
  const items = days.data?.items ?? [];
  const last = items.at(-1);
  if (!last) return days.loading || days.problem ? html`<div class="tiles">${[1, 2, 3, 4].map(() => html`<div class="tile"><span class="quiet"> </span><strong> </strong></div>`)}</div>` : html`<div class="card"><${Uncounted} /></div>`;
  const before = items.find((each) => each.on <= addDays(last.on, -30)) ?? null;
  const soon = (each) => each?.lossesWithin90Days ?? null;
  const tiles = [
    ["Eligible", "good", last.counts.eligible, before?.counts.eligible, link("/customers", { status: "eligible" })],
    ["Not eligible", "bad", last.counts.ineligible, before?.counts.ineligible, link("/customers", { status: "ineligible" })],
    ["Cannot be decided", "unsure", last.counts.undecided, before?.counts.undecided, link("/customers", { status: "undecided" })],
    [`Lose it within ${SOON} days`, "next", soon(last), soon(before), link("/losses", { to: addDays(last.on, SOON) })],
  ];
  return html`<div class="tiles">${tiles.map(([name, kind, number, old, href]) => html`<a class=${`tile ${kind}`} href=${href}><span class="name">${name}</span><strong>${number === null ? "–" : count(number)}</strong>
    <span class="quiet">${old === undefined || old === null || number === null ? "no count of 30 days ago" : `${change(number - old)} in 30 days`}</span></a>`)}</div>`;
}

function Next() {
  const next = useApi("upcoming?limit=3");
  return html`<${Panel} title="Lost next" from=${next} more=${html`<a href=${link("/losses")}>All upcoming losses</a>`}>${({ items }) => html`<${Soon} items=${items} />`}<//>`;
}

const Soon = ({ items }) => (items.length ? html`<ul class="rows">${items.map((each) => html`<li><strong>${day(each.on)}</strong> <${Customer} id=${each.customerId} name=${each.name} /><span class="quiet clamp">${each.because}</span></li>`)}</ul>`
  : html`<${Empty} kind="all-good" title="Nobody loses it">No loss is known, as far as dates reach.<//>`);

function Losses({ last, on }) {
  if (!last) return null;
  const months = Array.from({ length: 12 }, (_, ahead) => new Date(Date.UTC(+on.slice(0, 4), +on.slice(5, 7) - 1 + ahead, 1)).toISOString().slice(0, 7));
  const rows = months.map((month) => ({ month, number: last.lossesByMonth[month] ?? 0, href: link("/losses", { from: `${month}-01` < on ? on : `${month}-01`, to: addDays(`${nextMonth(month)}-01`, -1) }) }));
  if (rows.every((each) => !each.number)) return html`<${Empty} kind="all-good" title="No losses in the next 12 months" />`;
  return html`<${Months} rows=${rows} what="loss" many="losses" height=${280} />`;
}

const nextMonth = (month) => new Date(Date.UTC(+month.slice(0, 4), +month.slice(5), 1)).toISOString().slice(0, 7);

function Against({ last, names }) {
  const rows = Object.entries(last?.byCriterion ?? {}).map(([id, number]) => ({ name: names[id] ?? id, number, kind: "bad", href: link("/customers", { criterion: id }) }));
  return rows.length ? html`<${Ranked} label="Criteria, by how many customers they decide against" rows=${rows.sort((one, other) => other.number - one.number).slice(0, 8)} />` : html`<${Empty} kind="all-good" title="Nothing decides against anybody" />`;
}

const Rules = ({ now, next, drafts }) => html`<dl class="pairs">
  <dt>In force</dt><dd>${now ? html`<a href=${link(`/rules/${now.version}`)}>Rule set ${now.version}</a> since ${day(now.effectiveFrom)}` : "none"}</dd>
  <dt>Next</dt><dd>${next ? html`<a href=${link(`/rules/${next.version}`)}>Rule set ${next.version}</a> from ${day(next.effectiveFrom)}` : "none is active"}</dd>
  <dt>Drafts</dt><dd>${drafts.length ? drafts.map((each) => html`<div><a href=${link(`/rules/${each.version}`, { against: now?.version })}>Rule set ${each.version}</a> <${Tag} kind="brand">draft<//> ${each.note} <span class="quiet">${each.author}</span></div>`) : "none"}</dd></dl>`;

function Spends({ last, needed }) {
  const [chosen, choose] = useState(null);
  if (!last?.bySpend.length) return html`<${Uncounted} />`;
  const steps = last.bySpend;
  const line = chosen ?? Number(needed ?? 0);
  const above = steps.filter((each) => each.least >= line).reduce((sum, each) => sum + each.customers, 0);
  const below = steps.filter((each) => each.below !== null && each.below <= line).reduce((sum, each) => sum + each.customers, 0);
  const places = [...new Set([...steps.flatMap((each) => [each.least, each.below ?? each.least]), Number(needed ?? 0)])].sort((one, other) => one - other);
  const said = `${last.currency} ${amount(String(line))}`;
  return html`<${Histogram} steps=${steps} line=${line} currency=${last.currency} />
    <label class="field"><span>Line at ${said}: ${counted(below, "customer")} below, ${counted(above, "customer")} at or above${last.customers - above - below ? `, ${last.customers - above - below} in the step across it` : ""}${line === Number(needed) ? " (what is needed now)" : ""}</span>
      <input type="range" min="0" max=${places.length - 1} value=${places.indexOf(line)} aria-valuetext=${said} onInput=${(event) => choose(places[Number(event.target.value)])} /></label>`;
}

function Quarantine() {
  const faults = useApi("quarantine/faults");
  return html`<${Panel} title="Quarantine" from=${faults} more=${html`<a href=${link("/quarantine")}>All messages</a>`}>${({ items }) => (items.length
    ? html`<${Ranked} label="Messages by fault" unit="message" rows=${items.slice(0, 4).map((each) => ({ name: fault(each.fault), number: each.count, kind: "unsure", href: link("/quarantine", { fault: each.fault }) }))} />`
    : html`<${Empty} kind="all-good" title="No message is kept" />`)}<//>`;
}
