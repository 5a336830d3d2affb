// One partner: what it qualifies for, its customers, its facts, and what its end would cost.
import { addDays, addMonths, ask, count, CopyLink, counted, Csv, Customer, day, Empty, Fault, Heading, html, link, Loaded, moment, Pages, Panel, Progress, refine, State, stateOf, Table, Tag, today, useApi, useSend, useState, Verdict, words } from "../portal.js";

export default function Partner({ id, query }) {
  const place = `partners/${encodeURIComponent(id)}`;
  const partner = useApi(place);
  const customers = useApi(`${place}/customers?limit=8${query.after ? `&after=${query.after}` : ""}`);
  const days = useApi(`statistics?from=${addDays(today(), -2)}`);
  const risk = useApi(`upcoming?partner=${encodeURIComponent(id)}&to=${addMonths(today(), 13)}&limit=4`);
  if (partner.problem?.status === 404) return html`<${Heading} title=${id} /><${Empty} kind="no-match" title="This partner is not known">${partner.problem.message}. <a href=${link("/partners")}>All partners</a><//>`;
  const data = partner.data;
  const name = data?.description?.name ?? data?.name;
  const owner = data?.description?.owner ?? data?.owner;
  return html`<${Heading} title=${name ?? id} name=${name ? `${name} (${id})` : id}><p>${name && `${id} · `}${owner && `${owner} · `}${data && `works for ${data.attachedCustomersIsAtLeast ? "at least " : ""}${counted(data.attachedCustomers, "customer")}`}</p><//>
    <div class="bar-of"><span></span><div class="actions"><${CopyLink} /></div></div>
    <div class="cards even">
      <${Panel} title="Qualified today" from=${partner}>${(of) => html`<${Qualification} of=${of.qualification} />`}<//>
      <${Panel} title="Its customers" from=${days} more=${html`<a href=${link("/losses", { partner: id })}>Upcoming losses</a>`}>${({ items }) => html`<${Shares} of=${items.at(-1)?.byPartner[id]} id=${id} /><${AtRisk} from=${risk} />`}<//>
      <${Panel} title="What if it ended on …" wide id="ends" from=${partner}>${(of) => html`<${Ends} id=${id} partner=${of} query=${query} />`}<//>
      <${Panel} title="Customers" wide from=${customers} more=${html`<${Csv} path=${`${place}/customers`} name=${`customers-of-${id}`} />`}>${({ items, next }) => (items.length
        ? html`<${Table} label="Customers" rows=${items} columns=${CUSTOMERS} keyOf=${(row) => row.customerId} /><${Pages} next=${next} />`
        : html`<${Empty} kind="none-yet" title="It works for no customer" /><${Pages} next=${next} />`)}<//>
      <${Panel} title="Facts" wide from=${partner}>${(of) => html`<${Facts} partner=${of} />`}<//>
    </div>`;
}

const CUSTOMERS = [
  { name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` },
  { name: "Status", of: (row) => html`<${State} name=${stateOf(row)} />` },
  { name: "Next", of: (row) => (row.losesOn ? `lost on ${day(row.losesOn)}` : html`<span class="quiet">no loss known</span>`) },
];

const Qualification = ({ of }) => html`<div class="split">${Object.entries(of).map(([area, nodes]) => html`<div><h3>${words(area)}</h3><ul class="reasons">${nodes.map((node) => html`<${Node} node=${node} />`)}</ul></div>`)}</div>
  <p class="quiet">By the rules in force; training depends on the project.</p>`;

const Node = ({ node }) => html`<li><${Verdict} of=${node.verdict} /><div>${node.title}${node.actual?.level && html` <span class="quiet">${node.actual.level}${node.actual.validUntil ? ` until ${day(node.actual.validUntil)}` : ""}</span>`}${typeof node.actual === "number" && html` <span class="quiet">${node.actual} of ${node.required}</span>`}
  ${node.children?.length > 0 && html`<ul class="reasons">${node.children.map((each) => html`<${Node} node=${each} />`)}</ul>`}</div></li>`;

const Shares = ({ of, id }) => (of ? html`<div class="tiles three">${[["Eligible", "good", of.eligible], ["Not eligible", "bad", of.ineligible], ["Cannot be decided", "unsure", of.undecided]].map(([name, kind, number]) => html`<a class=${`tile ${kind}`} href=${link("/customers", { partner: id, status: { good: "eligible", bad: "ineligible", unsure: "undecided" }[kind] })}><span class="name">${name}</span><strong>${count(number)}</strong></a>`)}</div>`
  : html`<${Empty} kind="none-yet" title="Not counted yet">Customers are counted once a day.<//>`);

const AtRisk = ({ from }) => html`<h3>At risk within 13 months</h3><${Loaded} from=${from} rows=${2}>${({ items, next }) => (items.length
  ? html`<ul class="rows">${items.map((each) => html`<li><strong>${day(each.on)}</strong> <${Customer} id=${each.customerId} name=${each.name} /></li>`)}${next && html`<li class="quiet">and more</li>`}</ul>`
  : html`<p class="quiet">No loss is known.</p>`)}<//>`;

/** A question about its customers: who loses when what it holds ends on a day. */
function Ends({ id, partner, query }) {
  const [on, setOn] = useState(query.ends || addDays(today(), 90));
  const { run, busy, problem } = useSend();
  const preview = useApi(query.preview ? `previews/${query.preview}` : null, { again: (data) => (data.state === "running" ? 1 : 0) });
  const begin = (event) => {
    event.preventDefault();
    run(async () => {
      const body = { title: `${id} ends on ${on}`, to: { partners: [ending(partner, on)], on } };
      const begun = await (await ask("previews", { method: "POST", body })).json();
      refine({ ends: on, preview: begun.id, change: "" });
    });
  };
  return html`<form class="filters" onSubmit=${begin}><label class="field"><span>Its competencies and designations end, and count no more on</span><input type="date" value=${on} min=${addDays(today(), 1)} required onInput=${(event) => setOn(event.target.value)} /></label>
      <button class="primary" disabled=${busy}>Who loses?</button></form>
    ${problem && html`<${Fault} problem=${problem} />`}
    ${query.preview && html`<${Found} preview=${preview} />`}`;
}

/** The partner's facts as they would be: what holds on that day ends the day before. */
function ending(partner, on) {
  const held = (each) => each.validFrom < on && (!each.validUntil || each.validUntil >= on);
  const until = addDays(on, -1);
  const cut = (facts) => (facts ?? []).filter(held).map(({ event, ...fact }) => ({ ...fact, validUntil: until }));
  return { partnerId: partner.partnerId, competencies: cut(partner.competencies), designations: cut(partner.designations) };
}

function Found({ preview }) {
  const { data, problem } = preview;
  const lost = useApi(data?.state === "finished" && data.counts.lost ? `previews/${data.id}/customers?change=lost&limit=12` : null);
  if (problem) return html`<${Fault} problem=${problem} />`;
  if (!data) return null;
  if (data.state === "running") return html`<${Progress} done=${data.progress?.done ?? data.done ?? 0} of=${data.progress?.of ?? data.of ?? null} what="customers looked at" />`;
  const { counts } = data;
  return html`<p><strong>${counted(counts.lost, "customer")} would lose it</strong>${counts.changedProjects ? `, ${count(counts.changedProjects)} would keep it with fewer projects` : ""}. ${data.outOfDate && html`<${Tag} kind="unsure">out of date: the rules have changed<//>`}</p>
    ${counts.lost === 0 ? html`<${Empty} kind="all-good" title="Nobody would lose it" />` : lost.data && html`<${Table} label="Who would lose it" rows=${lost.data.items} columns=${LOST} keyOf=${(row) => row.customerId} />`}
    <p><a href=${link(`/previews/${data.id}`)}>All of this question</a></p>`;
}

const LOST = [
  { name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` },
  { name: "Because", wide: true, of: (row) => row.because ?? row.reason ?? row.why },
];

const FACTS = [
  ["competencies", (fact) => `${words(fact.competency)} in ${words(fact.area).toLowerCase()}: ${fact.level}`, (fact) => fact.validFrom, (fact) => fact.validUntil],
  ["designations", (fact) => `${words(fact.designation)}${fact.active ? "" : ", not active"}`, (fact) => fact.validFrom, (fact) => fact.validUntil],
  ["deployments", (fact) => `Deployment ${fact.deploymentId} in ${words(fact.area).toLowerCase()}${fact.eligible ? "" : ", not eligible"}`, (fact) => fact.liveOn, () => null],
  ["trainings", (fact) => `${words(fact.course)}, ${words(fact.part).toLowerCase()}: ${fact.learnerId}${fact.revoked ? ", revoked" : ""}`, (fact) => fact.completedOn, (fact) => fact.expiresOn],
];

function Facts({ partner }) {
  const rows = FACTS.flatMap(([name, text, from, until]) => (partner[name] ?? []).map((fact) => ({ text: text(fact), from: from(fact), until: until(fact), event: fact.event })));
  const columns = [
    { name: "Fact", wide: true, of: (row) => row.text },
    { name: "From", tight: true, of: (row) => day(row.from) },
    { name: "Until", tight: true, of: (row) => day(row.until) || html`<span class="quiet">no end is known</span>` },
    { name: "Event", of: (row) => html`<code>${row.event.id}</code> <span class="quiet">${row.event.source}</span>` },
    { name: "Time", tight: true, of: (row) => moment(row.event.time) },
  ];
  return rows.length ? html`<${Table} label="Facts" rows=${rows} columns=${columns} />${partner.factsOmitted > 0 && html`<p class="quiet">${partner.factsOmitted} more are in the API.</p>`}` : html`<${Empty} kind="none-yet" title="No fact yet" />`;
}
