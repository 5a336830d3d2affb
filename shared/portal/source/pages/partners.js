// Partners: what they qualify for and until when, and how many customers they work for.
import { CopyLink, count, day, Empty, Filters, Heading, html, link, Pages, Panel, Partner, Table, Tag, Text, useApi, words } from "../portal.js";

export default function Partners({ query }) {
  const found = useApi(`partners?${new URLSearchParams({ limit: "12", ...(query.owner && { owner: query.owner }), ...(query.after && { after: query.after }) })}`);
  return html`<${Heading} title="Partners"><p>What they qualify for, and for how many customers they work</p><//>
    <div class="bar-of"><${Filters}><${Text} label="Owner" name="owner" hint="partner-team-emea" />${query.owner && html`<a class="button" href=${link("/partners")}>Clear</a>`}<//>
      <div class="actions"><${CopyLink} /></div></div>
    <${Panel} title="Partners" bare from=${found} rows=${8}>${({ items, next }) => (items.length
      ? html`<${Table} label="Partners" rows=${items} columns=${COLUMNS} keyOf=${(row) => row.partnerId} /><${Pages} next=${next} />`
      : query.owner ? html`<${Empty} kind="no-match" title="No partner matches"><a href=${link("/partners")}>Clear the filter</a><//>`
        : html`<${Empty} kind="none-yet" title="No partner yet">A partner is here once an event has told of it.<//>`)}<//>`;
}

const COLUMNS = [
  { name: "Partner", of: (row) => html`<${Partner} id=${row.partnerId} name=${row.name} />` },
  { name: "Qualified for", wide: true, of: (row) => html`<${Areas} of=${row.qualifiedIn} />` },
  { name: "Customers", number: true, of: (row) => html`${row.attachedCustomersIsAtLeast ? "at least " : ""}${count(row.attachedCustomers)}` },
  { name: "Owner", of: (row) => row.owner && html`<a href=${link("/partners", { owner: row.owner })}>${row.owner}</a>` },
];

const Areas = ({ of }) => (of.length ? html`<ul class="plain">${of.map(({ area, until }) => html`<li><${Tag} kind="good">${words(area)}<//> <span class="quiet">${until ? `until ${day(until)}` : "no end is known"}</span></li>`)}</ul>` : html`<${Tag}>in no area<//>`);
