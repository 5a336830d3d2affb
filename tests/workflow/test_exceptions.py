"""Customers that are eligible by exception: what is recorded and notified of it, also beside an older version."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from local.commands.decide_again import decide_again
from local.commands.repairing.reconcile import differences
from shared.api.customers import get_recorded
from shared.api.quarantine import redrive
from shared.domain.facts import GrantedException
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.listed import Listed
from shared.workflow.change_rules import ChangeNote, UnreadableError, activate, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.repair_customer import repair_customer
from shared.workflow.sweep import sweep_due
from tests import events, older_version
from tests.rules.given import allowing_exceptions
from tests.world import START, World

TODAY = START.date()
LAST = (TODAY + timedelta(days=40)).isoformat()


async def activated(world: World, document: dict[str, Any]) -> None:
    await activate(world.ports, (await store_draft(world.ports, parse_document(document), ChangeNote())).version)
    await world.settle()


async def short_of_spend() -> World:
    """C-1 lacks nothing but spend; rules that allow exceptions are in force."""
    world = World()
    await world.post(*events.qualified(), *events.eligible(), events.spend(amount="5", time="2026-03-02T00:00:00Z"))
    await activated(world, allowing_exceptions())
    return world


async def days_pass(world: World, days: int) -> None:
    for _ in range(days):
        world.now += timedelta(days=1)
        await sweep_due(world.ports)
        await world.settle()


def told(world: World, since: int = 3) -> list[tuple[str, str, bool, bool]]:
    """The type of each notification, the status, whether by exception, and whether before."""
    each = [(one["type"].split(".")[2], one["data"]) for one in world.notifications()][since:]
    return [(kind, data["status"], data["byException"], data["previousByException"]) for kind, data in each]


async def test_beside_a_version_that_handles_no_customer_with_one_an_exception_waits_in_quarantine() -> None:
    world = World(oldest_version="0.2.0")
    await world.post(events.granted())
    ((kept,), _) = await world.ports.quarantine.page("", 2)
    assert kept.reason.startswith("version 0.2.0 may run (OLDEST_VERSION)")
    world.oldest_version = None
    world.ports = world.worker()
    await redrive(world.ports, kept.id)
    await receive_event(world.ports, world.sent.queues[Queue.EVENTS].pop().body, 1)
    assert "X-1" in (await world.state()).registers[GrantedException.kind]


async def test_a_grant_is_told_its_end_is_warned_of_and_the_day_after_it_the_customer_is_lost() -> None:
    world = await short_of_spend()
    await world.post(events.granted(validUntil=LAST))
    await days_pass(world, 41)
    assert told(world) == [
        ("changed", "eligible", True, False),
        *[("expiring", "eligible", True, True)] * 2,
        ("changed", "ineligible", False, True),
    ]
    assert world.notifications()[-1]["data"]["decidedOn"] == (TODAY + timedelta(days=41)).isoformat()
    assert [each async for each in differences(world.ports)] == []


async def test_lists_say_who_is_eligible_by_exception() -> None:
    world = await short_of_spend()
    customers = world.ports.customers

    async def is_listed_so() -> bool:
        listed = await customers.listed("C-1")
        assert listed == Listed.of_state(await world.state())
        return bool(listed and listed.by_exception)

    assert not await is_listed_so()
    await world.post(events.granted())
    assert await is_listed_so()
    await world.post(events.spend(time="2026-03-05T00:00:00Z"))
    assert not await is_listed_so()


async def test_a_revoked_one_no_longer_holds() -> None:
    world = await short_of_spend()
    await world.post(events.granted(), events.granted(revoked=True, time="2026-03-05T00:00:00Z"))
    assert told(world) == [("changed", "eligible", True, False), ("changed", "ineligible", False, True)]


async def test_who_comes_to_be_eligible_without_it_is_told_so_and_then_it_may_end() -> None:
    world = await short_of_spend()
    await world.post(events.granted(), events.spend(time="2026-03-05T00:00:00Z"))
    assert told(world) == [("changed", "eligible", True, False), ("changed", "eligible", False, True)]
    await world.post(events.granted(revoked=True, time="2026-03-06T00:00:00Z"))
    assert len(told(world)) == 2


async def test_who_needs_it_from_a_day_on_is_told_on_that_day() -> None:
    world = await short_of_spend()
    ends = (TODAY + timedelta(days=2)).isoformat()
    await world.post(events.granted(), events.spend(endsOn=ends, time="2026-03-05T00:00:00Z"))
    before = told(world)
    await days_pass(world, 3)
    assert told(world) == [*before, ("changed", "eligible", True, False)]
    assert (await world.state()).due_on is not None


async def test_one_that_was_revoked_before_it_started_is_not_waited_for() -> None:
    world = await short_of_spend()
    starts = (TODAY + timedelta(days=10)).isoformat()
    await world.post(events.granted(validFrom=starts))
    assert ((await world.state()).decision or {})["gainsOn"] == starts
    await world.post(events.granted(validFrom=starts, revoked=True, time="2026-03-05T00:00:00Z"))
    state = await world.state()
    assert ((state.decision or {})["gainsOn"], state.due_on) == (None, None)


async def test_what_is_recorded_names_the_exception_beside_what_it_overrides_and_is_decided_again_the_same() -> None:
    world = await short_of_spend()
    await world.post(events.granted(reason="a strategic customer"))
    state = await world.state()
    answer: dict[str, Any] = json.loads(json.dumps(await get_recorded(world.ports, "C-1", state.sequence)))
    assert [(each["verdict"], each["text"]) for each in answer["summary"][:2]] == [
        ("met", "Eligible by exception with J-1"),
        ("met", "By exception until 31 Dec 2026: a strategic customer, approved by Ada Lovelace"),
    ]
    assert [(each["id"], each["verdict"]) for each in answer["criteria"]["children"]] == [
        ("granted", "met"),
        ("eligible", "unmet"),
    ]
    assert not any("notNeeded" in each for each in answer["criteria"]["children"])
    assert decide_again(answer) == []
    without = answer | {"byException": False}
    assert any(line.startswith("$.byException") for line in decide_again(without))


async def test_rules_that_no_longer_allow_it_end_it() -> None:
    world = await short_of_spend()
    await world.post(events.granted())
    await activated(world, json.loads(SHIPPED.read_bytes()))
    assert told(world)[-1] == ("changed", "ineligible", False, True)


async def test_rules_that_allow_it_are_not_activated_while_a_version_may_run_that_cannot_read_them() -> None:
    world = World()
    world.ports.oldest_version = "0.2.0"
    stored = await store_draft(world.ports, parse_document(allowing_exceptions(warnDaysBefore=[])), ChangeNote())
    with pytest.raises(UnreadableError) as refused:
        await activate(world.ports, stored.version)
    assert "$.criteria.criteria[0].type" in [each.path for each in refused.value.errors]


async def test_an_older_version_that_decides_meanwhile_leaves_what_was_told_last_of_it() -> None:
    """It finds the customer eligible for the same projects as before, and records nothing."""
    world = await short_of_spend()
    await world.post(events.granted())
    before = told(world)
    older = older_version.ports(world)
    await receive_event(older, events.spend(time="2026-04-01T00:00:00Z"), 1)
    assert (await world.state()).evidence.decisions == older_version.DECISIONS
    assert told(world) == before
    await world.post(events.spend(amount="300001", time="2026-04-02T00:00:00Z"))
    assert told(world) == [*before, ("changed", "eligible", False, True)]


async def test_a_state_that_lost_it_is_repaired() -> None:
    world = await short_of_spend()
    await world.post(events.granted())
    before, loaded = told(world), await world.ports.customers.load("C-1")
    assert loaded.state.decision
    await world.ports.customers.commit(
        replace(loaded.state, decision={**loaded.state.decision, "byException": False}), loaded.etag
    )
    found = [each async for each in differences(world.ports)]
    assert "C-1: recorded decision 4 is by exception, the current one without an exception" in found
    await repair_customer(world.ports, "C-1")
    assert [each async for each in differences(world.ports)] == []
    assert told(world) == before
