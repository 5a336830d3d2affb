"""Crashes: what a worker leaves that dies at any call, before or after it took effect, is healed by redelivery."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.decision import DECISIONS
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.workflow.change_rules import activate
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes
from shared.workflow.upgrade import sweep_upgrade, upgrading
from tests import events
from tests.due_rows import as_older
from tests.watched_store import WatchedStore, breaking_at
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World


class BreakingSender:
    """Fails at the ``number``-th send, before or after the message is on its queue."""

    def __init__(self, world: World, number: int, after: bool) -> None:
        self._sent, self._left, self._after = world.sent, number, after

    async def send(self, queue: Queue, message: Message) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise SenderUnavailableError("broken before")
        await self._sent.send(queue, message)
        if self._left == 0:
            raise SenderUnavailableError("broken after")

    async def create_queues(self) -> None:
        """All are there."""

    async def check(self) -> None:
        return None


type Step = Callable[[World], Awaitable[None]]


DETACHED = events.detached(time="2026-04-01T00:00:00Z")
ELIGIBLE = (*events.eligible(), *events.qualified(validUntil="2026-08-31"))


async def eligible_world() -> World:
    world = World()
    await world.post(*ELIGIBLE)
    return world


async def new_world() -> World:
    return World()


async def rules_world() -> World:
    world = await eligible_world()
    await store_stricter_draft(world)
    return world


async def older_world() -> World:
    """What a version left whose decisions are of an older format, read by one that was upgraded."""
    world = await eligible_world()
    await world.post(events.spend("C-2"))
    world.decisions = DECISIONS + 1
    world.ports = world.worker()
    return world


async def detached_world() -> World:
    world = await eligible_world()
    await world.post(DETACHED)
    return world


async def due_world() -> World:
    world = await eligible_world()
    world.now += timedelta(days=120)
    return world


async def due_world_of_an_older_version() -> World:
    world = await due_world()
    await as_older(world)
    return world


def delivered(body: bytes) -> Step:
    async def step(world: World) -> None:
        await receive_event(world.ports, body, 1)
        await settled_each(world)

    return step


async def settled_each(world: World) -> None:
    """Handle what is queued; a message whose handling fails stays on its queue, as the host leaves it."""
    queue = world.sent.queues[Queue.RECOMPUTE]
    while queue:
        await recompute(world.ports, queue[0].body, 1)
        queue.popleft()


async def activated(world: World) -> None:
    await activate(world.ports, 2)
    await settled_each(world)


async def upgraded(world: World) -> None:
    await sweep_upgrade(world.ports)
    await settled_each(world)
    world.now += timedelta(minutes=3)
    await sweep_fan_outs(world.ports)
    await settled_each(world)
    await sweep_upgrade(world.ports)


async def swept(world: World) -> None:
    await sweep_due(world.ports)
    await settled_each(world)


SCENARIOS: dict[str, tuple[Callable[[], Awaitable[World]], Step]] = {
    "a first decision": (new_world, delivered(events.spend())),
    "an outcome that changes": (eligible_world, delivered(events.spend(amount="1", time="2026-04-01T00:00:00Z"))),
    "an outcome that stays": (eligible_world, delivered(events.spend(amount="300001"))),
    "a date that moves": (eligible_world, delivered(events.spend(amount="300001", endsOn="2026-07-31"))),
    "an attachment": (eligible_world, delivered(events.attached(partner="P-2"))),
    "a partner event": (eligible_world, delivered(events.certified(level="none", time="2026-04-01T00:00:00Z"))),
    "a partner event after a detachment": (
        detached_world,
        delivered(events.certified(level="none", time="2026-04-01T00:00:00Z")),
    ),
    "a first partner event": (new_world, delivered(events.certified())),
    "an activation": (rules_world, activated),
    "an upgrade": (older_world, upgraded),
    "a date that comes": (due_world, swept),
    "a date that comes, by an older version's row": (due_world_of_an_older_version, swept),
    "an invalid event": (new_world, delivered(b"{}")),
}


async def ends(world: World) -> dict[str, Any]:
    """All that must be the same whatever broke on the way."""
    await settled_each(world)
    state = await world.state()
    end = {
        "outcome": state.outcome,
        "sequence": (state.sequence, state.sent),
        "facts": state.registers,
        "evidence": state.evidence,
        "told": world.told(),
        "partner": (await world.ports.partners.load("P-1")).partner,
        "upgrade": await upgrading(world.ports),
        "customers of the partner": await world.ports.indexes.attached("P-1", "", 10),
        "fan-outs": [each async for each in world.ports.fan_outs.all()],
        "quarantine": [(each["body"], each["reason"]) for each in await world.quarantine()],
    }
    world.now += timedelta(minutes=3)
    await sweep_outboxes(world.ports)
    left = [each async for each in world.ports.work.outboxes()]
    head = await world.ports.heads.load("C-1")
    return {**end, "left": left, "index": head and replace(head, commit=0)}


async def broken(world: World, step: Step, *, sends: bool, after: bool, number: int) -> bool:
    """Do the step with a break at one call; tells whether it broke. The host then delivers again."""
    healthy = world.ports
    if sends:
        world.ports = world.worker(sender=BreakingSender(world, number, after))
    else:
        breaking = breaking_at(number, perhaps=True)
        watched = WatchedStore(world.store, after=breaking) if after else WatchedStore(world.store, before=breaking)
        world.ports = world.worker(watched)
    try:
        await step(world)
    except PassingError:
        return True
    finally:
        world.ports = healthy
    return False


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("sends", [False, True], ids=["at the store", "at a queue"])
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_break_at_any_call_is_healed_by_redelivery(scenario: str, sends: bool, after: bool) -> None:
    begin, step = SCENARIOS[scenario]
    undisturbed = await begin()
    await step(undisturbed)
    expected = await ends(undisturbed)
    number = 1
    while True:
        world = await begin()
        broke = await broken(world, step, sends=sends, after=after, number=number)
        if broke:
            await step(world)
        assert await ends(world) == expected, f"after a break at call {number}"
        if not broke:
            break
        number += 1
    assert number > 1 or sends, "no call was broken"


async def test_an_outbox_left_by_a_message_that_never_comes_back_is_sent_by_the_sweep() -> None:
    world = World()
    world.ports = world.worker(sender=BreakingSender(world, 1, after=False))
    with pytest.raises(SenderUnavailableError):
        await receive_event(world.ports, events.spend(), 1)
    assert world.told() == []
    world.now += timedelta(minutes=3)
    await sweep_outboxes(world.ports)
    assert world.told() == [(1, "ineligible")]
    assert [each async for each in world.ports.work.outboxes()] == []


async def test_a_fan_out_left_by_a_message_that_never_comes_back_is_handed_on_by_the_sweep() -> None:
    world = World()
    await world.post(*events.eligible(), *events.qualified()[:2])
    world.ports = world.worker(sender=BreakingSender(world, 1, after=False))
    with pytest.raises(SenderUnavailableError):
        await receive_event(world.ports, events.certified(), 1)
    await sweep_fan_outs(world.ports)
    assert await world.status() == "ineligible", "too young to be taken for stalled"
    world.now += timedelta(minutes=3)
    await sweep_fan_outs(world.ports)
    await world.settle()
    assert await world.status() == "eligible"


async def test_a_repeat_after_a_crash_between_send_and_mark_has_the_same_id_and_body() -> None:
    world = World()
    message = events.spend()
    world.ports = world.worker(sender=BreakingSender(world, 1, after=True))
    with pytest.raises(SenderUnavailableError):
        await receive_event(world.ports, message, 1)
    world.now += timedelta(minutes=1)
    await world.post(message)
    first, second = world.sent.queues[Queue.NOTIFICATIONS]
    assert first == second
