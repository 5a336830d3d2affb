// A customer's projects and partners, its facts, its timeline and its history.
import { Ahead, addDays, addMonths, day, Empty, html, link, list, moment, Partner, State, Table, Tag, Timeline } from "../portal.js";
import { cause, decided, facts } from "./words.js";

export function Projects({ customer, decision }) {
  if (!customer.projects.length) return html`<${Empty} kind="none-yet" title="No project yet">Partners attached: ${list(attached(customer, null)) || "none"}.<//>`;
  const columns = [
    { name: "Project", of: (row) => html`${row.projectId} ${decision.eligibleProjects.includes(row.projectId) && html`<${Tag} kind="good">eligible<//>`}` },
    { name: "Applications", of: (row) => list(row.applications) },
    { name: "Starts", tight: true, of: (row) => day(row.initiatedOn) },
    { name: "Status", of: (row) => row.status },
    { name: "Partners", of: (row) => partners(customer, row) },
  ];
  return html`<${Table} label="Projects and partners" columns=${columns} rows=${customer.projects} keyOf=${(row) => row.projectId} />`;
}

const attached = (customer, project) => customer.attachments.filter((each) => each.attached && (each.projectId ?? null) === project).map((each) => each.partnerId);

function partners(customer, { projectId }) {
  const found = [...new Set([...attached(customer, projectId), ...attached(customer, null)])];
  return found.length ? found.map((id, number) => html`${number > 0 && ", "}<${Partner} id=${id} />`) : html`<span class="quiet">none</span>`;
}

/** The states from a day on: today's, then those foreseen. */
export const ahead = (decision, on) => [{ on, name: decided(decision) }, ...(decision.forecast ?? []).map((each) => ({ on: each.on, name: each.status }))];

export const Next = ({ decision, on }) => html`<${Ahead} changes=${ahead(decision, on)} first=${on} />
  ${decision.forecast === null && html`<p class="quiet">What is ahead takes too much work to find out.</p>`}
  ${decision.forecast?.some((each) => each.on <= addMonths(on, 13)) && html`<ul class="rows">${decision.forecast.filter((each) => each.on <= addMonths(on, 13)).map((each) => html`<li><strong>${day(each.on)}</strong> <${State} name=${each.status} /> ${each.because?.text ?? each.because}</li>`)}</ul>`}`;

/** Facts and decisions in time: what was recorded, and what is foreseen. */
export function Times({ id, customer, decision, history, on }) {
  const found = facts(customer).filter((each) => !each.over);
  const past = [...history].reverse().map((each) => ({ on: each.decidedOn, name: decided(each), number: each.sequence }));
  const first = [addMonths(on, -6), ...past.map((each) => each.on), ...found.map((each) => each.from.slice(0, 10))].sort()[0];
  const last = addMonths(on, 13);
  const lanes = found.slice(0, 20).map((each) => ({ name: `${each.kind} ${each.id}`, from: each.from.slice(0, 10), to: each.to, text: each.text }));
  const changes = [...past.filter((each) => each.on <= on), ...ahead(decision, on)];
  const points = past.map((each) => ({ on: each.on, href: link(`/customers/${id}/history/${each.number}`), name: `Decision ${each.number} of ${day(each.on)}` }));
  return html`<${Timeline} changes=${changes} lanes=${lanes} points=${lastOfDay(points)} first=${first < addMonths(on, -60) ? addMonths(on, -60) : addDays(first, -7)} last=${last} today=${on} />
    ${found.length > 20 && html`<p class="quiet">The first 20 of ${found.length} facts.</p>`}`;
}

const lastOfDay = (points) => points.filter((each, number) => points[number + 1]?.on !== each.on);

export function Facts({ customer }) {
  const columns = [
    { name: "Fact", of: (row) => `${row.kind} ${row.id}` },
    { name: "What it says", wide: true, of: (row) => row.text },
    { name: "Event", of: (row) => html`<code>${row.event.id}</code> <span class="quiet">${row.event.source}</span>` },
    { name: "Time", of: (row) => moment(row.event.time) },
  ];
  const found = facts(customer);
  return found.length ? html`<${Table} label="Facts" columns=${columns} rows=${found} keyOf=${(row) => `${row.kind} ${row.id} ${row.text}`} />` : html`<${Empty} kind="none-yet" title="No fact yet" />`;
}

export function History({ id, items, next }) {
  const columns = [
    { name: "Decision", of: (row) => html`<a class="who" href=${link(`/customers/${id}/history/${row.sequence}`)}>Decision ${row.sequence}</a>` },
    { name: "On", of: (row) => day(row.decidedOn) },
    { name: "Status", of: (row) => html`<${State} name=${decided(row)} />` },
    { name: "Projects", of: (row) => list(row.eligibleProjects) || "–" },
    { name: "By rule set", number: true, of: (row) => row.ruleSetVersion },
    { name: "Because of", wide: true, of: (row) => cause(row.cause) },
  ];
  return html`<${Table} label="History" columns=${columns} rows=${items} keyOf=${(row) => row.sequence} />${next && html`<p class="quiet">The newest ${items.length}; older ones are in the API.</p>`}`;
}
