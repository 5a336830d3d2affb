"""Customers are warned before they lose eligibility: in the outcome, at steps, by notifications of their own type."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from local.commands.decide_again import decide_again
from local.commands.repairing.reconcile import differences
from shared.api.customers import get_recorded
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.repair_customer import repair_customer
from shared.workflow.sweep import sweep_due
from shared.workflow.upgrade import sweep_upgrade
from tests import events, older_version
from tests.world import START, World

TODAY = START.date()
LOSES_ON = TODAY + timedelta(days=100)
LAST_DAY = (LOSES_ON - timedelta(days=1)).isoformat()


async def eligible(world: World | None = None, until: str | None = LAST_DAY) -> World:
    """C-1 is eligible, 100 days from now for the last time."""
    world = world or World()
    await world.post(*events.qualified(), *events.eligible())
    if until:
        await world.post(events.spend(endsOn=until, time="2026-03-02T00:00:00Z"))
    return world


async def days_pass(world: World, days: int) -> None:
    world.now += timedelta(days=days)
    await sweep_due(world.ports)
    await world.settle()


def told(world: World) -> list[tuple[str, int | None]]:
    """The type of each notification and within how many days."""
    each = [(one["type"].split(".")[2], one["data"]["expiring"]) for one in world.notifications()]
    return [(kind, expiring and expiring["within"]) for kind, expiring in each]


async def scheduled(world: World, days: int, **members: Any) -> None:
    """Rules that ask for more spend come into force after so many days."""
    document = json.loads(SHIPPED.read_bytes().replace(b'"300000"', b'"400000"'))
    document |= {"effectiveFrom": (world.now + timedelta(days=days)).date().isoformat(), **members}
    await activate(world.ports, (await store_draft(world.ports, parse_document(document), ChangeNote())).version)
    await world.settle()


async def test_the_loss_is_told_at_each_step_and_on_its_day() -> None:
    world = await eligible()
    for _ in range(101):
        await days_pass(world, 1)
    assert told(world)[-4:] == [("expiring", 90), ("expiring", 30), ("expiring", 7), ("changed", None)]
    days = [each["data"]["decidedOn"] for each in world.notifications()[-4:]]
    assert days == [(LOSES_ON - timedelta(days=left)).isoformat() for left in (90, 30, 7, 0)]
    causes = [each["data"]["cause"] for each in world.notifications()[-4:]]
    assert causes == [{"kind": "date", "date": day} for day in days]
    assert [each["data"]["sequence"] for each in world.notifications()] == list(range(1, len(told(world)) + 1))
    assert [each async for each in differences(world.ports)] == []


async def test_of_steps_that_pass_at_once_the_nearest_is_told() -> None:
    world = await eligible()
    await days_pass(world, 75)
    assert told(world)[-1] == ("expiring", 30)
    assert world.notifications()[-1]["data"]["previousExpiring"] is None


async def test_a_date_that_moves_is_told_and_one_that_is_no_longer_near() -> None:
    world = await eligible()
    await days_pass(world, 20)
    day = (TODAY + timedelta(days=60)).isoformat()
    await world.post(events.spend(endsOn=day, time="2026-03-03T00:00:00Z"))
    await world.post(events.spend(time="2026-03-04T00:00:00Z"))
    near, moved, over = (each["data"] for each in world.notifications()[-3:])
    assert told(world)[-3:] == [("expiring", 90), ("expiring", 90), ("expiring", None)]
    assert moved["expiring"] == {"losesOn": (TODAY + timedelta(days=61)).isoformat(), "within": 90}
    assert (moved["previousExpiring"], over["previousExpiring"]) == (near["expiring"], moved["expiring"])
    assert over["status"] == over["previousStatus"] == "eligible"


async def test_where_more_changed_the_type_is_changed_and_the_loss_is_told_with_it() -> None:
    world = await eligible(until=(TODAY + timedelta(days=5)).isoformat())
    await world.post(events.project(project_id="J-2"), events.attached(projectId="J-2"))
    assert told(world)[-2:] == [("expiring", 7), ("changed", 7)]


async def test_what_a_subscription_filters_by() -> None:
    world = await eligible(until=(TODAY + timedelta(days=5)).isoformat())
    first, *_, last = [each.properties for each in world.sent.queues[Queue.NOTIFICATIONS]]
    assert (first["type"], "within" in first) == ("fasttrack.eligibility.changed.v1", False)
    assert (last["type"], last["within"]) == ("fasttrack.eligibility.expiring.v1", 7)


async def test_who_loses_by_a_rule_set_to_come_is_told_when_it_is_activated_if_that_is_near() -> None:
    world = await eligible(until=None)
    await world.post(*events.eligible("C-2"), events.spend("C-2", "500000", time="2026-03-02T00:00:00Z"))
    others = len(world.notifications("C-2"))
    await scheduled(world, 60)
    data = world.notifications()[-1]["data"]
    assert (told(world)[-1], data["cause"]["kind"]) == (("expiring", 90), "rule-set")
    assert data["expiring"]["losesOn"] == (TODAY + timedelta(days=60)).isoformat()
    assert len(world.notifications("C-2")) == others


async def test_and_if_it_is_not_near_yet_on_the_day_when_it_is() -> None:
    world = await eligible(until=None)
    before = len(told(world))
    await scheduled(world, 200)
    assert len(told(world)) == before
    await days_pass(world, 110)
    assert told(world)[before:] == [("expiring", 90)]


async def test_other_steps_of_a_rule_set_that_comes_into_force_are_a_change_on_its_day() -> None:
    world = await eligible(until=(TODAY + timedelta(days=79)).isoformat())
    await world.post(
        events.spend(amount="500000", endsOn=(TODAY + timedelta(days=79)).isoformat(), time="2026-04-01T00:00:00Z")
    )
    await scheduled(world, 10, warnDaysBefore=[75])
    await days_pass(world, 10)
    assert told(world)[-2:] == [("expiring", 90), ("expiring", 75)]
    await days_pass(world, 50)
    assert told(world)[-1] == ("expiring", 75)


async def test_a_recorded_decision_is_decided_again_with_the_timeline_it_used() -> None:
    world = await eligible(until=None)
    await scheduled(world, 60)
    sequence = (await world.state()).sequence
    answer: dict[str, Any] = dict(await get_recorded(world.ports, "C-1", sequence))
    assert answer["expiring"]
    assert decide_again(json.loads(json.dumps(answer))) == []
    without = answer | {"expiring": None}
    assert any(line.startswith("$.expiring") for line in decide_again(json.loads(json.dumps(without))))


async def test_an_older_version_that_decides_meanwhile_causes_no_second_notification_of_the_same() -> None:
    world = await eligible(until=(TODAY + timedelta(days=40)).isoformat())
    before = told(world)
    older = older_version.ports(world)
    await receive_event(
        older,
        events.spend(amount="300001", endsOn=(TODAY + timedelta(days=40)).isoformat(), time="2026-04-01T00:00:00Z"),
        1,
    )
    assert (await world.state()).evidence.decisions == older_version.DECISIONS
    await world.post(
        events.spend(amount="300002", endsOn=(TODAY + timedelta(days=40)).isoformat(), time="2026-04-02T00:00:00Z")
    )
    assert told(world) == before
    await receive_event(older, events.spend(amount="300003", time="2026-04-03T00:00:00Z"), 1)
    await world.post(events.spend(amount="300004", time="2026-04-04T00:00:00Z"))
    assert told(world) == [*before, ("expiring", None)]


async def test_after_an_upgrade_who_is_about_to_lose_is_told() -> None:
    world = World()
    older = older_version.ports(world)
    for body in (*events.qualified(), *events.eligible(), events.spend(endsOn=LAST_DAY, time="2026-03-02T00:00:00Z")):
        await receive_event(older, body, 1)
        while world.sent.queues[Queue.RECOMPUTE]:
            await recompute(older, world.sent.queues[Queue.RECOMPUTE].popleft().body, 1)
    world.now += timedelta(days=50)
    await sweep_upgrade(world.ports)
    await world.settle()
    assert told(world)[-1] == ("expiring", 90)
    assert world.notifications()[-1]["data"]["cause"] == {"kind": "upgrade", "decisions": 2}


async def test_a_state_that_lost_what_was_told_last_is_repaired() -> None:
    world = await eligible(until=(TODAY + timedelta(days=40)).isoformat())
    before, loaded = told(world), await world.ports.customers.load("C-1")
    assert loaded.state.decision
    wrong = replace(loaded.state, decision={**loaded.state.decision, "expiring": None})
    await world.ports.customers.commit(wrong, loaded.etag)
    found = [each async for each in differences(world.ports)]
    assert found[1] == "C-1: recorded decision 3 has a loss on 2026-07-12 within 90 days, the current one no loss near"
    await repair_customer(world.ports, "C-1")
    assert [each async for each in differences(world.ports)] == []
    assert told(world) == before


async def test_with_too_many_dates_ahead_a_loss_after_them_is_told_in_time() -> None:
    """100 dates one after the other are nearer than the loss: it is looked for again before it can be near."""
    world = await eligible(until=(TODAY + timedelta(days=299)).isoformat())
    for number in range(150):
        ends = (TODAY + timedelta(days=2 * number)).isoformat()
        await world.post(events.spend("C-1", "1", f"S-{number}", endsOn=ends))
    decision = (await world.state()).current_decision
    assert decision
    assert (decision["losesOn"], decision["knownUntil"]) == (None, (TODAY + timedelta(days=127)).isoformat())
    assert (await world.state()).due_on == TODAY + timedelta(days=127 - 90)
    before = len(told(world))
    while world.now < datetime.combine(TODAY + timedelta(days=211), datetime.min.time(), UTC):
        await days_pass(world, 1)
    assert told(world)[before:] == [("expiring", 90)]
    assert world.notifications()[-1]["data"]["decidedOn"] == (TODAY + timedelta(days=210)).isoformat()


async def test_with_too_many_dates_before_it_a_loss_that_is_near_is_told_at_once() -> None:
    """All dates within the largest step are walked, however many they are."""
    world = await eligible(until=(TODAY + timedelta(days=79)).isoformat())
    for number in range(75):
        await world.post(events.spend("C-1", "1", f"S-{number}", endsOn=(TODAY + timedelta(days=number)).isoformat()))
    decision = (await world.state()).current_decision
    assert decision
    assert decision["expiring"] == {"losesOn": (TODAY + timedelta(days=80)).isoformat(), "within": 90}


async def test_what_was_told_of_a_near_loss_is_not_told_again_by_a_repair() -> None:
    """The state has forgotten it, as one of an older version may."""
    world = await eligible(until=(TODAY + timedelta(days=20)).isoformat())
    loaded = await world.ports.customers.load("C-1")
    assert loaded.state.decision
    forgotten = replace(loaded.state, decision={**loaded.state.decision, "expiring": None})
    await world.ports.customers.commit(forgotten, loaded.etag)
    assert [each async for each in differences(world.ports)] != []
    before = len(world.notifications())
    await repair_customer(world.ports, "C-1")
    assert [each async for each in differences(world.ports)] == []
    assert (len(world.notifications()), (await world.state()).sequence) == (before, loaded.state.sequence)
