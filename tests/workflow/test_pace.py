"""The pace: of all customers no more are handed on a second than the setting says, whatever goes on at once."""

from datetime import timedelta

import pytest

from shared.domain.decision import DECISIONS
from shared.domain.recompute import FanOutStep, Recompute, parse_recompute
from shared.messaging.sender import Queue
from shared.workflow import chains, steps
from shared.workflow.recompute import recompute
from shared.workflow.upgrade import sweep_upgrade
from tests.workflow.test_chains import ENDED, activated, ended, one, steps_waiting
from tests.world import World


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"MESSAGE": 1, "PAGE": 2, "PAGES_PER_CALL": 2, "DIRECTORY_PAGES": 2, "SHARES": 3}.items():
        monkeypatch.setattr(steps, name, size)


async def test_a_chain_hands_on_no_more_than_its_share_of_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "CATCHES_UP", timedelta())
    world = await activated()
    world.ports.pace = 1
    queue, first = world.sent.queues[Queue.RECOMPUTE], world.sent.queues[Queue.RECOMPUTE][0]
    queue.clear()
    for waited, sent in ((0, 2), (5, 0), (2, 1)):
        world.now += timedelta(seconds=waited)
        await recompute(world.ports, first.body, 1)
        handed_on = [each for each in queue if isinstance(parse_recompute(each.body), Recompute)]
        assert len(handed_on) == sent
        assert [each.delay for each in queue if each not in handed_on] == ([] if sent == 1 else [6 - waited])
        queue.clear()


async def test_a_chain_that_waits_for_the_pace_is_not_taken_for_one_that_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chains, "CATCHES_UP", timedelta())
    monkeypatch.setattr(steps, "LEFT_AFTER", timedelta(seconds=2))
    monkeypatch.setattr(steps, "SHARES", 1)
    monkeypatch.setattr(steps, "PAGES_PER_CALL", 1)
    world = await activated()
    world.ports.pace = 1
    queue = world.sent.queues[Queue.RECOMPUTE]
    for _ in range(2):
        await one(world)
    (fan_out,) = [each async for each in world.ports.fan_outs.all()]
    found = []
    for waited in (1.5, 1.5, 10):
        queue.clear()
        world.now += timedelta(seconds=waited)
        await recompute(world.ports, FanOutStep(fan_out.id).to_bytes(), 1)
        found.append(len(steps_waiting(world)))
    assert found == [0, 1, 2], "the index's waits for two seconds, the directory's for none"


async def test_what_was_late_is_made_up_for_but_not_all_of_a_long_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "CATCHES_UP", timedelta(seconds=2))
    monkeypatch.setattr(steps, "SHARES", 1)
    world = await activated()
    world.ports.pace = 1
    queue, first = world.sent.queues[Queue.RECOMPUTE], world.sent.queues[Queue.RECOMPUTE][0]
    delays = []
    for waited in (0, 600, 0):
        world.now += timedelta(seconds=waited)
        queue.clear()
        await recompute(world.ports, first.body, 1)
        delays += [each.delay for each in queue if isinstance(parse_recompute(each.body), FanOutStep)]
    assert delays == [0, 0, 2]


@pytest.mark.parametrize("ahead", [timedelta(minutes=16), timedelta(days=1)], ids=str)
async def test_a_time_that_a_clock_far_ahead_gave_is_not_waited_for(ahead: timedelta) -> None:
    world = await activated()
    world.now += ahead
    first = world.sent.queues[Queue.RECOMPUTE][0]
    await recompute(world.ports, first.body, 1)
    world.now -= ahead
    await world.settle()
    assert await ended(world) == ENDED


async def test_after_a_time_that_a_clock_far_ahead_gave_the_pace_is_kept_from_now_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chains, "CATCHES_UP", timedelta())
    monkeypatch.setattr(steps, "SHARES", 1)
    world = await activated()
    world.ports.pace = 1
    first = world.sent.queues[Queue.RECOMPUTE][0]
    assert await delays_of_two(world, first.body, timedelta(days=1)) == [2, 2]


async def delays_of_two(world: World, step: bytes, ahead: timedelta) -> list[float]:
    """What a chain's next step waits for, by a clock ahead and then by one that is right."""
    queue, delays = world.sent.queues[Queue.RECOMPUTE], []
    for off in (ahead, timedelta()):
        queue.clear()
        world.now += off
        await recompute(world.ports, step, 1)
        world.now -= off
        delays += [each.delay for each in queue if isinstance(parse_recompute(each.body), FanOutStep)]
    return delays


async def test_a_change_of_rules_and_an_upgrade_that_go_on_at_once_share_the_pace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chains, "CATCHES_UP", timedelta())
    monkeypatch.setattr(steps, "SHARES", 1)
    world = await activated()
    queue, first = world.sent.queues[Queue.RECOMPUTE], world.sent.queues[Queue.RECOMPUTE][0]
    world.decisions = DECISIONS + 1
    ports = world.worker()
    ports.pace = 1
    await sweep_upgrade(ports)
    delays = []
    for _ in range(2):
        queue.clear()
        await recompute(ports, first.body, 1)
        delays += [each.delay for each in queue if isinstance(parse_recompute(each.body), FanOutStep)]
        for each in [each async for each in ports.fan_outs.all() if each.decisions]:
            await ports.fan_outs.close(each)
        world.now += timedelta(seconds=4)
    assert delays == [4, 2], "2 customers a page, of 1 a second"
