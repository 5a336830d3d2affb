"""The whole tree of reasons, as a reader meets it: what each verdict is about, and what was not needed."""

import pytest

from shared.domain.decision import Node, Verdict
from shared.rules.reasons import deciding_part

from .given import (
    CE,
    FO,
    Json,
    attachment,
    criterion,
    customer,
    deployment,
    designation,
    licence,
    nodes,
    only,
    partner,
    project,
    reasons,
    rule_set,
    trained,
)

RULES = rule_set()
ROUTE = partner(competencies=[], designations=[designation()], deployments=[deployment(1), deployment(2)])

SUBJECTS: list[tuple[str, dict[str, str]]] = [
    ("annual-spend", {"licences": "L-1"}),
    ("covered-project", {"project": "J-1"}),
    ("covered-application", {"project": "J-1"}),
    ("partner-qualified", {"partner": "P-1"}),
    ("area", {"application": "finance"}),
    ("area-qualified", {"area": FO}),
    ("cba", {"partner": "P-1", "area": FO}),
    ("solutions-partner", {"partner": "P-1"}),
    ("deployments", {"partner": "P-1", "area": FO}),
    ("sbd-check", {"project": "J-1", "partner": "P-1"}),
]


@pytest.mark.parametrize(("name", "subject"), SUBJECTS, ids=[case[0] for case in SUBJECTS])
def test_a_verdict_says_what_it_is_about(name: str, subject: dict[str, str]) -> None:
    assert only(reasons(RULES, customer(), partner()), name).subject == subject


def test_a_sum_names_the_licences_in_it_and_the_currency_it_has_no_rate_for() -> None:
    spent = [licence(licenceId=f"L-{number}", annualAmount="1") for number in range(7)]
    others = [licence(licenceId="old", newDeployment=False), licence(licenceId="crowns", currency="SEK")]
    node = only(reasons(RULES, customer(licences=spent + others)), "annual-spend")
    assert node.subject == {"licences": "L-0, L-1, L-2, L-3, L-4 and 2 more"}
    assert node.actual == {"amount": "7.00", "currency": "USD"}
    assert node.verdict is Verdict.UNKNOWN
    assert only(reasons(RULES, customer(licences=others)), "annual-spend").subject is None


def test_partners_nobody_told_of_are_named_apart() -> None:
    """Even where what was found of them is explained once for all projects."""
    facts = customer(attachments=[attachment(partnerId="P-8"), attachment(partnerId="P-9")])
    asked = [each.subject for each in nodes(reasons(RULES, facts)) if each.id == "cba"]
    assert asked == [{"partner": "P-8", "area": FO}, {"partner": "P-9", "area": FO}]


def not_needed(tree: Node) -> list[str]:
    return [each.id for each in nodes(tree) if each.not_needed]


def test_the_route_that_was_not_taken_is_not_needed() -> None:
    assert not_needed(reasons(RULES, customer(), partner())) == ["solutions-partner-route"]
    assert not_needed(reasons(RULES, customer(), ROUTE)) == ["cba"]


def test_where_no_route_is_met_all_are_missing() -> None:
    assert not_needed(reasons(RULES, customer(), partner(competencies=[]))) == []


def test_what_all_must_meet_is_always_needed() -> None:
    """The spend is short: that the partner is qualified does not make up for it."""
    assert "annual-spend" not in not_needed(reasons(RULES, customer(licences=[]), partner()))


OTHERS: list[tuple[str, str, Json, list[Json], dict[str, str]]] = [
    (
        "another project",
        "covered-project",
        customer(projects=[project(), project(projectId="J-2", applications=["x"])]),
        [partner()],
        {"project": "J-2"},
    ),
    (
        "another partner",
        "partner-qualified",
        customer(attachments=[attachment(), attachment(partnerId="P-2")]),
        [partner(), partner("P-2", trainings=[])],
        {"partner": "P-2"},
    ),
    (
        "another area",
        "area-qualified",
        customer(projects=[project(applications=["project-operations"])]),
        [partner()],
        {"area": CE},
    ),
]


@pytest.mark.parametrize(("what", "name", "facts", "partners", "about"), OTHERS, ids=[case[0] for case in OTHERS])
def test_beside_one_that_meets_it_is_not_needed(
    what: str, name: str, facts: Json, partners: list[Json], about: dict[str, str]
) -> None:
    tree = reasons(RULES, facts, *partners)
    assert [each.subject for each in nodes(tree) if each.id == name and each.not_needed] == [about]


def test_what_is_unknown_is_not_needed_either_beside_what_is_met() -> None:
    spend = criterion("annual-spend-at-least", "spend", amount="300000")
    either = criterion("any-of", criteria=[spend, criterion("annual-spend-at-least", "little", amount="0")])
    tree = reasons(rule_set(either), customer(licences=[licence(currency="SEK")]))
    assert [(each.id, each.verdict) for each in tree.children if each.not_needed] == [("spend", Verdict.UNKNOWN)]


def test_a_reader_sees_it_in_json_only_where_it_is_so() -> None:
    tree = reasons(RULES, customer(), partner())
    routes = only(tree, "area-qualified").to_json()["children"]
    assert ["notNeeded" in each for each in routes] == [False, True]
    assert routes[1]["notNeeded"] is True


def test_what_is_recorded_holds_nothing_that_was_not_needed() -> None:
    both = customer(projects=[project(), project(projectId="J-2")])
    for facts in (both, customer(projects=[]), customer()):
        for one in (partner(), ROUTE, partner(trainings=trained(completedOn="2026-05-01"))):
            assert not_needed(deciding_part(reasons(RULES, facts, one))) == []
