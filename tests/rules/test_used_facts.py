"""The facts kept with a recorded decision decide as those it was made from, whatever they are."""

import json
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from local.commands.decide_again import customer_and_partners
from shared.domain.partner import Partner
from shared.rules.document import parse_document
from shared.rules.forecast import Rules, assess
from shared.rules.rule_set import RuleSet
from shared.rules.used_facts import MOST_ENTRIES, used_facts

from .given import Json, read, shipped_document
from .strategies import FIRST, customers, days, documents, partners


@given(documents, customers, partners, days, st.none() | st.just(date(2027, 1, 1)))
def test_random_facts_come_back_to_the_same_assessment(
    document: Json, customer: Json, given_partners: list[Json], on: date, next_start: date | None
) -> None:
    rule_set, other = RuleSet.compile(parse_document(document), 3), RuleSet.compile(parse_document(document), 5)
    facts, known = read(customer, *given_partners)
    rules = Rules(rule_set, [(next_start, other), (date(2028, 1, 1), None)] if next_start else [])
    used = json.loads(json.dumps(used_facts(customer, list(known.values()), on, rules)))
    again, partners_again = customer_and_partners(used)
    assert assess(rules, again, partners_again, on) == assess(rules, facts, known, on)
    assert (used["on"], used["ruleSetVersion"], used["ruleSetSha256"]) == (on.isoformat(), 3, rule_set.sha256)
    assert used["rulesChangeOn"] == (next_start and "2027-01-01")
    assert used["laterRuleSets"] == (
        [
            {"from": "2027-01-01", "ruleSetVersion": 5, "ruleSetSha256": other.sha256},
            {"from": "2028-01-01", "ruleSetVersion": None, "ruleSetSha256": None},
        ]
        if next_start
        else []
    )


@settings(deadline=None)
@given(partners)
def test_a_summary_comes_back_whole(given_partners: list[Json]) -> None:
    rules = Rules(RuleSet.compile(parse_document(shipped_document()), 1))
    _, known = read({}, *given_partners)
    used = json.loads(json.dumps(used_facts({}, list(known.values()), FIRST, rules)))
    assert customer_and_partners(used)[1] == known


def test_summaries_that_would_not_fit_a_row_are_not_even_tried() -> None:
    rules = Rules(RuleSet.compile(parse_document(shipped_document()), 1))
    for count, kept in ((MOST_ENTRIES, True), (MOST_ENTRIES + 1, False)):
        days = {("finance-and-operations", date.min + timedelta(days=number)): 1 for number in range(count)}
        used = used_facts({}, [Partner("P-1", 1, deployments=days)], FIRST, rules)
        assert (used is not None) == kept
