// How dates, money, counts and states are written; addresses; places on charts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { apart, dayScale, monthStarts, scale, ticks } from "../../../shared/portal/source/charts/scale.js";
import { spans } from "../../../shared/portal/source/charts/times.js";
import * as formats from "../../../shared/portal/source/formats.js";
import { link, match, read } from "../../../shared/portal/source/router.js";
import { criteria, threshold, titles, turns } from "../../../shared/portal/source/rules.js";

test("a date is written with its month as a word", () => {
  assert.equal(formats.day("2027-02-16"), "16 Feb 2027");
  assert.equal(formats.day(null), "");
  assert.equal(formats.month("2027-12"), "Dec 2027");
  assert.equal(formats.moment("2027-02-16T09:05:59.123456Z"), "16 Feb 2027, 09:05 UTC");
});

test("days and months are counted by the calendar", () => {
  assert.equal(formats.addDays("2027-02-28", 1), "2027-03-01");
  assert.equal(formats.addMonths("2027-01-31", 1), "2027-02-28");
  assert.equal(formats.addMonths("2026-11-29", 13), "2027-12-29");
  assert.equal(formats.addMonths("2026-03-31", -6), "2025-09-30");
  assert.equal(formats.daysBetween("2026-11-29", "2027-01-01"), 33);
});

test("how far a day is is said in the unit that fits", () => {
  const said = (day) => formats.distance(day, "2026-11-29");
  assert.deepEqual(["2026-11-29", "2026-11-30", "2026-11-01", "2027-02-27", "2035-12-31"].map(said), ["today", "in 1 day", "28 days ago", "in 3 months", "in 9 years"]);
});

test("money has separators and a currency, and loses no digit", () => {
  assert.equal(formats.money("420000.00", "USD"), "USD 420,000");
  assert.equal(formats.money("299999.99", "EUR"), "EUR 299,999.99");
  assert.equal(formats.money("0.5", "USD"), "USD 0.50");
  assert.equal(formats.money("999999999999999.99", "USD"), "USD 999,999,999,999,999.99");
  assert.equal(formats.money("0", "USD"), "USD 0");
  assert.equal(formats.money(null, "USD"), "");
});

test("counts and changes are written", () => {
  assert.equal(formats.counted(1, "customer"), "1 customer");
  assert.equal(formats.counted(1204, "customer"), "1,204 customers");
  assert.equal(formats.counted(2, "loss", "losses"), "2 losses");
  assert.deepEqual([3, -12, 0].map(formats.change), ["+3", "−12", "no change"]);
  assert.deepEqual([950, 300_000, 1_500_000, 2e9].map(formats.short), ["950", "300k", "1.5M", "2bn"]);
  assert.equal(formats.list(["a", "b", "c"]), "a, b and c");
  assert.equal(formats.list(["a"]), "a");
});

test("cannot be decided is a state of its own", () => {
  assert.equal(formats.stateOf({ status: "ineligible", undecided: true }), "undecided");
  assert.equal(formats.stateOf({ status: "ineligible", undecided: false }), "ineligible");
  assert.equal(formats.state("undecided").word, "Cannot be decided");
  assert.equal(formats.state("something new").word, "Not decided yet");
});

test("a view's address is its path and what its query has", () => {
  assert.equal(link("/"), "/api/portal");
  assert.equal(link("/customers", { status: "eligible", partner: "", after: undefined }), "/api/portal/customers?status=eligible");
  assert.deepEqual(read("/api/portal/customers/", "?status=eligible"), { path: "/customers", query: { status: "eligible" } });
  assert.equal(read("/api/portal", "").path, "/");
});

test("a path has the form of one pattern", () => {
  assert.deepEqual(match("/customers/:id/history/:number", "/customers/C-1/history/2"), { id: "C-1", number: "2" });
  assert.equal(match("/customers/:id", "/customers"), null);
  assert.deepEqual(match("/customers/:id", "/customers/%E0%A4"), { id: "%E0%A4" });
});

test("amounts on an axis are round", () => {
  assert.deepEqual(ticks(4), [0, 1, 2, 3, 4]);
  assert.ok(ticks(46).at(-1) >= 46);
  assert.deepEqual(ticks(0), [0, 1]);
  assert.equal(scale(0, 10, 100, 200)(5), 150);
});

test("days lie between the ends, and labels do not cover each other", () => {
  const x = dayScale("2026-01-01", "2026-01-11", 0, 100);
  assert.deepEqual([x("2025-12-01"), x("2026-01-06"), x("2027-01-01")], [0, 50, 100]);
  assert.ok(monthStarts("2025-01-15", "2027-12-31", 12).length <= 12);
  assert.deepEqual(apart([{ x: 0, text: "Jan 2026" }, { x: 20, text: "Feb 2026" }, { x: 120, text: "Mar 2026" }]).map((each) => each.text), ["Jan 2026", "Mar 2026"]);
});

test("changes make spans that end where the next begins", () => {
  const changes = [{ on: "2026-11-29", name: "eligible" }, { on: "2026-11-29", name: "undecided" }, { on: "2027-01-01", name: "ineligible" }];
  assert.deepEqual(spans(changes, "2026-11-01", "2027-06-01"), [
    { name: "undecided", from: "2026-11-29", to: "2027-01-01" },
    { name: "ineligible", from: "2027-01-01", to: "2027-06-01" },
  ]);
});

test("a rule set's least spend and its criteria are found wherever they are", () => {
  const root = { type: "any-of", id: "root", title: "Root", criteria: [
    { type: "annual-spend-at-least", id: "more", title: "More", amount: "300000" },
    { type: "any-project", id: "project", title: "Project", criterion: { type: "annual-spend-at-least", id: "less", title: "Less", amount: "90000" } },
  ] };
  assert.equal(threshold({ criteria: root }), "90000");
  assert.equal(threshold({ criteria: { type: "exception", id: "x", title: "X" } }), null);
  assert.equal(criteria(root).length, 4);
  assert.equal(titles({ criteria: root }).less, "Less");
});

test("of the rule sets one is in force and the nearest active one is next", () => {
  const sets = [
    { version: 4, state: "active", effectiveFrom: "2028-01-01" },
    { version: 3, state: "active", effectiveFrom: "2027-01-01" },
    { version: 2, state: "draft", effectiveFrom: "2026-12-01" },
    { version: 1, state: "active", inForce: true, effectiveFrom: "2023-02-13" },
  ];
  const { now, next } = turns(sets, "2026-11-29");
  assert.deepEqual([now.version, next.version], [1, 3]);
});
