// Tables: on narrow screens each row is a card whose cells carry the column's name.
import { html, useEffect, useRef } from "../vendor/vendor.js";
import { link, refine, view } from "./router.js";

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

/** Goes on to the next page by itself while a filter has let nobody of a page through, so many times at most. */
export function useFollow(data, most = 25) {
  const tried = useRef(0);
  useEffect(() => {
    if (!data || data.items.length || !data.next || tried.current === most) return;
    tried.current += 1;
    refine({ after: data.next }, { replace: true });
  }, [data]);
}

/** To the next page of a list, and back to its first; the cursor is in the address. */
export function Pages({ next }) {
  const { path, query } = view.value;
  if (!next && !query.after) return null;
  return html`<nav class="pages" aria-label="Pages">
    ${query.after && html`<a href=${link(path, { ...query, after: "" })}>First page</a>`}
    ${next && html`<a class="button" href=${link(path, { ...query, after: next })}>Next page</a>`}</nav>`;
}
