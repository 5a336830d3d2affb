// All customers, by what the address filters.
import { Choice, CopyLink, Csv, Customer, day, Empty, Filters, Heading, html, link, moment, Pages, Panel, SpendBar, State, stateOf, Table, Tag, Text, threshold, titles, Uncounted, useApi, useFollow, useRules } from "../portal.js";

const STATES = [["", "Any status"], ["eligible", "Eligible"], ["ineligible", "Not eligible"], ["undecided", "Cannot be decided"]];
const FILTERS = ["status", "partner", "owner", "losesBefore", "criterion"];
const BY_ROWS = ["partner", "owner", "losesBefore"];

export default function Customers({ query }) {
  const given = new URLSearchParams(FILTERS.filter((each) => query[each]).map((each) => [each, query[each]]));
  const isCounted = !BY_ROWS.some((each) => query[each]) && Boolean(query.status || query.criterion);
  const list = `${isCounted ? "statistics/customers" : "customers"}?${given}`;
  const found = useApi(`${list}&${new URLSearchParams([["limit", query.limit || "10"], ...(query.after ? [["after", query.after]] : [])])}`);
  useFollow(found.data);
  const rules = useRules("now");
  const needed = rules && threshold(rules.document);
  const currency = rules?.document.currency ?? "";
  const isFiltered = [...given].length > 0;
  const countedAt = isCounted && found.data?.countedAt;
  return html`<${Heading} title="Customers"><p>${countedAt ? `Counted ${moment(countedAt)}, each as it is now` : isFiltered ? "Those that the filters let through" : "All of them, by id"}</p><//>
    <div class="bar-of"><${Filters}>
      <${Choice} label="Status" name="status" options=${STATES} />
      ${query.criterion ? html`<${Choice} label="Decided by" name="criterion" options=${[["", "Any criterion"], ...criteriaOf(rules, query.criterion)]} />` : html`
      <${Text} label="Partner" name="partner" hint="P-fabrikam" />
      <${Text} label="Owner" name="owner" hint="account-team-north" />
      <${Text} label="Loses it before" name="losesBefore" type="date" />`}
      ${isFiltered && html`<a class="button" href=${link("/customers")}>Clear</a>`}<//>
      <div class="actions"><${Csv} path=${list} name="customers" /><${CopyLink} /></div></div>
    <${Panel} title="Customers" bare from=${found} rows=${10}>${({ items, next, countedAt: at }) => (at === null ? html`<${Uncounted} />` : items.length
      ? html`<${Table} label="Customers" rows=${items} columns=${columns(needed, currency)} keyOf=${(row) => row.customerId} /><${Pages} next=${next} />`
      : html`<${Nothing} isFiltered=${isFiltered} next=${next} />`)}<//>`;
}

/** Those of the rules in force, and the one that is asked for. */
const criteriaOf = (rules, asked) => Object.entries({ [asked]: asked, ...(rules && titles(rules.document)) });

const Nothing = ({ isFiltered, next }) => html`${next ? html`<${Empty} kind="no-match" title="None on this page">So many were looked at; there are more.<//><${Pages} next=${next} />`
  : isFiltered ? html`<${Empty} kind="no-match" title="No customer matches"><a href=${link("/customers")}>Clear the filters</a><//>`
    : html`<${Empty} kind="none-yet" title="No customer yet">A customer is here once an event has told of it.<//>`}`;

const columns = (needed, currency) => [
  { name: "Customer", of: (row) => html`<${Customer} id=${row.customerId} name=${row.name} />` },
  { name: "Status", tight: true, of: (row) => html`<${State} name=${stateOf(row)} />${row.byException && html` <${Tag} kind="unsure">by exception<//>`}` },
  { name: "Since", tight: true, of: (row) => day(row.since) },
  { name: "Why, as of its last change", wide: true, of: (row) => row.why },
  { name: "Next", of: (row) => (row.losesOn ? html`lost on <span class="once">${day(row.losesOn)}</span>` : row.gainsOn ? html`gained on <span class="once">${day(row.gainsOn)}</span>` : html`<span class="quiet">no change known</span>`) },
  { name: "Spend a year", of: (row) => html`<${SpendBar} spend=${row.spend} of=${needed} currency=${currency} />` },
  { name: "Owner", of: (row) => row.owner && html`<a href=${link("/customers", { owner: row.owner })}>${row.owner}</a>` },
];
