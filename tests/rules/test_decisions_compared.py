"""What differs between two recorded decisions is said fact by fact and criterion by criterion."""

from typing import Any

import pytest

from shared import wiring
from shared.rules import decisions_compared
from shared.rules.decisions_compared import difference
from tests.api.given import attached, covered, deployed, event, qualified, spend
from tests.api.world import World

type Json = dict[str, Any]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(wiring, "_built", made.ports)
    return made


async def said(world: World, number: int, against: int) -> list[str]:
    answer = await world.get(f"customers/C-1/history/{number}", against=against)
    assert answer.status == 200, answer.value
    found: list[str] = answer.value["difference"]
    return found


async def test_a_customer_that_becomes_eligible_differs_in_status_projects_and_what_was_missing(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    world.pass_time(days=3)
    await world.handle(spend("C-1", "1", time="2026-03-04T00:00:00Z"))
    assert await said(world, 3, 2) == [
        "status eligible -> ineligible",
        "eligible project J-1 removed",
        "as of 2026-03-02 -> 2026-03-05",
        "Annual spend on new deployments: met -> unmet",
        "licence L-1: annualAmount 300000 -> 1",
    ]
    assert "status ineligible -> eligible" in await said(world, 2, 3)


async def test_facts_of_partners_are_told_with_the_partner(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    lost = {"partnerId": "P-1", "competency": "cloud-business-applications", "area": "finance-and-operations"}
    lost |= {"level": "none", "validFrom": "2025-01-01"}
    await world.handle(deployed(), event("partner.certified", lost, "2026-03-02T00:00:00Z"))
    lines = await said(world, 3, 2)
    assert "status eligible -> ineligible" in lines
    assert [each for each in lines if each.startswith("P-1 ")] == [
        "P-1 competency cloud-business-applications finance-and-operations 2025-01-01: level gold -> none",
        "P-1 deployment customer-engagement 2025-06-01 added (count 1)",
    ]


async def test_a_fact_that_is_new_is_told_with_what_it_says(world: World) -> None:
    await world.handle(spend("C-1"))
    await world.handle(*qualified(), *covered("C-1"))
    lines = await said(world, 2, 1)
    assert "project J-1 added (applications finance, initiatedOn 2026-04-01, status planned)" in lines
    assert "attachment P-1 added (attached yes)" in lines


async def test_a_decision_differs_from_itself_in_nothing(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    assert await said(world, 2, 2) == []


@pytest.mark.parametrize("number", [7, 1_000_000])
async def test_one_that_is_not_recorded_is_not_found(world: World, number: int) -> None:
    await world.handle(attached("C-1"))
    answer = await world.get("customers/C-1/history/1", against=number)
    assert (answer.status, answer.value["title"]) == (404, "Not found")
    assert str(number) in answer.value["detail"]


async def test_without_another_there_is_no_difference(world: World) -> None:
    await world.handle(attached("C-1"))
    assert "difference" not in (await world.get("customers/C-1/history/1")).value


def decision(**members: Any) -> Json:
    facts: Json = {"customer": {}, "partners": []}
    made: Json = {"status": "ineligible", "eligibleProjects": [], "decidedOn": "2026-03-02", "ruleSetVersion": 1}
    return {**made, "facts": facts, **members}


def test_cannot_be_decided_is_a_state_of_its_own() -> None:
    unknown = {"id": "spend", "title": "Spend", "verdict": "unknown"}
    lines = difference(decision(), decision(criteria=unknown))
    assert lines == ["status ineligible -> cannot be decided"]


def test_another_rule_set_an_exception_and_a_loss_ahead_are_told() -> None:
    later = decision(ruleSetVersion=2, byException=True, losesOn="2027-01-01")
    assert difference(decision(), later) == [
        "by exception no -> yes",
        "to be lost on no day known -> 2027-01-01",
        "rule set 1 -> 2",
    ]


def test_facts_that_are_not_kept_are_not_made_up() -> None:
    assert difference(decision(facts=None), decision()) == ["the facts of one of them are not kept"]


def test_very_many_differences_are_counted_beyond_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions_compared, "MOST", 3)
    projects = [f"J-{number}" for number in range(9)]
    assert difference(decision(), decision(eligibleProjects=projects))[-1] == "and 6 more"
