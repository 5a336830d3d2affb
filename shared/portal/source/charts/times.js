// Charts of days: the months ahead as one band, and a timeline with a lane for each fact.
import { html } from "../../vendor/vendor.js";
import { addMonths, day, state } from "../formats.js";
import { Chart, Label } from "./chart.js";
import { apart, dayScale, monthStarts } from "./scale.js";

/** The spans that changes make: changes are {on, name}, in order; the first is the state at the beginning. */
export function spans(changes, first, last) {
  return changes
    .map((each, number) => ({ name: each.name, from: each.on < first ? first : each.on, to: changes[number + 1]?.on ?? last }))
    .map((each) => ({ ...each, to: each.to > last ? last : each.to }))
    .filter((each) => each.from < each.to);
}

/** A band of states from one day to another. */
export function Ahead({ changes, first, last = addMonths(first, 13) }) {
  const found = spans(changes, first, last);
  const said = `${found.map((each) => `${state(each.name).word} from ${day(each.from)}`).join(", then ")}, if nothing else happens.`;
  const draw = (width) => {
    const x = dayScale(first, last, 1, width - 1);
    const words = apart(found.map((each) => ({ x: 0, from: x(each.from), text: state(each.name).word })).map((each) => ({ ...each, x: each.from + each.text.length * 3.3 })));
    const days = apart(found.map((each) => ({ from: x(each.from), text: day(each.from) })).map((each) => ({ ...each, x: Math.min(width - 80, each.from) + each.text.length * 3.3 })), 6.6, 8);
    return html`${found.map((each) => html`<rect class=${`band ${state(each.name).kind}`} x=${x(each.from)} width=${Math.max(2, x(each.to) - x(each.from) - 1)} y="22" height="18" rx="3" />`)}
      ${words.map((each) => html`<${Label} x=${Math.min(each.from, width - each.text.length * 7)} y="14" kind="strong">${each.text}<//>`)}
      ${days.map((each) => html`<${Label} x=${Math.min(each.from, width - each.text.length * 6.8)} y="56" kind="quiet">${each.text}<//>`)}`;
  };
  const columns = [{ name: "From", of: (row) => day(row.from) }, { name: "State", of: (row) => state(row.name).word }];
  return html`<${Chart} said=${said} height=${62} draw=${draw} table=${{ columns, rows: found }} />`;
}

const LANE = 26, TOP = 54, FOOT = 24;

/**
 * Lanes of facts below a band of states: lanes are {name, from, to?, text}; points are {on, href, name}; today is marked.
 */
export function Timeline({ changes, lanes, points, first, last, today }) {
  const height = TOP + lanes.length * LANE + FOOT;
  const left = (width) => Math.min(190, Math.max(110, width * 0.22));
  const found = spans(changes, first, last);
  const said = `From ${day(first)} to ${day(last)}: ${lanes.length} facts; ${found.map((each) => `${state(each.name).word} from ${day(each.from)}`).join(", ")}.`;
  const draw = (width) => {
    const x = dayScale(first, last, left(width), width - 8);
    const months = apart(monthStarts(first, last, 12).map((each) => ({ x: x(each), text: day(each).slice(2) })), 6.6, 14);
    return html`${months.map((each) => html`<line class="grid" x1=${each.x} x2=${each.x} y1="20" y2=${height - FOOT} /><${Label} x=${Math.min(each.x, width - 28)} y=${height - 6} at="middle" kind="quiet">${each.text.trim()}<//>`)}
      <${Label} x="0" y="37" kind="strong">Status<//>
      ${found.map((each) => html`<rect class=${`band ${state(each.name).kind}`} x=${x(each.from)} width=${Math.max(2, x(each.to) - x(each.from) - 1)} y="24" height="18" rx="3" />`)}
      ${lanes.map((each, number) => html`<${Lane} ...${each} y=${TOP + number * LANE} x=${x} first=${first} last=${last} left=${left(width)} />`)}
      ${points.filter((each) => each.on >= first).map((each) => html`<circle class="point" cx=${x(each.on)} cy="33" r="6" />`)}
      <line class="mark" x1=${x(today)} x2=${x(today)} y1="16" y2=${height - FOOT} /><${Label} x=${Math.min(x(today), width - 20)} y="12" at="middle" kind="strong">today<//>`;
  };
  const links = (width) => {
    const x = dayScale(first, last, left(width), width - 8);
    return points.filter((each) => each.on >= first).map((each) => ({ x: x(each.on) - 12, y: 21, width: 24, height: 24, href: each.href, name: each.name }));
  };
  const columns = [{ name: "Fact", of: (row) => row.name }, { name: "From", of: (row) => day(row.from) }, { name: "Until", of: (row) => (row.to ? day(row.to) : "no end is known") }, { name: "What", of: (row) => row.text }];
  return html`<${Chart} said=${said} height=${height} draw=${draw} links=${links} table=${{ columns, rows: lanes }} />`;
}

function Lane({ name, from, to, y, x, first, last, left, kind }) {
  const most = Math.floor((left - 12) / 6.8);
  const end = to && to < last ? to : last;
  return html`<${Label} x="0" y=${y + 14} kind="quiet">${name.length > most ? `${name.slice(0, most - 1)}…` : name}<//>
    <rect class="track" x=${left} width=${Math.max(0, x(last) - left)} y=${y + 8} height="4" rx="2" />
    ${end >= first && html`<rect class=${kind ?? "brand"} x=${x(from)} width=${Math.max(3, x(end) - x(from))} y=${y + 5} height="10" rx="3" />`}`;
}
