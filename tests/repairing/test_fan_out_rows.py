"""Rows of fan-outs that are wrong are named and repaired; a fan-out that goes round is not one of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from local.commands.repairing.reconcile import differences
from local.commands.repairing.repair import repair
from shared.messaging.sender import Queue
from shared.storage.fan_outs import FanOut
from shared.workflow import steps
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs
from tests import events
from tests.world import World

LATER, LATEST = "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"
CUSTOMERS = ("C-1", "C-2", "C-3")


async def going_round(monkeypatch: pytest.MonkeyPatch) -> World:
    """A fan-out, extended after it had come to C-1, has come to C-2; nothing waits."""
    monkeypatch.setattr(steps, "PAGE", 1)
    monkeypatch.setattr(steps, "PAGES_PER_CALL", 1)
    world = World()
    await world.post(*events.qualified())
    for customer in CUSTOMERS:
        await world.post(*events.eligible(customer))
    queue = world.sent.queues[Queue.RECOMPUTE]
    await receive_event(world.ports, events.certified(level="none", time=LATER), 1)
    for _ in range(2):
        await recompute(world.ports, queue.popleft().body, 1)
    await receive_event(world.ports, events.certified(level="silver", time=LATEST), 1)
    for _ in range(2):
        await recompute(world.ports, queue.popleft().body, 1)
    queue.clear()
    return world


async def found(world: World) -> list[str]:
    return [each async for each in differences(world.ports)]


async def lap(world: World) -> FanOut:
    return next(each for each in await _rows(world) if each.lap)


async def _rows(world: World) -> list[FanOut]:
    return [each async for each in world.ports.fan_outs.all()]


async def repaired(world: World) -> None:
    async for _ in repair(world.ports):
        pass
    world.now += timedelta(minutes=3)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert await found(world) == []
    assert await _rows(world) == []
    assert [await world.status(each) for each in CUSTOMERS] == ["eligible"] * 3


async def test_customers_that_a_lap_comes_to_are_not_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await going_round(monkeypatch)
    assert [each for each in await found(world) if "revision" in each] == []


async def test_customers_whose_fan_out_is_gone_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await going_round(monkeypatch)
    for each in await _rows(world):
        await world.ports.fan_outs.close(each)
    named = {each.partition(":")[0] for each in await found(world) if "is decided by revision" in each}
    assert {"C-1", "C-3"} <= named
    await repaired(world)


async def test_customers_are_named_although_a_fan_out_by_an_older_revision_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await going_round(monkeypatch)
    fan_out = await lap(world)
    for each in await _rows(world):
        await world.ports.fan_outs.close(each)
    await world.ports.fan_outs.open(FanOut("P-1", fan_out.revision, at=world.ports.timestamp()))
    assert "C-1" in {each.partition(":")[0] for each in await found(world) if "is decided by revision" in each}
    await repaired(world)


async def test_customers_that_a_lap_has_passed_for_long_without_their_being_decided_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its place is wrong, or their message is gone."""
    world = await going_round(monkeypatch)
    fan_out = await lap(world)
    await world.ports.fan_outs.advance(replace(fan_out, lap_from="", lap_at="C-1"))
    for each in await _rows(world):
        if not each.lap:
            await world.ports.fan_outs.close(each)
    assert "C-1" not in {each.partition(":")[0] for each in await found(world) if "is decided by revision" in each}
    world.now += timedelta(minutes=31)
    assert "C-1" in {each.partition(":")[0] for each in await found(world) if "is decided by revision" in each}
    await repaired(world)


async def test_a_fan_out_that_asks_for_a_revision_its_partner_does_not_have_is_named_and_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await going_round(monkeypatch)
    fan_out = await lap(world)
    await world.ports.fan_outs.advance(replace(fan_out, lap=fan_out.lap + 1_000_000))
    assert [each for each in await found(world) if each.startswith("P-1: its fan-out asks for revision")]
    await repaired(world)


@pytest.mark.parametrize(
    ("lap_from", "lap_at", "passed"),
    [
        ("", "", ""),
        ("", "C-2", "C-1 C-2"),
        ("C-2", "C-2", ""),
        ("C-2", "C-3", "C-3"),
        ("C-2", "", "C-3"),
        ("C-2", "C-1", "C-3 C-1"),
        ("", "~", "C-1 C-2 C-3"),
    ],
)
def test_a_lap_has_passed_those_from_where_it_began_to_where_it_is(lap_from: str, lap_at: str, passed: str) -> None:
    fan_out = FanOut("P-1", 1, lap=2, lap_from=lap_from, lap_at=lap_at)
    assert {each for each in CUSTOMERS if fan_out.has_passed(each)} == set(passed.split())
