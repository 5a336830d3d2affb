// Partners: what they qualify for and until when, and how many customers they work for.
import { CopyLink, count, Csv, day, Empty, Filters, Heading, html, link, Pages, Panel, Partner, Table, Tag, Text, useApi, words } from "../portal.js";

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
  { name: "Qualified for", wide: true, of: (row) => html`<${Areas} of=${row.qualification} />` },
  { name: "Customers", number: true, of: (row) => html`${row.attachedCustomersIsAtLeast ? "at least " : ""}${count(row.attachedCustomers)}` },
  { name: "Owner", of: (row) => row.owner && html`<a href=${link("/partners", { owner: row.owner })}>${row.owner}</a>` },
];

const Areas = ({ of }) => html`<ul class="plain">${areas(of).map(({ area, isMet, until }) => html`<li>${words(area)}: ${isMet ? html`<${Tag} kind="good">qualified<//> ${until && html`<span class="quiet">until ${day(until)}</span>`}` : html`<${Tag}>not qualified<//>`}</li>`)}</ul>`;

/** By area: whether it is met and until when. */
const areas = (of) => (Array.isArray(of) ? of.map((each) => ({ area: each.area, isMet: each.qualified ?? each.verdict === "met", until: each.until })) : Object.entries(of ?? {}).map(([area, each]) => ({ area, isMet: each?.qualified ?? each?.verdict === "met", until: each?.until })));
