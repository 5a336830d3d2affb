// One customer: today, next, why, and what to do.
import { Actions, addMonths, CopyLink, Day, day, distance, Empty, Heading, html, Icon, Linked, link, list, Panel, Print, refine, State, Tag, today, useApi } from "../portal.js";
import { Money } from "../customer/money.js";
import { Offers, Why, Ways } from "../customer/why.js";
import { decided } from "../customer/words.js";
import { Facts, History, Next, Projects, Times } from "../customer/work.js";

export default function Customer({ id, query }) {
  const place = `customers/${encodeURIComponent(id)}`;
  const on = query.on || today();
  const decision = useApi(`${place}/eligibility${query.on ? `?on=${encodeURIComponent(query.on)}` : ""}`);
  const customer = useApi(place);
  const history = useApi(`${place}/history?limit=10`);
  if (customer.problem?.status === 404) return html`<${Heading} title=${id} /><${Empty} kind="no-match" title="This customer is not known">${customer.problem.message}. <a href=${link("/customers")}>All customers</a><//>`;
  const [now, known] = [decision.data, customer.data];
  const name = known?.description?.name;
  const both = { ...decision, data: now && known && { now, known }, problem: decision.problem ?? customer.problem, loading: decision.loading || customer.loading };
  const keeps = now?.losesOn;
  return html`<${Heading} title=${name ?? id} name=${name ? `${name} (${id})` : id} beside=${now && html`<${State} name=${decided(now)} large />${now.byException && html`<${Tag} kind="unsure">by exception<//>`}`}>
      <p>${name && html`${id} · `}${known?.description?.owner && html`${known.description.owner} · `}${now && said(now, query.on)}</p><//>
    <div class="bar-of no-print"><${Day} label="As of" value=${on} set=${(value) => refine({ on: value === today() ? "" : value })} />
      <${Actions}>${query.on && html`<a class="button" href=${link(`/customers/${id}`)}>Back to today</a>`}<a class="button" href=${link(`/customers/${id}/what-if`)}><${Icon} name="chart" />What if</a><a class="button" href=${link(`/customers/${id}/exceptions`)}><${Icon} name="exception" />Exceptions</a><${CopyLink} /><${Print} /><//></div>
    ${now && html`<${Banner} decision=${now} on=${on} />`}
    <div class="cards">
      <${Panel} title="Why" from=${decision} rows=${6}>${(data) => html`<${Why} decision=${data} />`}<//>
      <${Panel} title=${keeps ? `What would keep it after ${day(now.losesOn)}` : now?.status === "eligible" ? "What would keep it" : "What would help"} id="help" from=${decision} rows=${4}>
        ${(data) => (data.status === "eligible" && !data.losesOn ? html`<${Empty} kind="all-good" title="Nothing to do">No loss is known.<//>` : html`<${Ways} ways=${data.losesOn ? data.wouldKeep : data.wouldHelp} missing=${data.notComputed?.some((each) => each.startsWith("would"))} />`)}<//>
      <${Panel} title="Spend and threshold" from=${both}>${(data) => html`<${Money} customer=${data.known} decision=${data.now} />`}<//>
      <${Panel} title="Projects and partners" from=${both}>${(data) => html`<${Projects} customer=${data.known} decision=${data.now} />`}<//>
      <${Panel} title="The next 13 months, if nothing else happens" wide from=${decision}>${(data) => html`<${Next} decision=${data} on=${on} />`}<//>
      <${Panel} title="For the customer" wide from=${decision}>${(data) => html`<${Offers} decision=${data} />`}<//>
    </div>
    <div class="cards no-print" id="more">
      <${Panel} title="Timeline" wide from=${both}>${(data) => history.data && html`<${Times} id=${id} customer=${data.known} decision=${data.now} history=${history.data.items} on=${today()} />`}<//>
      <${Panel} title="Facts" wide from=${customer}>${(data) => html`<${Facts} customer=${data} />`}<//>
      <${Panel} title="History" wide from=${history}>${(data) => html`<${History} id=${id} ...${data} />`}<//>
    </div>`;
}

function said(decision, on) {
  const rules = `by rule set ${decision.ruleSetVersion}`;
  const projects = decision.eligibleProjects.length ? `, with ${list(decision.eligibleProjects)}` : "";
  return on ? `As of ${day(decision.decidedOn)}, by the facts known today, ${rules}${projects}` : `On ${day(decision.decidedOn)}, ${rules}${projects}`;
}

/** What comes next. */
function Banner({ decision, on }) {
  const turn = decision.forecast?.find((each) => each.on === (decision.losesOn ?? decision.gainsOn));
  const because = turn?.because?.text ?? turn?.because;
  if (decided(decision) === "undecided") return html`<div class="banner unsure"><strong>Cannot be decided</strong><span>${decision.summary?.find((each) => each.verdict === "unknown" && !each.text.startsWith("Cannot"))?.text}</span></div>`;
  if (decision.losesOn) {
    const soon = decision.losesOn <= addMonths(on, 13);
    return html`<div class=${`banner ${soon ? "bad" : "none"}`}><strong>Will be lost on ${day(decision.losesOn)}</strong><span>${distance(decision.losesOn, on)}${because && html`, because: <${Linked} text=${because} partners=${turn.because?.changes?.map((each) => each.partnerId).filter(Boolean)} />`}</span></div>`;
  }
  if (decision.gainsOn) return html`<div class="banner good"><strong>Becomes eligible on ${day(decision.gainsOn)}</strong><span>${distance(decision.gainsOn, on)}${because && `, because: ${because}`}</span></div>`;
  return decision.knownUntil ? html`<div class="banner none"><strong>No change is known</strong><span>on or before ${day(decision.knownUntil)}</span></div>` : null;
}
