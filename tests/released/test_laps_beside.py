"""Fan-outs that go round, and those of versions that know no laps: each version carries on what the other began."""

from datetime import timedelta
from pathlib import Path

import pytest

from local.commands.repairing.reconcile import differences
from shared.messaging.sender import Queue
from shared.settings import RELEASED
from shared.workflow import steps
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_fan_outs
from tests import events
from tests.released.test_released_rows import loaded, released, written
from tests.world import World

CHANGES = [
    events.certified(level=level, time=f"2026-03-15T00:00:0{number}Z")
    for number, level in enumerate(("silver", "none", "gold", "none"))
]
CUSTOMERS = ("D-1", "D-2", "D-3", "D-4", "D-5")
"""None of those of the events that follow: they would be decided by their own."""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "PAGE", 1)
    monkeypatch.setattr(steps, "PAGES_PER_CALL", 1)


async def five_customers() -> World:
    world = World()
    world.ports = world.worker(oldest_version=RELEASED[-1])
    await world.post(*events.qualified())
    for customer in CUSTOMERS:
        await world.post(*events.eligible(customer))
    return world


async def handled(world: World, count: int) -> None:
    """Three changes, one after each message; then so many messages more."""
    queue = world.sent.queues[Queue.RECOMPUTE]
    for number, change in enumerate(CHANGES[:3]):
        await receive_event(world.ports, change, 1)
        for _ in range(2 * (number < 2)):
            await recompute(world.ports, queue.popleft().body, 1)
    for _ in range(min(count, len(queue))):
        await recompute(world.ports, queue.popleft().body, 1)


async def all_right(world: World) -> None:
    revision = (await world.ports.partners.load("P-1")).partner.revision
    used = {each: (await world.state(each)).evidence.partners["P-1"] for each in CUSTOMERS}
    assert used == dict.fromkeys(CUSTOMERS, revision)
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert [each async for each in differences(world.ports)] == []


@pytest.mark.parametrize("are_lost", [False, True], ids=["its messages wait", "its steps are lost"])
@pytest.mark.parametrize(
    "count", [1, 4, 8, *(pytest.param(count, marks=pytest.mark.deep) for count in (0, 2, 3, 5, 6, 7, *range(9, 18)))]
)
async def test_the_last_released_version_carries_on_a_fan_out_wherever_it_is(
    count: int, are_lost: bool, tmp_path: Path
) -> None:
    world = await five_customers()
    await handled(world, count)
    queue = world.sent.queues[Queue.RECOMPUTE]
    if are_lost:
        for each in [each for each in queue if b"fanOut" in each.body]:
            queue.remove(each)
    after = await loaded(released(RELEASED[-1], tmp_path, await written(world)))
    after.now += timedelta(days=130, minutes=30)
    await all_right(after)


@pytest.mark.parametrize("count", range(4))
async def test_fan_outs_of_a_version_without_laps_are_carried_on(count: int) -> None:
    """Each of its changes has one, which came to a customer of its own; their steps wait."""
    world = await five_customers()
    for change in CHANGES[:3]:
        await receive_event(world.ports, change, 1)
    rows = [each async for each in world.ports.fan_outs.all()]
    for fan_out, customer in zip(rows, CUSTOMERS[count:], strict=False):
        await recompute_up_to(world, fan_out.revision, customer)
        await world.ports.fan_outs.advance(fan_out.past([customer], limit=1))
    await world.settle()
    await all_right(world)


async def recompute_up_to(world: World, revision: int, customer: str) -> None:
    """As the older version has done: no customer before it is enqueued for this revision again."""
    for each in CUSTOMERS[: CUSTOMERS.index(customer) + 1]:
        body = f'{{"customers":["{each}"],"partnerId":"P-1","revision":{revision}}}'
        await recompute(world.ports, body.encode(), 1)


async def test_a_change_by_an_older_version_extends_a_fan_out_that_goes_round() -> None:
    """Its row and its step are those of any change; a row that is gone by then was carried on by that version."""
    world = await five_customers()
    await handled(world, 4)
    await receive_event(world.ports, CHANGES[3], 1)
    first, *_ = [each async for each in world.ports.fan_outs.all()]
    assert first.lap
    await world.ports.fan_outs.close(first)
    world.now += timedelta(minutes=3)
    await world.settle()
    await sweep_fan_outs(world.ports)
    await world.settle()
    await all_right(world)
