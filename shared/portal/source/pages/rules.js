// All versions of the rules: which decides when, who made them and why, and the previews of changes.
import { Chart, day, Empty, Heading, html, Label, link, may, moment, Pages, Panel, Table, Tag, today, addMonths, useApi } from "../portal.js";
import { dayScale, monthStarts } from "../charts/scale.js";
import { By, decides, Standing, standing, Version } from "../rules/versions.js";

export default function Rules({ query }) {
  const found = useApi(`rule-sets?limit=20${query.after ? `&before=${query.after}` : ""}`);
  const previews = useApi("previews?limit=10");
  const now = found.data?.items.find((each) => each.inForce);
  return html`<${Heading} title="Rules" beside=${now && may("Rules.Manage") && html`<a class="button primary" href=${link(`/rules/${now.version}/edit`)}>Draft a change</a>`}>
      <p>${now ? `Version ${now.version} decides today.` : "What decides who is eligible, as versions."}</p><//>
    <div class="stack">
      <${Panel} title="Which version decides when" from=${found}>${({ items }) => html`<${Turns} items=${items} />`}<//>
      <${Panel} title="Versions" from=${found} rows=${6}>${({ items, next }) => html`<${Table} label="Versions" rows=${items} columns=${COLUMNS} keyOf=${(row) => row.version} /><${Pages} next=${next} />`}<//>
      <${Panel} title="Previews" from=${previews}>${({ items }) => (items.length
        ? html`<${Table} label="Previews" rows=${items} columns=${PREVIEWS} keyOf=${(row) => row.id} />`
        : html`<${Empty} kind="none-yet" title="Nothing was previewed">A preview says who would gain and who would lose before a change is made.<//>`)}<//>
    </div>`;
}

const COLUMNS = [
  { name: "Version", tight: true, of: (row) => html`<${Version} number=${row.version} />` },
  { name: "State", tight: true, of: (row) => html`<${Standing} of=${row} />` },
  { name: "Decides", tight: true, of: decides },
  { name: "By", tight: true, of: (row) => html`<${By} name=${row.author} />` },
  { name: "Why", wide: true, of: (row) => row.note },
  { name: "Stored", tight: true, of: (row) => day(row.createdAt) },
];

const PREVIEWS = [
  { name: "Preview", wide: true, of: (row) => html`<a class="who" href=${link(`/previews/${row.id}`)}>${named(row)}</a>` },
  { name: "As of", of: (row) => day(row.on) },
  { name: "State", of: (row) => (row.outOfDate ? html`<${Tag} kind="unsure">Out of date<//>` : row.state === "running" ? html`<${Tag} kind="brand">Running<//>` : html`<${Tag}>Finished<//>`) },
  { name: "Asked", of: (row) => moment(row.startedAt) },
];

const named = (row) => row.title || (row.version ? `${row.action === "retire" ? "Retiring" : "Activating"} version ${row.version}` : `Everybody on ${day(row.on)}`);

const LANE = 34, TOP = 20, FOOT = 26;

/** A bar for each version that decides, and a place for each draft. */
function Turns({ items }) {
  const shown = items.filter((each) => each.decidesFrom || each.state === "draft");
  const starts = shown.map((each) => each.decidesFrom ?? each.effectiveFrom);
  const first = [...starts, addMonths(today(), -6)].sort()[0];
  const last = addMonths([...starts, today()].sort().at(-1), 12);
  const height = TOP + shown.length * LANE + FOOT;
  const said = shown.map((each) => `Version ${each.version}, ${standing(each).word.toLowerCase()}: ${decides(each)}`).join(". ");
  const left = (width) => Math.min(110, width * 0.25);
  const draw = (width) => {
    const x = dayScale(first, last, left(width), width - 4);
    return html`${monthStarts(first, last, Math.max(2, width / 110)).map((each) => html`<line class="grid" x1=${x(each)} x2=${x(each)} y1=${TOP} y2=${height - FOOT} /><${Label} x=${Math.min(x(each), width - 30)} y=${height - 8} at="middle" kind="quiet">${day(each).slice(2)}<//>`)}
      ${shown.map((each, lane) => html`<${Lane} ...${each} x=${x} y=${TOP + lane * LANE} last=${last} />`)}
      <line class="mark" x1=${x(today())} x2=${x(today())} y1=${TOP - 4} y2=${height - FOOT} /><${Label} x=${x(today())} y="11" at="middle" kind="strong">today<//>`;
  };
  const links = (width) => shown.map((each, lane) => ({ x: 0, y: TOP + lane * LANE + 2, width, height: LANE - 4, href: link(`/rules/${each.version}`), name: `Version ${each.version}: ${decides(each)}` }));
  const columns = [{ name: "Version", of: (row) => row.version }, { name: "State", of: (row) => standing(row).word }, { name: "Decides", of: decides }];
  return html`<${Chart} said=${said} height=${height} draw=${draw} links=${links} table=${{ columns, rows: shown }} />`;
}

function Lane({ version, state, inForce, decidesFrom, decidesUntil, effectiveFrom, x, y, last }) {
  const from = x(decidesFrom ?? effectiveFrom);
  const to = x(decidesUntil ?? last);
  const kind = inForce ? "good" : state === "draft" ? "drafted" : "brand";
  return html`<${Label} x="4" y=${y + 21} kind=${inForce ? "strong" : ""}>Version ${version}<//>
    <rect class=${kind} x=${from} width=${Math.max(3, to - from)} y=${y + 8} height="18" rx="4" />`;
}
