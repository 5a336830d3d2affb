// Customers that lack nothing but spend, the nearest first.
import { CopyLink, Csv, Customer, Empty, Heading, html, link, moment, money, Pages, Panel, SpendBar, Table, Uncounted, useApi } from "../portal.js";

export default function Near({ query }) {
  const found = useApi(`near?limit=15${query.after ? `&after=${encodeURIComponent(query.after)}` : ""}`);
  const counted = found.data?.countedAt;
  return html`<${Heading} title="Near the threshold"><p>Customers that lack nothing but spend, the nearest first${counted ? `, counted ${moment(counted)}` : ""}</p><//>
    <div class="bar-of"><span></span><div class="actions"><${Csv} path="near" name="near-the-threshold" /><${CopyLink} /></div></div>
    <${Panel} title="Near the threshold" bare from=${found} rows=${8}>${(data) => html`<${Rows} ...${data} />`}<//>`;
}

function Rows({ items, next, currency, countedAt, omitted }) {
  if (!countedAt) return html`<${Uncounted} />`;
  if (!items.length) return html`<${Empty} kind="all-good" title="Nobody lacks spend alone">Whoever is not eligible lacks something else too. <a href=${link("/customers", { status: "ineligible" })}>Not eligible</a><//>`;
  const columns = [
    { name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` },
    { name: "Missing a year", number: true, of: (row) => html`<strong>${money(row.missing, currency)}</strong>` },
    { name: "Spend a year", of: (row) => html`<${SpendBar} spend=${row.spend} of=${row.required} currency=${currency} />` },
    { name: "Needed", number: true, of: (row) => money(row.required, currency) },
    { name: "", of: (row) => html`<a href=${link(`/customers/${row.customerId}/what-if`, { spend: row.missing })}>What if it spends that</a>` },
  ];
  return html`<${Table} label="Near the threshold" rows=${items} columns=${columns} keyOf=${(row) => row.customerId} />
    ${omitted > 0 && !next && html`<p class="quiet">${omitted} more are further away.</p>`}<${Pages} next=${next} />`;
}
