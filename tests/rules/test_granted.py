"""Exceptions: who is eligible by one, and what it leaves visible."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.decision import Node, Outcome, Status, Verdict
from shared.errors import PermanentError
from shared.rules.document import parse_document
from shared.rules.forecast import Rules
from shared.rules.forecast.foreseen import forecast
from shared.rules.reasons import deciding_part
from shared.rules.rule_set import RuleSet

from .applied import ways
from .given import (
    ON,
    Json,
    criterion,
    customer,
    for_each_project,
    granted,
    licence,
    nodes,
    only,
    outcome,
    partner,
    read,
    reasons,
    rule_set,
    shipped_document,
)

EXCEPTION = criterion("exception", "granted")
REGULAR: Json = shipped_document()["criteria"]
ROOT = criterion("any-of", "either", criteria=[EXCEPTION, REGULAR])
RULES = rule_set(ROOT)
SHORT = {"licences": [licence(annualAmount="5")]}
YESTERDAY, TODAY, TOMORROW = (str(ON + timedelta(days=days)) for days in (-1, 0, 1))


def excepted(*exceptions: Json, **facts: Any) -> Json:
    return customer(**SHORT, exceptions=list(exceptions)) | facts


HOLDS: list[tuple[str, list[Json], bool]] = [
    ("none was granted", [], False),
    ("one holds", [granted()], True),
    ("it begins today", [granted(validFrom=TODAY)], True),
    ("it begins tomorrow", [granted(validFrom=TOMORROW)], False),
    ("it ends today", [granted(validUntil=TODAY)], True),
    ("it ended yesterday", [granted(validUntil=YESTERDAY)], False),
    ("it is revoked", [granted(revoked=True)], False),
    ("it ends before it begins", [granted(validFrom=TOMORROW, validUntil=YESTERDAY)], False),
    ("one of two holds", [granted(revoked=True), granted(exceptionId="E-2")], True),
    ("it holds on the last day there is", [granted(validUntil="9999-12-31")], True),
]


@pytest.mark.parametrize(("what", "exceptions", "holds"), HOLDS, ids=[case[0] for case in HOLDS])
def test_it_is_met_while_one_that_is_not_revoked_holds(what: str, exceptions: list[Json], holds: bool) -> None:
    facts = excepted(*exceptions)
    assert only(reasons(RULES, facts, partner()), "granted").verdict is (Verdict.MET if holds else Verdict.UNMET)
    expected = Outcome(Status.ELIGIBLE, (), None, True) if holds else Outcome(Status.INELIGIBLE)
    assert outcome(RULES, facts | {"projects": []}, partner()) == expected


def test_who_is_eligible_anyway_is_not_so_by_exception() -> None:
    found = outcome(RULES, customer(exceptions=[granted()]), partner())
    assert found == Outcome(Status.ELIGIBLE, ("J-1",), None, False)


def test_projects_that_meet_the_rules_are_eligible_by_exception_too() -> None:
    """They lack nothing but the customer's spend."""
    assert outcome(RULES, excepted(granted()), partner()) == Outcome(Status.ELIGIBLE, ("J-1",), None, True)


def test_of_what_is_needed_together_the_exception_may_stand_for_one() -> None:
    spend, project = REGULAR["criteria"]
    waived = rule_set(REGULAR | {"criteria": [criterion("any-of", "waived", criteria=[spend, EXCEPTION]), project]})
    assert outcome(waived, excepted(granted()), partner()) == Outcome(Status.ELIGIBLE, ("J-1",), None, True)
    assert outcome(waived, excepted(granted(), projects=[]), partner()) == Outcome(Status.INELIGIBLE)
    tree = reasons(waived, excepted(granted()), partner())
    assert tree.by_exception
    assert (only(tree, "annual-spend").verdict, only(tree, "annual-spend").not_needed) == (Verdict.UNMET, False)


def not_needed(tree: Node) -> set[str]:
    return {each.id for each in nodes(tree) if each.not_needed}


def test_the_verdict_that_it_overrides_stays_visible_and_is_not_met() -> None:
    tree = reasons(RULES, excepted(granted()), partner())
    assert (tree.verdict, tree.actual) == (Verdict.MET, "1 of 2 met")
    assert not_needed(tree) == {"solutions-partner-route"}, "beside gold, as ever"
    assert only(tree, "annual-spend").verdict is Verdict.UNMET
    assert [each.id for each in deciding_part(tree).children] == ["granted", "eligible"]


def test_what_is_met_without_it_makes_others_not_needed_as_ever() -> None:
    root = criterion(
        "any-of", "either", criteria=[EXCEPTION, REGULAR, criterion("annual-spend-at-least", "x", amount="4")]
    )
    assert "eligible" in not_needed(reasons(rule_set(root), excepted(granted()), partner()))
    both = reasons(rule_set(ROOT), customer(exceptions=[granted()]), partner())
    assert not both.by_exception
    assert [each.id for each in deciding_part(both).children] == ["eligible"], "that which no exception made so"


def test_the_node_says_which_until_when_why_and_by_whom() -> None:
    facts = excepted(granted(), granted(exceptionId="E-2", reason="longer", validUntil="2027-01-31"))
    node = only(reasons(RULES, facts, partner()), "granted").to_json()
    assert node["required"] == "an exception that holds"
    assert node["actual"] == granted(exceptionId="E-2", reason="longer", validUntil="2027-01-31")
    assert "byException" not in node


def test_it_is_allowed_outside_any_project_alone() -> None:
    inside = for_each_project(criterion("all-of", criteria=[criterion("covers-eligible-application"), EXCEPTION]))
    with pytest.raises(PermanentError) as caught:
        parse_document(shipped_document() | {"criteria": inside})
    (error,) = caught.value.errors
    assert error.path == "$.criteria.criterion.criteria[1].type"
    assert error.message == '"exception" has no meaning here, put it outside any-project'


def foreseen(facts: Json, rules: RuleSet = RULES) -> list[tuple[str, str, bool, str]]:
    found = forecast(Rules(rules), *read(facts, partner()), ON)
    assert found is not None
    entries = [each.to_json() for each in found]
    return [(each["on"], each["status"], each["byException"], each["because"]["text"]) for each in entries]


AHEAD: list[tuple[str, Json, list[tuple[str, str, bool, str]]]] = [
    ("it ends", excepted(granted()), [("2027-01-01", "ineligible", False, "Exception E-1 ends.")]),
    (
        "it starts and ends",
        excepted(granted(validFrom="2026-04-01")),
        [
            ("2026-04-01", "eligible", True, "Exception E-1 starts."),
            ("2027-01-01", "ineligible", False, "Exception E-1 ends."),
        ],
    ),
    (
        "what was met ends while it holds",
        customer(licences=[licence(endsOn="2026-03-31")], exceptions=[granted()]),
        [
            ("2026-04-01", "eligible", True, "Licence L-1 ends."),
            ("2027-01-01", "ineligible", False, "Exception E-1 ends."),
        ],
    ),
    (
        "another one begins on the day after",
        excepted(granted(), granted(exceptionId="E-2", validFrom="2027-01-01", validUntil="2027-06-30")),
        [("2027-07-01", "ineligible", False, "Exception E-2 ends.")],
    ),
    ("a revoked one neither starts nor ends", excepted(granted(revoked=True)), []),
    ("for who is eligible anyway", customer(exceptions=[granted()]), []),
]


@pytest.mark.parametrize(("what", "facts", "expected"), AHEAD, ids=[case[0] for case in AHEAD])
def test_the_time_ahead(what: str, facts: Json, expected: list[tuple[str, str, bool, str]]) -> None:
    assert foreseen(facts) == expected


def test_no_way_proposes_one() -> None:
    """Nor is one sought where nothing but an exception would do."""
    facts = read(excepted(), partner())
    assert {each["action"] for way in ways(RULES, *facts, ON) for each in way["changes"]} == {"spend-more"}
    assert ways(rule_set(EXCEPTION), *facts, ON) == []


def test_what_keeps_a_customer_when_its_exception_ends_is_what_it_lacks() -> None:
    found = ways(RULES, *read(excepted(granted()), partner()), date(2026, 12, 1))
    assert [each["action"] for way in found for each in way["changes"]] == ["spend-more"]
