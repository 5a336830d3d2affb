// One version of the rules: what it changes, how it reads, and how it comes into force.
import { day, Empty, Fault, Heading, html, link, may, me, moment, Panel, Progress, refine, send, Skeleton, Table, useApi, useSend, go, CopyLink, Print, counted } from "../portal.js";
import { Difference, Reading } from "../rules/reading.js";
import { By, decides, Mark, Standing } from "../rules/versions.js";

export default function RuleSet({ version, query }) {
  const all = useApi("rule-sets?limit=100");
  const versions = all.data?.items;
  const against = versions && (query.against ?? before(versions, Number(version)));
  const asked = useApi(versions && `rule-sets/${version}${against ? `?against=${against}` : ""}`, { again: (data) => (data.progress && !data.progress.finishedAt && !data.progress.supersededBy ? 1 : 0) });
  const found = versions ? { ...asked, loading: asked.loading || !(asked.data || asked.problem) } : { ...all, data: null };
  const one = found.data;
  if (found.problem?.status === 404) return html`<${Heading} title=${`Version ${version}`} /><${Fault} problem=${found.problem} />`;
  return html`<${Heading} title=${`Version ${version}`} name=${`Rules, version ${version}`} beside=${one && html`<${Standing} of=${one} />`}>
      ${one && html`<p class="note">${one.note || "Why it was made is not told."}</p><p>By <${By} name=${one.author} verified=${one.verified} />, ${moment(one.createdAt)} · decides: ${decides(one)}</p>`}<//>
    <div class="bar-of no-print"><div class="actions">${may("Rules.Manage") && html`<a class="button" href=${link(`/rules/${version}/edit`)}>Draft a change of it</a>`}</div>
      <div class="actions"><${CopyLink} /><${Print} /></div></div>
    ${one?.progress && !one.progress.finishedAt && html`<${Again} progress=${one.progress} />`}
    <div class="cards">
      <${Panel} title="What it changes" from=${found} more=${versions?.length > 1 && html`<${Against} versions=${versions} version=${Number(version)} against=${against} />`}>
        ${(data) => (data.against ? html`<${Difference} lines=${data.difference} />` : html`<${Empty} kind="none-yet" title="Nothing decided before it">It is the first in force.<//>`)}<//>
      <${Panel} title=${one?.state === "active" ? "Taking it back" : "Putting it in force"} from=${found}>${(data) => html`<${Steps} of=${data} reload=${found.reload} />`}<//>
      <${Panel} title="The rules as they read" wide from=${found} rows=${10}>${(data) => (data.sentences ? html`<${Reading} sentences=${data.sentences} />` : html`<p>Only a later version of this app can read it.</p>`)}<//>
      <${Panel} title="Golden cases" from=${found}>${(data) => html`<${Cases} cases=${data.cases} />`}<//>
      <${Panel} title="What was done with it" from=${found}>${(data) => html`<${Done} of=${data} />`}<//>
    </div>`;
}

/** The version to compare with if none is named: that in force, or the one that decided before it. */
function before(versions, version) {
  const now = versions.find((each) => each.inForce)?.version;
  if (now !== version) return now;
  return versions.filter((each) => each.decidesFrom && each.version !== version).sort((one, other) => (one.decidesFrom < other.decidesFrom ? 1 : -1))[0]?.version;
}

const Against = ({ versions, version, against }) => html`<label class="inline-field"><span>against</span>
  <select value=${against ?? ""} onChange=${(event) => refine({ against: event.target.value })}>
    ${!against && html`<option value="" selected>another version</option>`}
    ${versions.filter((each) => each.version !== version).map((each) => html`<option value=${each.version} selected=${String(each.version) === String(against)}>version ${each.version}${each.inForce ? ", in force" : ""}</option>`)}</select></label>`;

const Again = ({ progress }) => html`<div class="banner none" role="status"><strong>Everybody is decided again.</strong> ${progress.supersededBy ? `A later change, of version ${progress.supersededBy.version}, does that now.`
  : html`<${Progress} done=${progress.done} of=${progress.of} what="customers" />`}</div>`;

/** The steps of a change: preview, approvals, and the preview's page, where it is made. */
function Steps({ of, reload }) {
  const action = of.state === "active" ? "retire" : "activate";
  const previews = useApi("previews?limit=50");
  const latest = previews.data?.items.find((each) => each.version === of.version && each.action === action);
  const asking = useSend();
  const preview = () => asking.run(async () => go(link(`/previews/${(await send(`rule-sets/${of.version}/preview`, { action })).id}`)));
  const word = action === "retire" ? "take it out of force" : "put it in force";
  if (!previews.data && !previews.problem) return html`<${Skeleton} rows=${4} />`;
  return html`<ol class="steps">
    <li><strong>Preview</strong> <span class="quiet">Who would gain and who would lose, by name.</span>
      ${latest && html`<p><a href=${link(`/previews/${latest.id}`)}>${latest.state === "running" ? "It is running" : `Preview of ${moment(latest.startedAt)}`}</a>${latest.outOfDate && ", out of date"}</p>`}
      ${may("Rules.Manage") && html`<p><button class=${latest ? "" : "primary"} onClick=${preview} disabled=${asking.busy}>${latest ? "Preview it again" : "Preview it"}</button></p>`}
      ${asking.problem && html`<${Fault} problem=${asking.problem} />`}</li>
    <li><strong>Approval</strong> <${Approvals} of=${of} action=${action} reload=${reload} /></li>
    <li><strong>${action === "retire" ? "Retire" : "Activate"}</strong> <span class="quiet">On the preview's page: type how many lose, and ${word}.</span>
      ${latest?.state === "finished" && !latest.outOfDate && may("Rules.Manage") && html`<p><a class="button primary" href=${link(`/previews/${latest.id}`)}>Go on to ${word}</a></p>`}</li></ol>`;
}

function Approvals({ of, action, reload }) {
  const giving = useSend();
  const [needed, given] = [of.approvalsNeeded, of.approvedBy];
  const approve = (event) => {
    event.preventDefault();
    const note = event.target.elements.note.value.trim();
    giving.run(() => send(`rule-sets/${of.version}/approve`, { action, ...(note && { note }) }).then(reload));
  };
  return html`<span class="quiet">${needed ? `${given.length} of ${counted(needed, "approval")} needed, by others than the author.` : "None is needed here."}</span>
    ${given.length > 0 && html`<ul class="plain">${given.map((each) => html`<li><${Mark} good /> <${By} name=${each.by} verified=${true} />, ${moment(each.at)}${each.note && `: ${each.note}`}</li>`)}</ul>`}
    ${may("Rules.Approve") && me.value.name && html`<form class="inline" onSubmit=${approve}><label class="field"><span>Why you approve (may be left out)</span><input name="note" maxlength="1000" /></label><button disabled=${giving.busy}>Approve</button></form>`}
    ${giving.problem && html`<${Fault} problem=${giving.problem} />`}`;
}

const Cases = ({ cases }) => (cases.length ? html`<p class="quiet">${counted(cases.length, "case")} came out as expected when it was stored.</p>
  <ul class="rows ticked">${cases.map((each) => html`<li><${Mark} good /><span>${each.title} <span class="quiet">on ${day(each.on)}</span></span></li>`)}</ul>`
  : html`<${Empty} kind="none-yet" title="No golden case came with it">A golden case says what must come out for a customer, so that no later change breaks it.<//>`);

const CHANGES = [
  { name: "What", of: (row) => (row.action === "activated" ? "Put in force" : "Taken out of force") },
  { name: "By", of: (row) => html`<${By} name=${row.author} verified=${row.verified} />` },
  { name: "When", tight: true, of: (row) => moment(row.at) },
  { name: "Why", wide: true, of: (row) => row.note },
  { name: "Approved by", of: (row) => row.approvedBy.join(", ") },
];

const Done = ({ of }) => html`${of.changes.length ? html`<${Table} label="Changes" rows=${of.changes} columns=${CHANGES} keyOf=${(row) => row.epoch} />` : html`<${Empty} kind="none-yet" title="It was never in force" />`}
  ${of.progress?.finishedAt && html`<p class="quiet after">Everybody was decided again by ${moment(of.progress.finishedAt)}: ${counted(of.progress.done, "customer")}, ${of.progress.changed} of them with another outcome.</p>`}
  <p class="quiet after">SHA-256 <code class="hash">${of.sha256}</code></p>`;
