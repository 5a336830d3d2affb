"""Ending quarantined messages: killed at any call nothing is lost and a repeat does nothing twice; two operators at
once end a message in one way, and lists and counts are those of the messages."""

import json
from collections.abc import Awaitable, Callable
from itertools import count

import pytest

from local.commands.repairing.reconcile_quarantine import quarantine_differences
from shared.api.problems import Problem
from shared.api.quarantine import (
    close_many,
    close_quarantined,
    redrive,
    redrive_many,
    resubmit_quarantined,
)
from shared.errors import PassingError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from shared.storage import keys
from shared.storage.quarantined import CLOSED, KEPT, REDRIVEN, RESUBMITTED, Quarantined, id_of
from shared.storage.store import Table
from tests import events
from tests.watched_store import Call, WatchedStore, once_at
from tests.world import World

KEPT_BY_MISTAKE = events.spend(amount="400000")
CORRECTED = events.spend(amount="500000", time="2026-05-02T00:00:00Z")
ID = id_of(Queue.EVENTS, KEPT_BY_MISTAKE)
FAULT = "failed N times"

type Act = Callable[[Ports], Awaitable[object]]

ACTS: dict[str, Act] = {
    "redrive": lambda ports: redrive(ports, ID),
    "close": lambda ports: close_quarantined(ports, ID, {"reason": "done"}),
    "resubmit": lambda ports: resubmit_quarantined(ports, ID, {"body": CORRECTED.decode()}),
    "redrive by ids": lambda ports: redrive_many(ports, {"ids": [ID]}),
    "redrive a group": lambda ports: redrive_many(ports, {"fault": FAULT}),
    "close a group": lambda ports: close_many(ports, {"fault": FAULT, "reason": "done"}),
}
ENDS = {name: REDRIVEN if "redrive" in name else CLOSED if "close" in name else RESUBMITTED for name in ACTS}
AMOUNT = {REDRIVEN: "400000", RESUBMITTED: "500000", CLOSED: ""}
"""What is known of the customer then."""


async def with_kept(world: World) -> World:
    message = Quarantined(Queue.EVENTS, KEPT_BY_MISTAKE, world.ports.timestamp(), "failed 5 times", (), 5)
    await world.ports.quarantine.keep(message)
    return world


async def stored(world: World) -> Quarantined:
    found = await world.ports.quarantine.load(ID)
    assert found
    return found


async def amount(world: World) -> str:
    """After all that is queued was handled."""
    queue = world.sent.queues[Queue.EVENTS]
    while queue:
        await world.post(queue.popleft().body)
    licences = (await world.state()).registers.get("licence", {})
    return "".join(str(each.data["annualAmount"]) for each in licences.values())


async def is_consistent(world: World) -> bool:
    """Lists and counts are those of the message and the others of its partition."""
    return await quarantine_differences(world.ports, keys.quarantine(ID)) == []


class Dying:
    """The process ends at the ``number``-th call of the store or the sender, before or after it took effect."""

    def __init__(self, world: World, number: int, after: bool) -> None:
        self._world, self._left, self._after = world, number, after
        self.died = False
        store = WatchedStore(world.store, *((self._nothing, self._at) if after else (self._at, self._nothing)))
        self.ports = world.worker(store, self)

    async def send(self, queue: Queue, message: Message) -> None:
        if self._after:
            await self._world.sent.send(queue, message)
        self._count(SenderUnavailableError("the process ends here"))
        if not self._after:
            await self._world.sent.send(queue, message)

    async def check(self) -> None:
        """It answers."""

    async def create_queues(self) -> None:
        """All are there."""

    async def _nothing(self, _: Call) -> None:
        return None

    async def _at(self, call: Call) -> None:
        self._count(PassingError(f"the process ends at {call.operation}"))

    def _count(self, end: PassingError) -> None:
        self._left -= 1
        if self.died or self._left == 0:
            self.died = True
            raise end


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("name", ACTS)
async def test_killed_at_any_call_nothing_is_lost_and_a_repeat_ends_it_once(name: str, after: bool) -> None:
    for number in count(1):
        world = await with_kept(World())
        dying = Dying(world, number, after)
        try:
            await ACTS[name](dying.ports)
        except PassingError:
            assert dying.died
        left = await stored(world)
        is_sent = bool(world.sent.queues[Queue.EVENTS])
        assert left.state == KEPT or is_sent or left.state == CLOSED, "it waits, or is on its queue, or was closed"
        assert await is_consistent(world)
        await ACTS[name](world.ports)
        assert (await stored(world)).state == ENDS[name]
        assert len((await stored(world)).trail) == 1
        assert await amount(world) == AMOUNT[ENDS[name]]
        assert len(world.told()) == (1 if AMOUNT[ENDS[name]] else 0)
        assert await is_consistent(world)
        if not dying.died:
            assert number > 3
            return


class Between:
    """Another operator acts before the ``number``-th call of the first."""

    def __init__(self, world: World, number: int, act: Act) -> None:
        self._world, self._number, self._act = world, number, act
        self.calls = 0
        self.ports = world.worker(WatchedStore(world.store, self._before))

    async def _before(self, _: Call) -> None:
        self.calls += 1
        if self.calls == self._number:
            await _perhaps(self._act, self._world.ports)


@pytest.mark.parametrize("second", ["redrive", "close", "resubmit"])
@pytest.mark.parametrize("first", ACTS)
async def test_two_operators_at_once_end_it_in_one_way(first: str, second: str) -> None:
    for number in count(1):
        world = await with_kept(World())
        between = Between(world, number, ACTS[second])
        await _perhaps(ACTS[first], between.ports)
        end = await stored(world)
        assert end.state in (ENDS[first], ENDS[second])
        sent = {each.body for each in world.sent.queues[Queue.EVENTS]}
        assert end.state != REDRIVEN or KEPT_BY_MISTAKE in sent
        assert end.state != RESUBMITTED or end.trail[-1].corrected in {id_of(Queue.EVENTS, each) for each in sent}
        assert await is_consistent(world)
        if between.calls < number:
            return


async def _perhaps(act: Act, ports: Ports) -> None:
    """Unless it is refused because the other was first."""
    try:
        await act(ports)
    except Problem as refused:
        assert refused.status == 409  # noqa: PT017


@pytest.mark.parametrize("name", ACTS)
async def test_a_message_that_comes_again_meanwhile_stays_kept(name: str) -> None:
    world = await with_kept(World())

    async def again() -> None:
        await with_kept(world)

    await _perhaps(ACTS[name], world.worker(WatchedStore(world.store, once_at("commit", Table.QUARANTINE, again))))
    assert ((await stored(world)).state, (await stored(world)).count) == (KEPT, 2)
    assert await is_consistent(world)


async def test_two_corrections_at_once_leave_the_one_that_is_noted_and_the_other_is_told() -> None:
    world = await with_kept(World())
    other = events.spend(amount="600000", time="2026-05-03T00:00:00Z").decode()

    async def other_first() -> None:
        await resubmit_quarantined(world.ports, ID, {"body": other})

    ports = world.worker(WatchedStore(world.store, once_at("commit", Table.QUARANTINE, other_first)))
    with pytest.raises(Problem) as refused:
        await ACTS["resubmit"](ports)
    assert refused.value.status == 409
    assert [each.corrected for each in (await stored(world)).trail] == [id_of(Queue.EVENTS, _compact(other))]
    assert await amount(world) == "600000", "the later event wins, whichever was noted"


def _compact(event: str) -> bytes:
    return json.dumps(json.loads(event), separators=(",", ":")).encode()


async def test_many_that_are_ended_at_once_are_all_counted() -> None:
    world = await with_kept(World())
    bodies = [f"message {number}".encode() for number in range(20)]
    await world.post(*bodies)
    ids = [id_of(Queue.EVENTS, each) for each in bodies]
    answer = await close_many(world.ports, {"ids": ids, "reason": "done"})
    assert answer["done"] == 20
    assert (await world.ports.quarantine.count_kept()).kept == 1
