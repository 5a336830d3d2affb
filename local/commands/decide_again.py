"""Decide a recorded decision again from the facts kept with it, offline, and list what differs by JSON path."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from shared.domain.customer import Customer
from shared.domain.decision import UNASSESSED, JsonObject, Verdict
from shared.domain.facts import PARTNER_FACTS
from shared.domain.gathered import customer_from
from shared.domain.notification import MAX_TREE_BYTES, decision_json, notification_of, recorded_decision
from shared.domain.partner import Partner
from shared.errors import PermanentError
from shared.rules.difference import equal
from shared.rules.document import parse_document
from shared.rules.forecast import Rules, assess
from shared.rules.reasons import deciding_part
from shared.rules.rule_set import RuleSet, explain
from shared.rules.used_facts import entry_members

_NOT_DECIDED = ("cause", "decidedAt", "ruleSetSha256", "facts", "factsOmitted", "ruleSet", "laterRuleSets")
"""What the answer holds besides what deciding gives."""
_WORDS = ("summary", "summaryOmitted")
"""What says in words what ``criteria`` says: versions may word it otherwise."""
_OTHERWISE_BEFORE = ("byException", "expiring", "losesOn", "gainsOn", "nextChangeOn", "knownUntil")
"""What versions that kept no later rule sets with a decision did not decide, or decided otherwise."""
_ADDED_TO_NODES = ("notCounted", "notCountedOmitted")
_FOUND_OTHERWISE = ("leftOut", "endedOn", "endedLevel", "startsOn", "startsLevel")
"""What nodes did not have, or had in ``actual``, in versions that recorded no summary."""
_LONGEST = 120


def decide_again(answer: JsonObject) -> list[str]:
    """A line for each value that differs; raises PermanentError if the answer does not hold what a replay needs."""
    used, document = answer.get("facts"), answer.get("ruleSet")
    if not used:
        raise PermanentError("this decision cannot be replayed: the facts it used were not kept with it")
    if not document:
        raise PermanentError("this decision cannot be replayed: its rule set is not in the file")
    rule_set = RuleSet.compile(parse_document(document), used["ruleSetVersion"])
    left_out = (*_NOT_DECIDED, *_WORDS, *(() if "laterRuleSets" in used else _OTHERWISE_BEFORE))
    recorded = {name: value for name, value in answer.items() if name not in left_out}
    later = list(_later(answer, used))
    again = _decided_again(answer, used, Rules(rule_set, later))
    if "undecided" not in answer:  # an earlier version recorded it
        del again["undecided"]
    if "summary" not in answer:
        recorded, again = _as_before(recorded), _as_before(again)
    sums = [each["ruleSetSha256"] for each in used.get("laterRuleSets", ())]
    return [
        *_differences("$.ruleSet (its SHA-256)", used["ruleSetSha256"], rule_set.sha256),
        *_differences("$.laterRuleSets (their SHA-256)", sums, [each and each.sha256 for _, each in later]),
        *_differences("$", recorded, {name: value for name, value in again.items() if name not in left_out}),
    ]


def _as_before(decision: JsonObject) -> JsonObject:
    return {**decision, "criteria": _node_as_before(decision["criteria"])}


def _node_as_before(node: JsonObject) -> JsonObject:
    found = {name: value for name, value in node.items() if name not in _ADDED_TO_NODES}
    if isinstance(node["actual"], dict):
        found["actual"] = {name: each for name, each in node["actual"].items() if name not in _FOUND_OTHERWISE} or None
    if "children" in node:
        found["children"] = [_node_as_before(each) for each in node["children"]]
    return found


def _later(answer: JsonObject, used: JsonObject) -> Iterator[tuple[date, RuleSet | None]]:
    """The rule sets that were to come into force later; one that the app could not read then is not known here."""
    later = used.get("laterRuleSets", ())
    for each, document in zip(later, answer.get("laterRuleSets") or (), strict=True):
        day, version = date.fromisoformat(each["from"]), each["ruleSetVersion"]
        if version and not document:
            raise PermanentError(f"this decision cannot be replayed: rule set {version} is not in the file")
        yield day, RuleSet.compile(parse_document(document), version) if version else None


def _decided_again(answer: JsonObject, used: JsonObject, rules: Rules) -> JsonObject:
    customer, partners = customer_and_partners(used)
    facts, rule_set = (customer, partners, date.fromisoformat(used["on"])), rules.rule_set
    assessment = assess(rules, *facts)
    tree = deciding_part(explain(rule_set, *facts), MAX_TREE_BYTES)
    assessment = replace(assessment, undecided=tree.verdict is Verdict.UNKNOWN)
    decision = decision_json(answer["customerId"], assessment, tree, rule_set.offers, answer["sequence"])
    recorded = recorded_decision(notification_of(decision, UNASSESSED, ""))
    kept: JsonObject = json.loads(json.dumps(recorded))
    return kept


def customer_and_partners(used: JsonObject) -> tuple[Customer, dict[str, Partner]]:
    """What the facts of a recorded decision were decided from."""
    partners = [_partner(each) for each in used["partners"]]
    return customer_from(used["customer"]), {each.partner_id: each for each in partners}


def _partner(value: JsonObject) -> Partner:
    rows = {
        fact.gathered: [[entry[name] for name in entry_members(fact)] for entry in value[fact.gathered]]
        for fact in PARTNER_FACTS
        if fact.gathered in value or not fact.added
    }
    return Partner.of_rows(value["partnerId"], value["revision"], rows)


def _differences(path: str, recorded: Any, again: Any) -> Iterator[str]:
    match recorded, again:
        case dict(), dict():
            for name in {**recorded, **again}:
                if not equal(recorded.get(name), again.get(name), name):
                    yield from _differences(f"{path}.{name}", recorded.get(name), again.get(name))
        case list(), list() if len(recorded) == len(again):
            for number, (left, right) in enumerate(zip(recorded, again, strict=True)):
                yield from _differences(f"{path}[{number}]", left, right)
        case _ if not equal(recorded, again):
            yield f"{path}: recorded {_shown(recorded)}, now {_shown(again)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
