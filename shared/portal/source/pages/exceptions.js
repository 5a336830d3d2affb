// The exceptions granted to everybody, by their last day.
import { CopyLink, Csv, Customer, Empty, Filters, Heading, html, Pages, Panel, Table, Text, useApi } from "../portal.js";
import { COLUMNS } from "../rules/exceptions.js";

export default function Exceptions({ query }) {
  const wanted = query.endsBefore ? `endsBefore=${query.endsBefore}` : "";
  const found = useApi(`exceptions?${wanted}&limit=15${query.after ? `&after=${query.after}` : ""}`);
  return html`<${Heading} title="Exceptions"><p>Who is let in by a decision of the programme, and until when. They are granted on a customer's page.</p><//>
    <div class="bar-of"><${Filters}><${Text} label="Ends before" name="endsBefore" type="date" /><//><div class="actions"><${Csv} path=${`exceptions?${wanted}`} name="exceptions" /><${CopyLink} /></div></div>
    <${Panel} title="Granted" from=${found} rows=${5}>${({ items, next }) => html`${items.length ? html`<${Table} label="Exceptions" rows=${items} columns=${ALL} keyOf=${(row) => `${row.customerId} ${row.exceptionId}`} />`
      : html`<${Empty} kind=${wanted || next ? "no-match" : "none-yet"} title=${wanted || next ? "None by then" : "No exception was granted"} />`}<${Pages} next=${next} />`}<//>`;
}

const ALL = [{ name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` }, ...COLUMNS];
