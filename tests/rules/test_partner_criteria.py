"""competency, designation, deployments-at-least and training-before-project, one partner at a time."""

from typing import Any

import pytest

from shared.domain.decision import Node, Status, Verdict

from .given import (
    CE,
    FO,
    Json,
    competency,
    criterion,
    customer,
    deployment,
    designation,
    for_each_partner,
    in_each_area,
    nodes,
    only,
    outcome,
    partner,
    reasons,
    rule_set,
    training,
)

CBA = criterion("competency", competency="cloud-business-applications", levels=["gold", "silver"])
GOLD = CBA | {"levels": ["gold"]}
SOLUTIONS = criterion("designation", designation="solutions-partner-business-applications")
TWO = criterion("deployments-at-least", count=2)
TRAINED = criterion("training-before-project", course="success-by-design", part="training")


def judged(criteria: Json, customer_facts: Json, partner_facts: Json) -> Node:
    """The one criterion without others below it, after checking that the outcome agrees with it."""
    rules = rule_set(criteria)
    (node,) = [each for each in nodes(reasons(rules, customer_facts, partner_facts)) if not each.children]
    eligible = outcome(rules, customer_facts, partner_facts).status is Status.ELIGIBLE
    assert eligible == (node.verdict is Verdict.MET)
    return node


def period(level: str, start: str, end: str | None = None) -> Json:
    return {"level": level, "validFrom": start, "validUntil": end}


def ended(level: str, on: str) -> Json:
    """The last day on which it held."""
    return {"endedOn": on, "endedLevel": level}


OVER = {"validUntil": "2026-01-01"}
COMPETENCY_CASES: list[tuple[str, Json, list[Json], str, Any]] = [
    ("gold counts", CBA, [competency()], "met", period("gold", "2025-01-01")),
    ("silver counts", CBA, [competency(level="silver")], "met", period("silver", "2025-01-01")),
    ("silver is not gold", GOLD, [competency(level="silver")], "unmet", period("silver", "2025-01-01")),
    ("none does not count", CBA, [competency(level="none")], "unmet", period("none", "2025-01-01")),
    ("nothing heard is nothing held", CBA, [], "unmet", None),
    ("the other area does not count", CBA, [competency(area=CE)], "unmet", None),
    ("it counts on its first day", CBA, [competency(validFrom="2026-03-01")], "met", period("gold", "2026-03-01")),
    (
        "not on the day before",
        CBA,
        [competency(validFrom="2026-03-02")],
        "unmet",
        {"startsOn": "2026-03-02", "startsLevel": "gold"},
    ),
    (
        "it counts on its last day",
        CBA,
        [competency(validUntil="2026-03-01")],
        "met",
        period("gold", "2025-01-01", "2026-03-01"),
    ),
    (
        "not on the day after",
        CBA,
        [competency(validUntil="2026-02-28")],
        "unmet",
        period("gold", "2025-01-01", "2026-02-28") | ended("gold", "2026-02-28"),
    ),
    (
        "a downgrade takes the place of a longer period",
        CBA,
        [competency(), competency(level="none", validFrom="2026-03-01")],
        "unmet",
        period("none", "2026-03-01") | ended("gold", "2026-02-28"),
    ),
    (
        "a downgrade posted early waits for its day",
        CBA,
        [competency(level="none", validFrom="2026-03-02"), competency()],
        "met",
        period("gold", "2025-01-01"),
    ),
    (
        "a renewal posted early takes over on its day",
        CBA,
        [competency(validUntil="2026-02-28"), competency(level="silver", validFrom="2026-03-01")],
        "met",
        period("silver", "2026-03-01"),
    ),
    (
        "an earlier period does not come back after a later one has ended",
        CBA,
        [competency(), competency(level="silver", validFrom="2026-01-01", validUntil="2026-01-31")],
        "unmet",
        period("silver", "2026-01-01", "2026-01-31") | ended("silver", "2026-01-31"),
    ),
    (
        "a period that ends before it starts holds on no day and still hides the earlier one",
        CBA,
        [competency(), competency(validFrom="2026-02-01", validUntil="2026-01-01")],
        "unmet",
        period("gold", "2026-02-01", "2026-01-01") | ended("gold", "2026-01-31"),
    ),
    (
        "what was not enough before it ended is not said to have ended",
        GOLD,
        [competency(level="silver"), competency(level="none", validFrom="2026-01-01")],
        "unmet",
        period("none", "2026-01-01"),
    ),
    (
        "of what was enough the last day is said, though something else held since",
        GOLD,
        [
            competency(),
            competency(level="silver", validFrom="2025-06-01"),
            competency(level="none", validFrom="2026-01-01"),
        ],
        "unmet",
        period("none", "2026-01-01") | ended("gold", "2025-05-31"),
    ),
    (
        "of several that start later the first is said, unless it ends before it starts",
        CBA,
        [competency(validFrom=f"2026-0{each}-01", **over) for each, over in ((8, {}), (7, {}), (6, OVER))],
        "unmet",
        {"startsOn": "2026-07-01", "startsLevel": "gold"},
    ),
]


@pytest.mark.parametrize(
    ("sentence", "rule", "periods", "verdict", "actual"), COMPETENCY_CASES, ids=[case[0] for case in COMPETENCY_CASES]
)
def test_competency(sentence: str, rule: Json, periods: list[Json], verdict: str, actual: Any) -> None:
    node = judged(in_each_area(rule), customer(), partner(competencies=periods))
    assert (node.verdict, node.actual) == (verdict, actual)


DESIGNATION_CASES: list[tuple[str, list[Json], str]] = [
    ("an active designation counts", [designation()], "met"),
    ("one that is not active does not", [designation(active=False)], "unmet"),
    ("nothing heard is nothing held", [], "unmet"),
    ("it counts on its first day", [designation(validFrom="2026-03-01")], "met"),
    ("not on the day before", [designation(validFrom="2026-03-02")], "unmet"),
    ("it counts on its last day", [designation(validUntil="2026-03-01")], "met"),
    ("not on the day after", [designation(validUntil="2026-02-28")], "unmet"),
    ("a later period ends it", [designation(), designation(active=False, validFrom="2026-03-01")], "unmet"),
    (
        "an earlier period does not come back",
        [designation(), designation(validFrom="2026-01-01", validUntil="2026-01-31")],
        "unmet",
    ),
    (
        "a gap between two periods ends with the later one",
        [designation(validUntil="2025-12-31"), designation(validFrom="2026-03-01")],
        "met",
    ),
]


@pytest.mark.parametrize(
    ("sentence", "periods", "verdict"), DESIGNATION_CASES, ids=[case[0] for case in DESIGNATION_CASES]
)
def test_designation(sentence: str, periods: list[Json], verdict: str) -> None:
    assert judged(for_each_partner(SOLUTIONS), customer(), partner(designations=periods)).verdict == verdict


DEPLOYMENT_CASES: list[tuple[str, list[Json], str, int]] = [
    ("two in the area are two", [deployment(1), deployment(2)], "met", 2),
    ("three are enough", [deployment(1), deployment(2), deployment(3)], "met", 3),
    ("one is not", [deployment(1)], "unmet", 1),
    ("none is not", [], "unmet", 0),
    ("they count per area", [deployment(1), deployment(2, area=CE)], "unmet", 1),
    ("one that is not eligible does not count", [deployment(1), deployment(2, eligible=False)], "unmet", 1),
    ("it counts on the day it goes live", [deployment(1), deployment(2, liveOn="2026-03-01")], "met", 2),
    ("not on the day before", [deployment(1), deployment(2, liveOn="2026-03-02")], "unmet", 1),
    ("whose deployment it was is no matter", [deployment(1, customerId="C-1"), deployment(2)], "met", 2),
]


@pytest.mark.parametrize(
    ("sentence", "deployments", "verdict", "actual"), DEPLOYMENT_CASES, ids=[case[0] for case in DEPLOYMENT_CASES]
)
def test_deployments(sentence: str, deployments: list[Json], verdict: str, actual: int) -> None:
    node = judged(in_each_area(TWO), customer(), partner(deployments=deployments))
    assert (node.verdict, node.required, node.actual) == (verdict, 2, actual)


def completion(done: str, expires: str | None = None) -> Json:
    return {"completedOn": done, "expiresOn": expires}


TRAINING_CASES: list[tuple[str, str, list[Json], str, Any]] = [
    ("done long before", "2026-04-01", [training()], "met", completion("2025-06-01")),
    ("nothing done", "2026-04-01", [], "unmet", None),
    ("the day before counts", "2025-06-02", [training()], "met", completion("2025-06-01")),
    ("the very day does not", "2025-06-01", [training()], "unmet", completion("2025-06-01")),
    ("another part does not", "2026-04-01", [training(part="knowledge-check")], "unmet", None),
    ("a revoked one does not", "2026-04-01", [training(revoked=True)], "unmet", None),
    ("one not revoked does", "2026-04-01", [training(revoked=False)], "met", completion("2025-06-01")),
    ("it counts from its day", "2026-04-01", [training(completedOn="2026-03-01")], "met", completion("2026-03-01")),
    ("not from before", "2026-04-01", [training(completedOn="2026-03-02")], "unmet", completion("2026-03-02")),
    (
        "it counts on its last day",
        "2026-04-01",
        [training(expiresOn="2026-03-01")],
        "met",
        completion("2025-06-01", "2026-03-01"),
    ),
    (
        "not on the day after, though the project began while it held",
        "2025-07-01",
        [training(expiresOn="2026-02-28")],
        "unmet",
        completion("2025-06-01", "2026-02-28"),
    ),
    (
        "a repeat after the project began does not help",
        "2025-07-01",
        [training(expiresOn="2026-02-28"), training(completedOn="2026-02-01")],
        "unmet",
        completion("2025-06-01", "2026-02-28"),
    ),
    (
        "another learner's that holds does",
        "2026-04-01",
        [training(expiresOn="2026-02-28"), training(learnerId="A-2", completedOn="2025-07-01")],
        "met",
        completion("2025-07-01"),
    ),
]


@pytest.mark.parametrize(
    ("sentence", "start", "trainings", "verdict", "actual"), TRAINING_CASES, ids=[case[0] for case in TRAINING_CASES]
)
def test_training(sentence: str, start: str, trainings: list[Json], verdict: str, actual: Any) -> None:
    projects = [{"projectId": "J-1", "applications": ["finance"], "initiatedOn": start, "status": "planned"}]
    node = judged(for_each_partner(TRAINED), customer(projects=projects), partner(trainings=trainings))
    assert (node.verdict, node.to_json()["required"]["completedBefore"], node.actual) == (verdict, start, actual)


def test_partner_and_area_are_the_subject_of_what_was_asked_there() -> None:
    asked = only(reasons(rule_set(in_each_area(CBA)), customer(), partner()), "competency")
    assert asked.subject == {"partner": "P-1", "area": FO}
