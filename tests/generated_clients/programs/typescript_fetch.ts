// A round trip with the client that openapi-generator makes as typescript-fetch: its argument is the API's address.
import * as api from "./client/index.js";

type Criterion = { amount?: string };
declare const process: { argv: string[] };

const customer = "C-typescript-fetch";
const configuration = new api.Configuration({ basePath: process.argv[2]! });
const events = new api.EventsApi(configuration);
const customers = new api.CustomersApi(configuration);
const ruleSets = new api.RuleSetsApi(configuration);

const spend = (year: number): api.Event => ({
  specversion: "1.0",
  id: "typescript-fetch",
  source: "/generated",
  type: "fasttrack.spend.updated.v1",
  time: new Date(Date.UTC(year, 4, 30, 9, 30)),
  data: { customerId: customer, licenceId: "L-1", application: "sales", annualAmount: "184000.00", currency: "USD", newDeployment: true },
});

const project: api.Event = {
  specversion: "1.0",
  id: "typescript-fetch-project",
  source: "/generated",
  type: "fasttrack.project.updated.v1",
  time: new Date("2026-05-30T09:30:00Z"),
  data: { customerId: customer, projectId: "J-1", applications: ["sales"], initiatedOn: new Date("2026-07-01"), status: "planned" },
};

async function firstDecision(): Promise<api.Decision> {
  for (const end = Date.now() + 30_000; ; await new Promise((done) => setTimeout(done, 50))) {
    try {
      return await customers.getEligibility({ id: customer });
    } catch (error) {
      if (!(error instanceof api.ResponseError) || error.response.status !== 404 || Date.now() > end) throw error;
    }
  }
}

async function everyCustomer(): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page: api.CustomerItemPage = await customers.listCustomers({ limit: 10, ...(after ? { after } : {}) });
    found.push(...page.items.map((each) => each.customerId));
    after = page.next;
  }
  return found;
}

async function refused(): Promise<api.Problem> {
  try {
    await events.postEvents({ event: [spend(2099)] });
  } catch (error) {
    if (error instanceof api.ResponseError) return api.ProblemFromJSON(await error.response.json());
    throw error;
  }
  throw new Error("an event of 2099 was accepted");
}

const accepted = await events.postEvents({ event: [spend(2026), project] });
const decision = await firstDecision();
const licences = [{ licenceId: "L-2", application: "sales", annualAmount: "100000", currency: "USD", newDeployment: true }];
const whatIf = await new api.WhatIfApi(configuration).check({ question: { customerId: "C-1002", customer: { licences } } });
const problem = await refused();
const { document } = await ruleSets.getRuleSet({ version: 1 });
(document.criteria.criteria as Criterion[])[0]!.amount = "320000";
const draft = await ruleSets.postRuleSet({ draft: { document, note: "typescript-fetch" } });

console.log(
  JSON.stringify({
    accepted: accepted.accepted,
    first: [decision.customerId, decision.status],
    customer: api.CustomerToJSON(await customers.getCustomer({ id: "C-1002" })),
    eligible: api.DecisionToJSON(await customers.getEligibility({ id: "C-1001", on: new Date("2026-05-01") })),
    customers: await everyCustomer(),
    whatIf: api.DecisionToJSON(whatIf),
    problem: { status: problem.status, path: problem.errors![0]!.path },
    draft: { version: draft.version, state: draft.state, amount: (draft.document.criteria.criteria as Criterion[])[0]!.amount },
  }),
);
