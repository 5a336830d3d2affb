"""What would help can be carried out: nothing is proposed that events would refuse."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_FACTS
from shared.domain.facts import Attachment, Project
from shared.domain.partner import MAX_FACTS as MAX_PARTNER_FACTS
from shared.domain.partner import Partner

from .applied import outcome_with, ways
from .given import FO, ON, Json, competency, criterion, customer, partner, read, rule_set
from .help_rule_sets import COVERS, every, some_partner, some_project

RULES = rule_set()
SPENT = customer()
QUALIFIED = partner(competencies=[competency(area=FO)])


def actions(rules: Any, who: Customer, partners: dict[str, Partner]) -> list[list[str]]:
    sets = ways(rules, who, partners, ON, list(partners.values()))
    for each in sets:
        assert outcome_with(rules, each["changes"], who, partners, ON).status == "eligible"
    return [[change["action"] for change in each["changes"]] for each in sets]


def filled(who: Customer, room: int) -> Customer:
    """With licences that count for nothing, until there is that much room for facts."""
    facts = len(who.licences) + len(who.projects) + len(who.attachments)
    like = replace(who.licences[0], new_deployment=False)
    more = tuple(replace(like, licence_id=f"M-{number}") for number in range(MAX_FACTS - room - facts))
    return replace(who, licences=(*who.licences, *more))


def test_no_33rd_application_is_proposed() -> None:
    unlisted = tuple(f"unlisted-{number}" for number in range(32))
    rules = rule_set(some_project("project", COVERS))
    for count, expected in ((31, {"add-application"}), (32, set())):
        project = Project("J-1", unlisted[:count], ON, "active")
        who = Customer("C-1", (), (project,), ())
        assert {each for found in actions(rules, who, {}) for each in found} == expected


@pytest.mark.parametrize(("room", "expected"), [(2, [["attach-partner"]]), (1, [["attach-partner"]]), (0, [])])
def test_a_customer_without_room_for_a_fact_is_proposed_none(room: int, expected: list[list[str]]) -> None:
    who, partners = read(customer(attachments=[]), QUALIFIED)
    assert actions(RULES, filled(who, room), partners)[:1] == expected


def test_an_attachment_that_replaces_one_needs_no_room() -> None:
    who, partners = read(customer(attachments=[]), QUALIFIED)
    who = filled(replace(who, attachments=(Attachment("P-1", "J-1", False),)), 0)
    assert actions(RULES, who, partners) == [["attach-partner"]]


def test_two_facts_are_not_proposed_where_there_is_room_for_one() -> None:
    who, partners = read(customer(attachments=[], licences=[dict_of_one()]), QUALIFIED)
    assert actions(RULES, filled(who, 2), partners)[0] == ["spend-more", "attach-partner"]
    assert actions(RULES, filled(who, 1), partners) == []


def dict_of_one() -> Json:
    licence: Json = customer()["licences"][0]
    return {**licence, "annualAmount": "1"}


def of_deployments(count: int) -> Any:
    deployed = criterion("deployments-at-least", count=count)
    areas = criterion("every-application", criterion=criterion("any-area", criterion=deployed))
    return rule_set(some_project("project", every("covered", COVERS, some_partner("partner", areas))))


@pytest.mark.parametrize(("stored", "expected"), [(MAX_PARTNER_FACTS - 1, 2), (MAX_PARTNER_FACTS, 0)])
def test_a_partner_without_room_for_a_deployment_is_proposed_none(stored: int, expected: int) -> None:
    who, partners = read(customer(), partner(competencies=[]))
    full = {name: replace(each, stored=stored) for name, each in partners.items()}
    found = [each for way in actions(of_deployments(1), who, full) for each in way]
    assert found.count("complete-deployments") == min(expected, 1)


def test_nobody_is_sought_who_cannot_be() -> None:
    who, _ = read(customer(attachments=[]))
    assert actions(of_deployments(MAX_PARTNER_FACTS + 1), who, {}) == []
    assert actions(of_deployments(3), who, {}) == [["attach-qualified-partner"]]


@pytest.mark.parametrize(("projects", "expected"), [(199, True), (200, False)])
def test_no_attachment_is_proposed_that_would_make_it_too_many_pairs(projects: int, expected: bool) -> None:
    open_ones = tuple(Project(f"J-{number}", ("finance",), ON, "active") for number in range(projects))
    attached = tuple(Attachment(f"P-{number}", None, True) for number in range(100))
    _, partners = read({}, partner("Q", competencies=[competency(area=FO)]))
    who = Customer("C-1", read(SPENT)[0].licences, open_ones, attached)
    found = [each for way in actions(RULES, who, partners) for each in way]
    assert ("attach-partner" in found) is expected
