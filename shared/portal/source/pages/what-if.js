// What if: other facts, another day or other rules for one customer; the answer beside today's, all of it in the address.
import { CopyLink, Day, day, Empty, Heading, html, link, list, Panel, refine, State, useApi, view } from "../portal.js";
import { Why, Ways } from "../customer/why.js";
import { decided } from "../customer/words.js";

const ASKED = ["spend", "application", "attach", "project", "detach", "move", "to", "version", "on"];

export default function WhatIf({ id, query }) {
  const place = `customers/${encodeURIComponent(id)}`;
  const customer = useApi(place);
  const now = useApi(`${place}/eligibility`);
  const sets = useApi("rule-sets?limit=20");
  const inForce = sets.data?.items.find((each) => each.inForce);
  const rules = useApi(inForce && `rule-sets/${query.version || inForce.version}`);
  const known = customer.data, document = rules.data?.document;
  const isAsked = ASKED.some((each) => query[each] && !["application", "project"].includes(each));
  const body = isAsked && known && document ? question(id, known, document, query) : null;
  const then = useApi(body && "check", { body: body ?? undefined });
  const name = known?.description?.name;
  if (customer.problem?.status === 404) return html`<${Heading} title=${id} /><${Empty} kind="no-match" title="This customer is not known">${customer.problem.message}<//>`;
  return html`<${Heading} title="What if" name=${`What if: ${name ?? id}`}><p><a href=${link(`/customers/${id}`)}>${name ? `${name} (${id})` : id}</a> · nothing is stored, nothing is sent</p><//>
    <${Panel} title="What would be otherwise" from=${customer} more=${html`<${CopyLink} />`}>${(of) => html`<${Form} customer=${of} document=${document} sets=${sets.data?.items ?? []} query=${query} />`}<//>
    <div class="cards more">
      <${Panel} title="Today" from=${now} rows=${5}>${(of) => html`<${Answer} decision=${of} />`}<//>
      <${Panel} title=${query.on ? `What if, as of ${day(query.on)}` : "What if"} from=${then} rows=${5}>${(of) => html`<${Answer} decision=${of} />`}<//>
      ${!isAsked && html`<section class="card" aria-label="What if"><${Empty} kind="none-yet" title="Nothing is otherwise yet">Fill in a field above: the answer stands beside today's.<//></section>`}
    </div>`;
}

const Answer = ({ decision }) => html`<div class="stack"><p><${State} name=${decided(decision)} large /> ${decision.eligibleProjects.length > 0 && html`<span class="quiet">with ${list(decision.eligibleProjects)}</span>`}</p>
  ${(decision.losesOn || decision.gainsOn) && html`<p>${decision.losesOn ? `Will be lost on ${day(decision.losesOn)}` : `Becomes eligible on ${day(decision.gainsOn)}`}</p>`}
  <${Why} decision=${decision} />
  ${decision.status !== "eligible" && html`<details><summary>What would help</summary><${Ways} ways=${decision.wouldHelp} missing=${decision.notComputed?.includes("wouldHelp")} /></details>`}</div>`;

/** The question as POST check takes it: given facts stand in place of the stored ones of the same key. */
function question(id, customer, document, query) {
  const given = { licences: [], projects: [], attachments: [] };
  if (query.spend) given.licences.push({ licenceId: "what-if", application: query.application || usual(customer, document), annualAmount: query.spend, currency: document.currency, newDeployment: true });
  const move = moved(customer, query);
  if (move) given[move.of].push(move.fact);
  if (query.attach) given.attachments.push({ partnerId: query.attach, projectId: query.project || null, attached: true });
  if (query.detach) given.attachments.push(...customer.attachments.filter((each) => each.partnerId === query.detach && each.attached).map((each) => ({ partnerId: each.partnerId, projectId: each.projectId ?? null, attached: false })));
  return { customerId: id, customer: given, ...(query.on && { on: query.on }), ...(query.version && { ruleSetVersion: Number(query.version) }) };
}

/** An application that counts: one that the customer has, else the first of the rules. */
function usual(customer, document) {
  const counts = new Set(document.applications.map((each) => each.id));
  const has = [...customer.projects.flatMap((each) => each.applications), ...customer.licences.map((each) => each.application)];
  return has.find((each) => counts.has(each)) ?? document.applications[0].id;
}

const without = ({ event, ...fact }) => fact;

/** A project that starts, or a licence that ends, on another day. */
function moved(customer, { move, to }) {
  if (!move || !to) return null;
  const [kind, id] = [move.slice(0, move.indexOf(":")), move.slice(move.indexOf(":") + 1)];
  const project = kind === "project" && customer.projects.find((each) => each.projectId === id);
  if (project) return { of: "projects", fact: { ...without(project), initiatedOn: to } };
  const licence = kind === "licence" && customer.licences.find((each) => each.licenceId === id);
  return licence ? { of: "licences", fact: { ...without(licence), endsOn: to } } : null;
}

function Form({ customer, document, sets, query }) {
  const set = (name) => (event) => refine({ [name]: event.target.value.trim() });
  const select = (label, name, options) => html`<div class="field"><label for=${`of-${name}`}>${label}</label><select id=${`of-${name}`} value=${query[name] ?? ""} onChange=${set(name)}>${options.map(([value, word]) => html`<option value=${value} selected=${value === (query[name] ?? "")}>${word}</option>`)}</select></div>`;
  const input = (label, name, type = "text", hint = "", more = {}) => html`<label class="field"><span>${label}</span><input type=${type} value=${query[name] ?? ""} placeholder=${hint} onChange=${set(name)} autocomplete="off" ...${more} /></label>`;
  const date = (label, name) => html`<${Day} label=${label} value=${query[name] ?? ""} set=${(value) => refine({ [name]: value })} />`;
  const attached = [...new Set(customer.attachments.filter((each) => each.attached).map((each) => each.partnerId))];
  const dates = [...customer.projects.map((each) => [`project:${each.projectId}`, `${each.projectId} starts (${day(each.initiatedOn)})`]), ...customer.licences.map((each) => [`licence:${each.licenceId}`, `${each.licenceId} ends (${each.endsOn ? day(each.endsOn) : "no end"})`])];
  return html`<form class="forms" onSubmit=${(event) => event.preventDefault()}>
    <fieldset><legend>Spend more</legend>${input(`A year more, ${document?.currency ?? ""}`, "spend", "number", "50000", { min: 0, step: "0.01" })}${select("On the application", "application", [["", "one that counts"], ...(document?.applications ?? []).map((each) => [each.id, each.title])])}</fieldset>
    <fieldset><legend>Another partner</legend>${input("Attach partner", "attach", "text", "P-fabrikam")}${select("To", "project", [["", "all projects"], ...customer.projects.map((each) => [each.projectId, each.projectId])])}${select("Detach partner", "detach", [["", "none"], ...attached.map((each) => [each, each])])}</fieldset>
    <fieldset><legend>Another date</legend>${select("Move", "move", [["", "no date"], ...dates])}${date("To", "to")}</fieldset>
    <fieldset><legend>Another day or other rules</legend>${date("As of", "on")}${select("Rule set", "version", [["", "those in force"], ...sets.map((each) => [String(each.version), `${each.version}, ${each.state}, from ${day(each.effectiveFrom)}`])])}</fieldset>
    ${ASKED.some((each) => query[each]) && html`<p><a class="button" href=${link(view.value.path)}>As it is today</a></p>`}</form>`;
}
