"""The reasons of a current decision: no row has them; they are made, of what it was made by, when somebody asks."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.storage.customers import read_state
from shared.storage.store import Table
from shared.workflow import change_rules
from shared.workflow.receive_event import receive_event
from tests.api.given import certified, covered, qualified, spend
from tests.api.test_rule_sets import store_draft
from tests.api.world import World

type Json = dict[str, Any]


async def decision(world: World) -> Json:
    found: Json = (await world.get("customers/C-1")).value["decision"]
    return found


async def stored(world: World) -> Json:
    row = await world.store.get(Table.CUSTOMERS, "C-1", "state~C-1")
    assert row
    found = read_state(row).decision
    assert found
    return found


async def test_no_row_of_a_customer_has_reasons_and_its_recorded_decisions_do(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", "300001", time="2026-03-02T00:00:00Z"))
    assert "criteria" not in await stored(world)
    history = (await world.get("customers/C-1/history")).value["items"]
    assert [each["criteria"]["verdict"] for each in history] == ["met", "unmet"]


async def test_they_are_those_that_a_decision_recorded_of_the_same_facts_has(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    [latest, *_] = (await world.get("customers/C-1/history")).value["items"]
    assert (await decision(world))["criteria"] == latest["criteria"]


async def test_they_are_of_the_newest_facts_where_an_event_changed_no_outcome(world: World) -> None:
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", "300001", time="2026-03-02T00:00:00Z"))
    assert (await decision(world))["criteria"]["children"][0]["actual"]["amount"] == "300001.00"


async def test_they_are_as_of_the_day_and_by_the_rules_that_the_decision_names(world: World) -> None:
    """The licence has ended and other rules are in force since; the customer waits to be decided again."""
    await world.handle(*qualified(), *covered("C-1"), spend("C-1", time="2026-03-02T00:00:00Z", endsOn="2026-03-10"))
    await store_draft(world, 2, "2026-03-05")
    await change_rules.activate(world.ports, 2)
    await world.handle()
    world.pass_time(days=30)
    found = await decision(world)
    assert (found["decidedOn"], found["ruleSetVersion"], found["status"]) == ("2026-03-02", 1, "eligible")
    assert (found["criteria"]["verdict"], found["criteria"]["children"][0]["verdict"]) == ("met", "met")
    now = (await world.get("customers/C-1/eligibility")).value
    assert (now["decidedOn"], now["ruleSetVersion"], now["criteria"]["verdict"]) == ("2026-04-01", 2, "unmet")


@pytest.mark.parametrize(("level", "status"), [("none", "ineligible"), ("silver", "eligible")])
async def test_they_are_null_until_a_partners_newer_facts_have_reached_the_customer(
    world: World, level: str, status: str
) -> None:
    """Also where these do not change the outcome: they are not what it was decided by."""
    await world.handle(*qualified(), *covered("C-1"))
    await receive_event(world.ports, certified(level=level, validFrom="2026-02-01"), 1)
    waiting = await decision(world)
    assert (waiting["status"], waiting["criteria"]) == ("eligible", None)
    assert (await world.get("customers/C-1/eligibility")).value["status"] == status
    await world.handle()
    decided = await decision(world)
    assert (decided["status"], decided["criteria"] is None) == (status, False)


async def lose_the_partner(world: World) -> None:
    await world.store.delete(Table.PARTNERS, "P-1", "summary~P-1")


async def lose_the_rule_set(world: World) -> None:
    await change_state(world, ruleSetVersion=7)


async def give_its_number_to_another(world: World) -> None:
    """By which the same facts give another outcome."""
    await change_state(world, eligibleProjects=["J-7"])


@pytest.mark.parametrize("lose", [lose_the_partner, lose_the_rule_set, give_its_number_to_another])
async def test_they_are_null_where_what_they_were_made_by_is_lost(
    world: World, lose: Callable[[World], Awaitable[None]]
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    await lose(world)
    found = await world.get("customers/C-1")
    assert (found.status, found.value["decision"]["criteria"]) == (200, None)


async def change_state(world: World, **members: Any) -> None:
    loaded = await world.ports.customers.load("C-1")
    assert loaded.state.decision
    state = replace(loaded.state, decision={**loaded.state.decision, **members})
    await world.ports.customers.commit(state, loaded.etag)


async def test_reasons_that_an_older_version_stored_are_not_answered_and_go_with_the_next_decision(
    world: World,
) -> None:
    await world.handle(*qualified(), *covered("C-1"))
    reasons = (await decision(world))["criteria"]
    await change_state(world, criteria={"id": "old", "title": "Old", "verdict": "unmet"})
    assert (await decision(world))["criteria"] == reasons
    await world.handle(spend("C-1", "300001", time="2026-03-02T00:00:00Z"))
    assert "criteria" not in await stored(world)
