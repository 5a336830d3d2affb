// A customer's spend against what is needed now and next, with every licence and whether it counts.
import { day, Empty, html, money, Spend, Table, threshold, useRules } from "../portal.js";
import { counts, spendNode } from "./words.js";

export function Money({ customer, decision }) {
  const next = useRules("next");
  const node = spendNode(decision.criteria);
  const needed = next && threshold(next.document);
  const columns = [
    { name: "Licence", of: (row) => row.licenceId },
    { name: "Application", of: (row) => row.application },
    { name: "A year", number: true, of: (row) => money(row.annualAmount, row.currency) },
    { name: "Counts?", wide: true, of: (row) => counts(row, node) },
  ];
  return html`${node ? html`<${Spend} spend=${node.actual.amount} now=${node.required.amount} currency=${node.required.currency}
      next=${needed && decision.decidedOn < next.effectiveFrom ? { amount: needed, from: day(next.effectiveFrom) } : undefined} />` : html`<p>The rules ask for no spend.</p>`}
    ${customer.licences.length ? html`<${Table} label="Licences" columns=${columns} rows=${customer.licences} keyOf=${(row) => row.licenceId} />` : html`<${Empty} kind="none-yet" title="No licence yet" />`}`;
}
