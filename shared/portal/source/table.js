// Tables: on narrow screens each row is a card whose cells carry the column's name.
import { html } from "../vendor/vendor.js";
import { link, view } from "./router.js";

/**
 * `columns`: {name, of(row), number?, wide?, tight?}; `rows`: what `of` reads. The roles hold where a style sheet makes cards of rows.
 */
export function Table({ label, columns, rows, keyOf, quiet }) {
  return html`<table class=${quiet ? "table quiet-head" : "table"} role="table" aria-label=${label}>
    <thead role="rowgroup"><tr role="row">${columns.map((each) => html`<th role="columnheader" scope="col" class=${kind(each)}>${each.name}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map((row, number) => html`<tr role="row" key=${keyOf?.(row) ?? number}>
      ${columns.map((each) => html`<td role="cell" class=${kind(each)} data-name=${each.name}>${written(each.of(row))}</td>`)}</tr>`)}</tbody>
  </table>`;
}

/** One element, so that it stands beside the column's name; nothing where there is nothing. */
const written = (value) => (value === null || value === undefined || value === "" || value === false ? null : html`<div>${value}</div>`);

const kind = (column) => [column.number && "number", column.wide && "wide", column.tight && "tight"].filter(Boolean).join(" ") || undefined;

/** To the next page of a list, and back to its first; the cursor is in the address. */
export function Pages({ next }) {
  const { path, query } = view.value;
  if (!next && !query.after) return null;
  return html`<nav class="pages" aria-label="Pages">
    ${query.after && html`<a href=${link(path, { ...query, after: "" })}>First page</a>`}
    ${next && html`<a class="button" href=${link(path, { ...query, after: next })}>Next page</a>`}</nav>`;
}
