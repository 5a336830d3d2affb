// What a customer's facts and decisions are called.
import { day, list, money, words } from "../portal.js";

const ACTORS = { customer: "The account team", partner: "The partner", programme: "The programme", nobody: "Time alone" };

/** Who carries out a way, in words. */
export const actors = (by) => {
  const said = by.map((each) => ACTORS[each] ?? each);
  return said.length < 2 ? said.join("") : `${said[0]} and ${said.slice(1).map((each) => each[0].toLowerCase() + each.slice(1)).join(" and ")}`;
};

const NOT_COUNTED = {
  renewal: () => "no: a renewal, not a new deployment",
  "unlisted-application": (licence) => `no: ${licence.application} is not in the programme`,
  ended: (licence) => `no: ended on ${day(licence.endsOn)}`,
  "no-exchange-rate": (licence) => `no: there is no exchange rate for ${licence.currency}`,
};

/** Why a licence counts or not; `node` is the criterion of spend in the tree, null if the rules ask for none. */
export function counts(licence, node) {
  const left = node?.notCounted?.find((each) => each.licenceId === licence.licenceId);
  if (left) return (NOT_COUNTED[left.reason] ?? (() => `no: ${words(left.reason).toLowerCase()}`))(licence);
  if (!node) return "";
  return licence.endsOn ? `yes, until ${day(licence.endsOn)}` : "yes";
}

/** The first criterion of the tree that is about spend. */
export function spendNode(tree) {
  if (tree?.required?.amount && tree.required.currency) return tree;
  for (const each of tree?.children ?? []) {
    const found = spendNode(each);
    if (found) return found;
  }
  return null;
}

/** What caused a decision. */
export function cause(of) {
  if (!of) return "";
  if (of.kind === "event") return `event ${of.id} of ${of.source}`;
  if (of.kind === "date") return `the date ${day(of.date ?? of.on)}`;
  if (of.kind === "rule-set" || of.version) return `rule set ${of.version} ${{ activate: "put in force", retire: "retired" }[of.action] ?? of.action ?? ""}`.trim();
  return of.kind;
}

export const decided = (decision) => (decision.criteria?.verdict === "unknown" ? "undecided" : decision.status);

/** Facts of a kind: a name for its lane, its days, and a sentence. */
export const KINDS = [
  ["licences", "Licence", (fact) => ({ id: fact.licenceId, from: fact.event.time, to: fact.endsOn, text: `${fact.application}, ${money(fact.annualAmount, fact.currency)} a year, ${fact.newDeployment ? "new deployment" : "renewal"}${fact.endsOn ? `, ends on ${day(fact.endsOn)}` : ""}` })],
  ["projects", "Project", (fact) => ({ id: fact.projectId, from: fact.initiatedOn, text: `${list(fact.applications)}, ${fact.status}, starts on ${day(fact.initiatedOn)}` })],
  ["attachments", "Partner", (fact) => ({ id: fact.partnerId, from: fact.event.time, text: `${fact.attached ? "attached to" : "detached from"} ${fact.projectId ?? "all projects"}`, over: !fact.attached })],
  ["exceptions", "Exception", (fact) => ({ id: fact.exceptionId, from: fact.validFrom, to: fact.validUntil, text: `${fact.revoked ? "revoked: " : ""}${fact.reason}, approved by ${fact.approvedBy}, ${day(fact.validFrom)} to ${day(fact.validUntil)}`, over: fact.revoked })],
];

/** Every fact of a customer: {kind, id, from, to, text, over, event}. */
export const facts = (customer) => KINDS.flatMap(([name, kind, of]) => (customer[name] ?? []).map((fact) => ({ kind, ...of(fact), event: fact.event })));
