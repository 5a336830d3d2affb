// Charts of amounts: ranked bars, columns by month, spend against what is needed, a histogram.
import { html } from "../../vendor/vendor.js";
import { count, counted, money, month, short } from "../formats.js";
import { Chart, Label } from "./chart.js";
import { scale, ticks } from "./scale.js";

/** Ranked bars, as rows of a list: {name, number, href?, kind?, pressed?}; each with a link is a filter or opens a list. */
export function Ranked({ rows, label, unit = "customer" }) {
  const most = Math.max(1, ...rows.map((each) => each.number));
  return html`<ol class="ranked" aria-label=${label}>${rows.map((each) => html`<li key=${each.name}>
    ${each.href ? html`<a href=${each.href} aria-current=${each.pressed ? "true" : undefined}>${each.name}</a>` : html`<span>${each.name}</span>`}
    <svg class="bar" height="8" width="100%" aria-hidden="true"><rect class="track" width="100%" height="8" rx="4" /><rect class=${each.kind ?? "brand"} width=${`${(each.number / most) * 100}%`} height="8" rx="4" /></svg>
    <span class="number">${count(each.number)}<span class="unseen"> ${each.number === 1 ? unit : `${unit}s`}</span></span></li>`)}</ol>`;
}

const FOOT = 26, HEAD = 22;
/** Pixels of what can be pressed; where there is less room, the table has the links. */
const LEAST = 26;

/** A column for each month: {month, number, href?}. */
export function Months({ rows, what, many, height = 180 }) {
  const most = Math.max(1, ...rows.map((each) => each.number));
  const place = (width) => {
    const step = width / rows.length;
    return rows.map((each, number) => ({ ...each, x: number * step, step }));
  };
  const top = scale(0, most, height - FOOT, HEAD);
  const total = rows.reduce((sum, each) => sum + each.number, 0);
  const said = `${counted(total, what, many)} from ${month(rows[0].month)} to ${month(rows.at(-1).month)}: ${rows.filter((each) => each.number).map((each) => `${each.number} in ${month(each.month)}`).join(", ") || "none"}.`;
  const draw = (width) => html`<line class="axis" x1="0" x2=${width} y1=${height - FOOT + 0.5} y2=${height - FOOT + 0.5} />
    ${place(width).map(({ month: name, number, x, step }, index) => html`
      ${number > 0 && html`<rect class="bad" x=${x + step / 2 - Math.min(36, step - 6) / 2} width=${Math.min(36, step - 6)} y=${top(number)} height=${height - FOOT - top(number)} rx="3" />
        <${Label} x=${x + step / 2} y=${top(number) - 6} at="middle" kind="strong">${count(number)}<//>`}
      ${(step > 34 || index % Math.ceil(34 / step) === 0) && html`<${Label} x=${x + step / 2} y=${height - 8} at="middle" kind="quiet">${month(name).slice(0, 3)}${(name.endsWith("-01") || index === 0) && step > 60 ? ` ${name.slice(0, 4)}` : ""}<//>`}`)}`;
  const links = (width) => place(width).filter((each) => each.href && each.number && each.step >= LEAST).map((each) => ({ x: each.x, y: HEAD - 18, width: each.step, height: height - FOOT - HEAD + 18, href: each.href, name: `${month(each.month)}: ${counted(each.number, what, many)}` }));
  const columns = [{ name: "Month", of: (row) => (row.href && row.number ? html`<a href=${row.href}>${month(row.month)}</a>` : month(row.month)) }, { name: "Customers", number: true, of: (row) => count(row.number) }];
  return html`<${Chart} said=${said} height=${height} draw=${draw} links=${links} table=${{ columns, rows }} />`;
}

/** Spend against what is needed now and, if that is another, by the next rule set: {spend, now, next?, currency}; `next` is {amount, from}. */
export function Spend({ spend, now, next, currency }) {
  const [has, needs, will] = [Number(spend), Number(now), Number(next?.amount ?? now)];
  const differs = next && will !== needs;
  const most = Math.max(has, needs, will) * 1.08 || 1;
  const enough = has >= needs;
  const rest = enough ? `${money(rounded(has - needs), currency)} to spare` : `${money(rounded(needs - has), currency)} missing`;
  const said = `${money(spend, currency)} a year of the ${money(now, currency)} needed: ${rest}.${differs ? ` From ${next.from} on ${money(next.amount, currency)} is needed.` : ""}`;
  const draw = (width) => {
    const x = scale(0, most, 0, width);
    return html`<rect class="track" x="0" y="24" width=${width} height="20" rx="4" />
      <rect class=${enough ? "good" : "short"} x="0" y="24" width=${Math.max(has > 0 ? 3 : 0, x(has))} height="20" rx="4" />
      <${Mark} x=${x(needs)} width=${width} y1=${18} y2=${50} text=${`needed ${money(now, currency)}`} at=${14} />
      ${differs && html`<${Mark} x=${x(will)} width=${width} y1=${18} y2=${54} text=${`from ${next.from}: ${money(next.amount, currency)}`} at=${68} later />`}`;
  };
  const columns = [{ name: "What", of: (row) => row[0] }, { name: "A year", number: true, of: (row) => row[1] }];
  const rows = [["Counted spend", money(spend, currency)], ["Needed now", money(now, currency)], ...(differs ? [[`Needed from ${next.from}`, money(next.amount, currency)]] : [])];
  return html`<${Chart} said=${said} height=${differs ? 74 : 54} draw=${draw} table=${{ columns, rows }} />`;
}

const rounded = (number) => number.toFixed(2);

function Mark({ x, width, y1, y2, text, at, later }) {
  const half = text.length * 3.3;
  const place = Math.max(half, Math.min(width - half, x));
  return html`<line class=${later ? "mark later" : "mark"} x1=${x} x2=${x} y1=${y1} y2=${y2} /><${Label} x=${place} y=${at} at="middle" kind=${later ? "quiet" : ""}>${text}<//>`;
}

/** Customers by spend: steps {least, below, customers}; `line` is an amount that splits them. */
export function Histogram({ steps, line, currency, height = 180 }) {
  const most = Math.max(1, ...steps.map((each) => each.customers));
  const top = scale(0, most, height - FOOT, HEAD);
  const said = `Customers by counted spend: ${steps.map((each) => `${each.customers} from ${short(each.least)}`).join(", ")} ${currency}.`;
  const draw = (width) => {
    const step = width / steps.length;
    const at = steps.findIndex((each) => each.below === null || line < each.below);
    const inside = at < 0 ? width : step * (at + (steps[at].below ? Math.max(0, (line - steps[at].least) / (steps[at].below - steps[at].least)) : 0));
    return html`<line class="axis" x1="0" x2=${width} y1=${height - FOOT + 0.5} y2=${height - FOOT + 0.5} />
      ${steps.map((each, number) => html`${each.customers > 0 && html`<rect class=${each.least >= line ? "good" : "neutral"} x=${number * step + 2} width=${Math.max(1, step - 4)} y=${top(each.customers)} height=${height - FOOT - top(each.customers)} rx="3" />
        <${Label} x=${(number + 0.5) * step} y=${top(each.customers) - 6} at="middle" kind="strong">${count(each.customers)}<//>`}
        ${number % Math.ceil(44 / step) === 0 && html`<${Label} x=${number * step + 2} y=${height - 8} kind="quiet">${short(each.least)}<//>`}`)}
      <line class="mark" x1=${inside} x2=${inside} y1="4" y2=${height - FOOT} />`;
  };
  const columns = [{ name: "Spend from", of: (row) => money(row.least, currency) }, { name: "Up to", of: (row) => (row.below === null ? "no end" : money(row.below, currency)) }, { name: "Customers", number: true, of: (row) => count(row.customers) }];
  return html`<${Chart} said=${said} height=${height} draw=${draw} table=${{ columns, rows: steps }} />`;
}

export { ticks };
