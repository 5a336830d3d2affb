"""What would help the largest customer there may be: answered soon, and no less true."""

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from shared.domain.customer import Customer
from shared.domain.facts import Attachment, Licence, Project
from shared.domain.partner import Partner
from shared.rules.rule_set import RuleSet
from tests.counted import counted

from .applied import outcome_with, ways
from .given import CE, FO, ON, Json, competency, partner, read, rule_set, trained, training
from .help_rule_sets import (
    COVERS,
    competency_held,
    course,
    designation_held,
    either,
    every,
    in_areas,
    some_partner,
    some_project,
    spend,
)

LISTED = ("finance", "sales", "project-operations", "commerce")


def largest() -> tuple[Customer, dict[str, Partner]]:
    """1,000 licences, 200 projects and 50 partners that work on all of them, none of which qualifies."""
    draw = Random(3)
    names = [f"P-{number}" for number in range(50)]
    courses = trained()
    facts = [
        partner(each, competencies=[competency(area=CE)], trainings=courses[: draw.randint(0, 2)]) for each in names
    ]
    who = Customer(
        "C-1",
        tuple(_licence(draw, f"L-{number}") for number in range(1000)),
        tuple(_project(draw, f"J-{number}") for number in range(200)),
        tuple(Attachment(each, None, True) for each in names),
    )
    return who, read({}, *facts)[1]


def _licence(draw: Random, name: str) -> Licence:
    return Licence(name, draw.choice(LISTED), Decimal("10.01"), draw.choice(("USD", "EUR", "SEK")), True)


def _project(draw: Random, name: str) -> Project:
    return Project(name, ("finance", *draw.sample(LISTED[1:], 2)), ON + timedelta(draw.randint(-30, 30)), "active")


def of_200_criteria() -> RuleSet:
    def route(number: int) -> Json:
        gold = in_areas(f"in-{number}", competency_held(f"gold-{number}", "gold"))
        return every(
            f"route-{number}", designation_held(f"held-{number}"), gold, course("training", f"course-{number}")
        )

    routes = [either(f"either-{number}", route(number), designation_held(f"or-{number}")) for number in range(21)]
    qualified = some_partner("partner", every("routes", *routes))
    return rule_set(every("root", spend("300000"), some_project("project", every("covered", COVERS, qualified))))


@pytest.mark.parametrize("rules", [rule_set(), of_200_criteria()], ids=["shipped", "200 criteria"])
def test_1000_licences_200_projects_and_50_partners_are_answered_with_few_calls(rules: RuleSet) -> None:
    who, partners = largest()
    with counted() as work:
        sets = ways(rules, who, partners, ON)
    assert work.calls < 2_000_000
    assert sets
    for each in sets:
        outcome = outcome_with(rules, each["changes"], who, partners, ON)
        assert outcome.eligible_projects == tuple(each["eligibleProjects"]) != ()


def test_of_many_partners_one_that_lacks_least_is_found() -> None:
    who, partners = largest()
    nearest = partner("P-49", competencies=[competency(area=CE), competency(area=FO)], trainings=[training()])
    sets = ways(rule_set(), who, partners | read({}, nearest)[1], ON)
    found = [[each["action"] for each in found["changes"]] for found in sets]
    assert found[:2] == [["complete-course", "add-exchange-rate"], ["spend-more", "complete-course"]]
    assert all(change["partnerId"] == "P-49" for change in sets[0]["changes"] if "partnerId" in change)


def test_of_many_projects_one_that_is_met_asks_for_nothing_however_far_from_the_first() -> None:
    """The projects looked at first have not started and lie in an area in which nobody qualifies."""
    who, partners = largest()
    qualified = partner("Z", competencies=[competency(area=FO)])
    others = [Project(f"J-{number}", ("finance", "sales"), ON + timedelta(9), "active") for number in range(199)]
    projects = (*others, Project("J-999", ("finance",), ON, "active"))
    who = Customer("C-1", who.licences, projects, (*who.attachments, Attachment("Z", None, True)))
    sets = ways(rule_set(), who, partners | read({}, qualified)[1], ON)
    assert [each["action"] for found in sets for each in found["changes"]] == ["add-exchange-rate", "spend-more"]
    assert sets[0]["eligibleProjects"] == ["J-999"]
