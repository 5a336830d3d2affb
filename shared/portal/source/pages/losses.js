// Who will lose eligibility: by month, and each with its reason.
import { addDays, addMonths, ask, CopyLink, Csv, Customer, day, distance, Empty, Fault, Filters, Heading, html, Linked, link, money, Months, Pages, Panel, Print, Table, Text, today, Uncounted, useApi, useEffect, useFollow, useSend, useState } from "../portal.js";
import { actors } from "../customer/words.js";

const FILTERS = ["from", "to", "partner", "owner"];

export default function Losses({ query }) {
  const given = new URLSearchParams(FILTERS.filter((each) => query[each]).map((each) => [each, query[each]]));
  const found = useApi(`upcoming?${new URLSearchParams([...given, ["limit", "12"], ...(query.after ? [["after", query.after]] : [])])}`);
  useFollow(found.data);
  const counted = useApi(`statistics?from=${addDays(today(), -2)}`);
  const currency = counted.data?.items.at(-1)?.currency ?? "";
  const isFiltered = [...given].length > 0;
  return html`<${Heading} title="Upcoming losses"><p>${said(query)}, if nothing else happens</p><//>
    <div class="bar-of"><${Filters}>
      <${Text} label="From" name="from" type="date" /><${Text} label="To" name="to" type="date" />
      <${Text} label="Partner" name="partner" hint="P-fabrikam" /><${Text} label="Owner" name="owner" hint="account-team-north" />
      ${isFiltered && html`<a class="button" href=${link("/losses")}>Clear</a>`}<//>
      <div class="actions"><${Csv} path=${`upcoming?${given}`} name="upcoming-losses" /><${CopyLink} /><${Print} /></div></div>
    <div class="stack">
      ${!query.partner && !query.owner && html`<${Panel} title="By month" from=${counted}>${({ items }) => html`<${ByMonth} last=${items.at(-1)} />`}<//>`}
      <${Panel} title="By customer" from=${found} rows=${8} more=${html`<${Quarters} />`}>${({ items, next }) => (items.length
        ? html`<${Rows} items=${items} currency=${currency} /><${Pages} next=${next} />`
        : next ? html`<${Empty} kind="no-match" title="None on this page">There are more.<//><${Pages} next=${next} />`
        : isFiltered ? html`<${Empty} kind="all-good" title="Nobody loses it">Nobody whom the filters let through, that is. <a href=${link("/losses")}>Clear the filters</a><//>`
        : html`<${Empty} kind="all-good" title="Nobody loses it">No loss is known, as far as dates reach.<//>`)}<//>
    </div>`;
}

const said = ({ from, to }) => (from && to ? `From ${day(from)} to ${day(to)}` : to ? `Until ${day(to)}` : from ? `From ${day(from)}` : "By date");

/** This quarter and the next, as links that keep the other filters. */
function Quarters() {
  const on = today();
  const first = `${on.slice(0, 4)}-${String(Math.floor((+on.slice(5, 7) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`;
  return html`<p class="quarters no-print">${[["This quarter", on, addMonths(first, 3)], ["Next quarter", addMonths(first, 3), addMonths(first, 6)]].map(([name, from, end]) => html`<a href=${link("/losses", { ...current(), from, to: addDays(end, -1) })}>${name}</a>`)}</p>`;
}

const current = () => {
  const { after, ...rest } = Object.fromEntries(new URLSearchParams(location.search));
  return rest;
};

function ByMonth({ last }) {
  if (!last) return html`<${Uncounted} />`;
  const first = `${today().slice(0, 7)}-01`;
  const rows = Array.from({ length: 12 }, (_, ahead) => addMonths(first, ahead)).map((start) => ({ month: start.slice(0, 7), number: last.lossesByMonth[start.slice(0, 7)] ?? 0, href: link("/losses", { from: start < today() ? today() : start, to: addDays(addMonths(start, 1), -1) }) }));
  return rows.some((each) => each.number) ? html`<${Months} rows=${rows} what="loss" many="losses" />` : html`<${Empty} kind="all-good" title="No losses in the next 12 months" />`;
}

/** What would keep each is asked for when somebody wants to see it: it takes more work than the list. */
function Rows({ items, currency }) {
  const [keeps, setKeeps] = useState(null);
  const { run, busy, problem } = useSend();
  useEffect(() => setKeeps(null), [items]);
  const look = () => run(async () => setKeeps(await kept(items)));
  const columns = [
    { name: "Lost on", tight: true, of: (row) => html`<strong>${day(row.on)}</strong><div class="quiet">${distance(row.on)}</div>` },
    { name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` },
    { name: "Because", wide: true, of: (row) => row.because },
    ...(keeps ? [{ name: "What would keep it", wide: true, of: (row) => html`<${Keep} ways=${keeps[row.customerId]} id=${row.customerId} />` }] : []),
    { name: "Spend a year", number: true, of: (row) => money(row.spend, currency) },
    { name: "Owner", of: (row) => row.owner },
  ];
  return html`<${Table} label="Upcoming losses" rows=${items} columns=${columns} keyOf=${(row) => row.customerId} />
    ${problem && html`<${Fault} problem=${problem} />`}
    ${!keeps && html`<p class="no-print"><button onClick=${look} disabled=${busy}>${busy ? "Finding out …" : "What would keep them?"}</button></p>`}`;
}

async function kept(items) {
  const answers = await (await ask("check", { method: "POST", body: items.map((each) => ({ customerId: each.customerId })) })).json();
  return Object.fromEntries(items.map((each, number) => [each.customerId, (answers.items ?? answers)[number]?.wouldKeep ?? null]));
}

const Keep = ({ ways, id }) => (ways?.length
  ? html`<ul class="plain">${ways.slice(0, 2).map((way) => html`<li>${actors(way.by)}: ${way.changes.map((each, number) => html`${number > 0 && " and "}<${Linked} text=${each.text} partners=${[each.partnerId].filter(Boolean)} />`)}</li>`)}${ways.length > 2 && html`<li><a href=${link(`/customers/${id}`)}>${ways.length - 2} more</a></li>`}</ul>`
  : html`<span class="quiet">no way is known</span>`);
