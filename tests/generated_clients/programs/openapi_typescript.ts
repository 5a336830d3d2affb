// A round trip with the types that openapi-typescript makes: its argument is the API's address, it prints what it saw.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Event = components["schemas"]["Event"];
type Criterion = { amount?: string };
declare const process: { argv: string[] };

const customer = "C-openapi-typescript";
const client = createClient<paths>({ baseUrl: process.argv[2]! });

const spend = (year: number): Event => ({
  specversion: "1.0",
  id: "openapi-typescript",
  source: "/generated",
  type: "fasttrack.spend.updated.v1",
  time: `${year}-05-30T09:30:00Z`,
  data: { customerId: customer, licenceId: "L-1", application: "sales", annualAmount: "184000.00", currency: "USD", newDeployment: true },
});

const project: Event = {
  specversion: "1.0",
  id: "openapi-typescript-project",
  source: "/generated",
  type: "fasttrack.project.updated.v1",
  time: "2026-05-30T09:30:00Z",
  data: { customerId: customer, projectId: "J-1", applications: ["sales"], initiatedOn: "2026-07-01", status: "planned" },
};

async function eligibility(id: string, query: { on?: string } = {}) {
  return (await client.GET("/customers/{id}/eligibility", { params: { path: { id }, query } })).data;
}

async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((done) => setTimeout(done, 50))) {
    const found = await read();
    if (found !== undefined) return found;
  }
  throw new Error("not within 30 s");
}

async function everyCustomer(): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const query = after ? { limit: 10, after } : { limit: 10 };
    const page = (await client.GET("/customers", { params: { query } })).data!;
    found.push(...page.items.map((each) => each.customerId));
    after = page.next;
  }
  return found;
}

const accepted = (await client.POST("/events", { body: [spend(2026), project] satisfies Event[] })).data!;
const decision = await eventually(() => eligibility(customer));
const licences = [{ licenceId: "L-2", application: "sales", annualAmount: "100000", currency: "USD", newDeployment: true }];
const whatIf = (await client.POST("/check", { body: { customerId: "C-1002", customer: { licences } } })).data!;
const problem = (await client.POST("/events", { body: [spend(2099)] satisfies Event[] })).error!;
const { document } = (await client.GET("/rule-sets/{version}", { params: { path: { version: 1 } } })).data!;
(document.criteria.criteria as Criterion[])[0]!.amount = "320000";
const draft = (await client.POST("/rule-sets", { body: { document, note: "openapi-typescript" } })).data!;

console.log(
  JSON.stringify({
    accepted: accepted.accepted,
    first: [decision.customerId, decision.status],
    customer: (await client.GET("/customers/{id}", { params: { path: { id: "C-1002" } } })).data,
    eligible: await eligibility("C-1001", { on: "2026-05-01" }),
    customers: await everyCustomer(),
    whatIf,
    problem: { status: problem.status, path: problem.errors![0]!.path },
    draft: { version: draft.version, state: draft.state, amount: (draft.document.criteria.criteria as Criterion[])[0]!.amount },
  }),
);
