// Places in a JSON document: found, changed, and shown line by line.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, lines, placed, put, steps } from "../../../shared/portal/source/rules/places.js";

const DOCUMENT = { currency: "USD", exchangeRates: { EUR: "1.08" }, criteria: { criteria: [{ amount: "1" }, { levels: ["gold"] }] } };

test("a path is read as names and numbers, quoted names too", () => {
  assert.deepEqual(steps("$.criteria.criteria[1].levels"), ["criteria", "criteria", 1, "levels"]);
  assert.deepEqual(steps('$["a \\"b"].c'), ['a "b', "c"]);
  assert.deepEqual(steps("$"), []);
});

test("what is at a path is found, and nothing where there is nothing", () => {
  assert.equal(at(DOCUMENT, "$.criteria.criteria[0].amount"), "1");
  assert.equal(at(DOCUMENT, "$.criteria.criteria[7].amount"), undefined);
});

test("a change is made in a copy alone", () => {
  const made = put(DOCUMENT, "$.criteria.criteria[0].amount", "2");
  assert.equal(made.criteria.criteria[0].amount, "2");
  assert.equal(DOCUMENT.criteria.criteria[0].amount, "1");
  assert.equal(made.criteria.criteria[1], DOCUMENT.criteria.criteria[1]);
});

test("undefined takes a member or an item away", () => {
  assert.deepEqual(put(DOCUMENT, "$.exchangeRates.EUR", undefined).exchangeRates, {});
  assert.equal(put(DOCUMENT, "$.criteria.criteria[0]", undefined).criteria.criteria.length, 1);
});

test("the lines of a value are its JSON, each with its path", () => {
  const shown = lines(DOCUMENT);
  assert.deepEqual(JSON.parse(shown.map((each) => each.text).join("\n")), DOCUMENT);
  assert.equal(shown.map((each) => "  ".repeat(each.depth) + each.text).join("\n"), JSON.stringify(DOCUMENT, null, 2));
  assert.ok(shown.some((each) => each.path === "$.criteria.criteria[1].levels[0]" && each.text === '"gold"'));
});

test("an error stands at its member, or at what the member is missing from", () => {
  const shown = lines({ data: { customerId: "C-1" }, "a b": 1 });
  const found = placed([{ path: "$.data.customerId" }, { path: "$.data.currency" }, { path: "$.time" }, { path: '$["a b"]' }], shown);
  assert.deepEqual([...found].map(([place, errors]) => [place, errors.length]), [["$.data.customerId", 1], ["$.data", 1], ["$", 1], ['$["a b"]', 1]]);
});
