// The population over time: a line for each state, with the days marked on which other rules came into force.
import { html } from "../../vendor/vendor.js";
import { count, day } from "../formats.js";
import { Chart, Label } from "./chart.js";
import { apart, dayScale, scale, ticks } from "./scale.js";

const LINES = [["eligible", "Eligible", "good"], ["ineligible", "Not eligible", "bad"], ["undecided", "Cannot be decided", "unsure"]];
const LEFT = 40, RIGHT = 12, TOP = 26, FOOT = 26;

/** `days`: {on, counts, ruleSetVersion}, oldest first, two at least. */
export function Population({ days, height = 220 }) {
  const [first, last] = [days[0], days.at(-1)];
  const shown = LINES.filter(([name]) => days.some((each) => each.counts[name]));
  const marks = ticks(Math.max(...days.flatMap((each) => Object.values(each.counts))));
  const turns = days.filter((each, number) => number && each.ruleSetVersion !== days[number - 1].ruleSetVersion);
  const said = `From ${day(first.on)} to ${day(last.on)}: ${shown.map(([name, word]) => `${word.toLowerCase()} from ${first.counts[name]} to ${last.counts[name]}`).join(", ")}.${turns.map((each) => ` Rule set ${each.ruleSetVersion} came into force by ${day(each.on)}.`).join("")}`;
  const draw = (width) => {
    const x = dayScale(first.on, last.on, LEFT, width - RIGHT);
    const y = scale(0, marks.at(-1), height - FOOT, TOP);
    const path = (name) => days.map((each, number) => `${number ? "L" : "M"}${x(each.on).toFixed(1)} ${y(each.counts[name]).toFixed(1)}`).join("");
    const dates = apart(days.map((each) => ({ x: Math.min(width - 42, Math.max(42, x(each.on))), text: day(each.on) })), 6.6, 40);
    return html`${marks.map((each) => html`<line class="grid" x1=${LEFT} x2=${width} y1=${y(each)} y2=${y(each)} /><${Label} x=${LEFT - 8} y=${y(each) + 4} at="end" kind="quiet">${count(each)}<//>`)}
      ${turns.map((each) => html`<line class="mark" x1=${x(each.on)} x2=${x(each.on)} y1=${TOP - 8} y2=${height - FOOT} /><${Label} x=${Math.min(x(each.on), width - 60)} y=${TOP - 12} at="middle">Rule set ${each.ruleSetVersion}<//>`)}
      ${shown.map(([name, , kind]) => html`<path class=${`line ${kind}`} d=${path(name)} /><circle class=${kind} cx=${x(last.on)} cy=${y(last.counts[name])} r="4" />`)}
      ${dates.map((each) => html`<${Label} x=${each.x} y=${height - 6} at="middle" kind="quiet">${each.text}<//>`)}`;
  };
  const columns = [{ name: "Day", of: (row) => day(row.on) }, ...shown.map(([name, word]) => ({ name: word, number: true, of: (row) => count(row.counts[name]) })), { name: "Rule set", number: true, of: (row) => row.ruleSetVersion }];
  return html`<p class="legend">${shown.map(([, word, kind]) => html`<span><i class=${kind}></i>${word}</span>`)}</p>
    <${Chart} said=${said} height=${height} draw=${draw} table=${{ columns, rows: [...days].reverse() }} />`;
}
