// What a change would do to everybody: who would gain and lose, why, and the change itself.
import { amount, count, counted, Csv, Customer, day, Empty, Fault, go, Heading, html, link, may, me, moment, money, Pages, Panel, Partner, Progress, Ranked, send, Skeleton, Table, Tag, titles, useApi, useSend, useState, CopyLink, Print, view, words } from "../portal.js";
import { Difference } from "../rules/reading.js";

const CHANGES = [
  ["lost", "Would lose it", "bad", "customers"],
  ["gained", "Would gain it", "good", "customers"],
  ["changedProjects", "Other projects", "next", "still eligible"],
  ["changedReason", "Other reason", "next", "same status"],
  ["stayed", "Stay as they are", "none", "customers"],
];

export default function Preview({ id, query }) {
  const found = useApi(`previews/${id}`, { again: (data) => (data.state === "running" ? 1 : 0) });
  const one = found.data;
  if (found.problem?.status === 404) return html`<${Heading} title="Preview" /><${Fault} problem=${found.problem} />`;
  return html`<${Heading} title=${one ? named(one) : "Preview"} beside=${one && html`<${Standing} of=${one} />`}>
      ${one && html`<p>Everybody${one.partnerIds.length > 0 && ` of ${one.partnerIds.join(", ")}`} on ${day(one.on)}, ${compared(one)}. <span class="quiet">Asked ${moment(one.startedAt)}.</span></p>`}<//>
    ${found.problem && html`<${Fault} problem=${found.problem} keeps=${Boolean(one)} />`}${!one && found.loading && html`<${Skeleton} rows=${8} />`}
    ${one?.outOfDate && html`<${Stale} of=${one} />`}
    ${one?.state === "running" && html`<section class="card spaced" aria-label="Progress"><${Progress} done=${one.done} of=${one.of} what="customers looked at" /><p class="quiet">You can leave this page: its address goes on from here.</p></section>`}
    ${one && html`<${Found} of=${one} id=${id} query=${query} />`}`;
}

const named = (one) => one.title || (one.version ? `${one.action === "retire" ? "Retiring" : "Activating"} version ${one.version}` : "Preview");
const compared = (one) => (one.on === one.comparedOn ? `compared with that day ${one.version ? "without the change" : "as things are"}` : `compared with ${day(one.comparedOn)}`);
const Standing = ({ of }) => (of.outOfDate ? html`<${Tag} kind="unsure">Out of date<//>` : of.state === "running" ? html`<${Tag} kind="brand">Running<//>` : html`<${Tag}>Finished<//>`);

function Stale({ of }) {
  const asking = useSend();
  const again = () => asking.run(async () => go(link(`/previews/${(await send(`rule-sets/${of.version}/preview`, { action: of.action })).id}`)));
  return html`<div class="banner unsure" role="status"><strong>Out of date.</strong> The rules have changed since it began, so it says nothing about the rules as they are now.
    ${of.action && may("Rules.Manage") && html`<button class="small" onClick=${again} disabled=${asking.busy}>Preview it again</button>`}${asking.problem && html`<${Fault} problem=${asking.problem} />`}</div>`;
}

function Found({ of, id, query }) {
  const change = query.change ?? (of.counts.lost || !of.counts.gained ? "lost" : "gained");
  const rules = useApi(of.version ? `rule-sets/${of.version}` : null).data;
  const called = rules ? titles(rules.document) : {};
  const side = change === "gained" ? "gained" : "lost";
  const bars = (tallies, name, label) => Object.entries(tallies).map(([key, tally]) => ({ key, number: tally[side] })).filter((each) => each.number).sort((one, other) => other.number - one.number).slice(0, 12)
    .map(({ key, number }) => ({ name: label(key), number, kind: side === "lost" ? "bad" : "good", pressed: query[name] === key, href: link(view.value.path, { ...query, change, [name]: query[name] === key ? "" : key, after: "" }) }));
  const [criteria, partners] = [bars(of.byCriterion, "criterion", (key) => called[key] ?? words(key)), bars(of.byPartner, "partner", (key) => key)];
  return html`<nav class="tiles five" aria-label="What would change">${CHANGES.map(([name, word, kind, what]) => html`<a class=${`tile ${kind}`} href=${link(view.value.path, { change: name })} aria-current=${name === change ? "true" : undefined}><span class="name">${word}</span><strong>${count(of.counts[name])}</strong>
      <span class="quiet">${name === "lost" && of.spendAtStake.currency ? `${money(of.spendAtStake.amount, of.spendAtStake.currency)} at stake` : what}</span></a>`)}</nav>
    <div class="cards">
      ${criteria.length > 0 && html`<${Panel} title="By criterion" more=${html`<span class="quiet">one customer may count for several</span>`}><${Ranked} label="By criterion" rows=${criteria} /><//>`}
      ${partners.length > 0 && html`<${Panel} title="By partner"><${Ranked} label="By partner" rows=${partners} /><//>`}
      <${Customers} key=${of.state} id=${id} isRunning=${of.state === "running"} change=${change} query=${query} currency=${of.spendAtStake.currency} />
      ${of.difference.length > 0 && html`<${Panel} title="What the change is"><${Difference} lines=${of.difference} /><//>`}
      ${of.action && html`<${Act} of=${of} rules=${rules} />`}
    </div>`;
}

/** Those found so far are asked for again while it runs, and once when it is finished. */
function Customers({ id, isRunning, change, query, currency }) {
  const wanted = new URLSearchParams({ change, ...(query.criterion && { criterion: query.criterion }), ...(query.partner && { partner: query.partner }) });
  const path = `previews/${id}/customers?${wanted}`;
  const found = useApi(`${path}&limit=10${query.after ? `&after=${query.after}` : ""}`, { again: () => (isRunning ? 3 : 0) });
  const word = CHANGES.find(([name]) => name === change)?.[1] ?? change;
  const more = html`<span class="actions no-print"><${Csv} path=${path} name=${`preview-${change}`} /><${CopyLink} /><${Print} /></span>`;
  const narrowed = query.criterion || query.partner;
  return html`<${Panel} title=${word} wide from=${found} more=${more}>${({ items, next }) => html`
    ${narrowed && html`<p class="narrowed"><${Tag} kind="brand">${[query.criterion && words(query.criterion), query.partner].filter(Boolean).join(", ")}<//> <a href=${link(view.value.path, { change })}>Show all of them</a></p>`}
    ${items.length ? html`<${Table} label=${word} rows=${items} columns=${columns(currency)} keyOf=${(row) => row.customerId} />` : isRunning ? html`<p class="quiet">None so far.</p>` : html`<${Empty} kind=${narrowed || next ? "no-match" : change === "lost" ? "all-good" : "no-match"} title=${narrowed || next ? "None on this page" : change === "lost" ? "Nobody would lose it" : "Nobody"} />`}<${Pages} next=${next} />`}<//>`;
}

const columns = (currency) => [
  { name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` },
  { name: "Because", wide: true, of: (row) => row.because },
  { name: "Partners", tight: true, of: (row) => row.partners.map((each) => html`<div><${Partner} id=${each} /></div>`) },
  { name: "Spend a year", number: true, of: (row) => (currency ? money(row.spend, currency) : amount(row.spend)) },
  { name: "Owner", tight: true, of: (row) => row.owner },
];

/** The change itself: the number of losses has to be typed, and the app holds the change against this preview. */
function Act({ of, rules }) {
  const [typed, setTyped] = useState("");
  const acting = useSend();
  const isDone = rules && (of.action === "activate" ? rules.state === "active" : rules.state === "retired");
  const word = of.action === "retire" ? "Take it out of force" : "Put it in force";
  const act = (event) => {
    event.preventDefault();
    const { note, author } = event.target.elements;
    const body = { previewId: of.id, maxLost: Number(typed), note: note.value.trim(), ...(author && { author: author.value.trim() }) };
    acting.run(async () => {
      await send(`rule-sets/${of.version}/${of.action}`, body);
      go(link(`/rules/${of.version}`));
    });
  };
  const wants = rules && rules.approvalsNeeded > rules.approvedBy.length;
  return html`<${Panel} title=${word}>
    ${isDone ? html`<p>Version ${of.version} is ${rules.state} already. <a href=${link(`/rules/${of.version}`)}>See it</a></p>`
      : !may("Rules.Manage") ? html`<p>The rules are changed by callers with the role Rules.Manage.</p>`
        : of.state === "running" || of.outOfDate ? html`<p class="quiet">${of.outOfDate ? "Preview it again first." : "Once the preview is finished."}</p>`
          : html`<form class="form" onSubmit=${act}>
      <p>${of.counts.lost ? html`<strong>${counted(of.counts.lost, "customer")} would lose eligibility.</strong> Their account teams have to know before ${day(of.on)}: the list above has their owners.` : "Nobody would lose eligibility."} ${!of.comesIntoForce && of.action === "activate" ? "Another version would still be in force on that day." : ""}</p>
      ${wants && html`<p class="banner unsure"><span>${rules.approvedBy.length} of ${counted(rules.approvalsNeeded, "approval")} are there. <a href=${link(`/rules/${of.version}`)}>Approve it there</a>.</span></p>`}
      <label class="field"><span>Type how many lose it: ${of.counts.lost}</span><input inputmode="numeric" size="6" value=${typed} onInput=${(event) => setTyped(event.target.value.trim())} autocomplete="off" /></label>
      <label class="field"><span>Why</span><input name="note" required maxlength="1000" /></label>
      ${!me.value?.name && html`<label class="field"><span>Your name (nobody is signed in)</span><input name="author" maxlength="200" /></label>`}
      <p><button class="primary" disabled=${typed !== String(of.counts.lost) || acting.busy}>${word} from ${day(of.on)}</button></p>
      ${acting.problem && html`<${Fault} problem=${acting.problem} />`}${acting.problem?.told.lost && html`<p class="quiet">They are: ${acting.problem.told.lost.join(", ")}</p>`}</form>`}<//>`;
}
