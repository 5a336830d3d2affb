"""Crashes of a process with several handlers of one owner: it dies, or one fails or is cancelled, at any call.

All that the leader serves come again; the end is as if nothing had happened.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import pytest

from shared.errors import PassingError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.storage.store import StoreUnavailableError
from shared.workflow.receive_event import receive_event
from shared.workflow.sweep import sweep_fan_outs, sweep_outboxes
from tests import events
from tests.invariant import violations
from tests.oracle.oracle import Oracle
from tests.virtual_time import run
from tests.watched_store import Call, WatchedStore
from tests.workflow.test_crashes import ELIGIBLE
from tests.world import START, World

LATER = "2026-04-01T00:00:00Z"
BURSTS: dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...]]] = {
    "a customer's first events": (
        tuple(events.qualified()),
        (*events.eligible(), events.spend(licence="L-2", amount="7")),
    ),
    "a customer that changes": (
        ELIGIBLE,
        (
            events.spend(licence="L-2", amount="7"),
            events.spend(amount="1", time=LATER),
            events.attached(partner="P-2"),
            events.project(project_id="J-2"),
        ),
    ),
    "a partner that changes": (
        ELIGIBLE,
        (
            events.trained(learnerId="A-2", completedOn="2026-02-01"),
            events.certified(level="none", time=LATER),
            events.trained(revoked=True, time=LATER),
        ),
    ),
    "facts and repeats of them": (
        ELIGIBLE,
        (events.spend(amount="2", time=LATER),) * 3,
    ),
}


class Killed(BaseException):
    """The process is gone, with all its handlers."""


type Fault = Callable[[list[asyncio.Task[None]]], None]
"""Raises, or does something to the handlers."""


def dies(_: object) -> None:
    raise Killed


def store_fails(_: object) -> None:
    raise StoreUnavailableError("gone")


def queue_fails(_: object) -> None:
    raise SenderUnavailableError("gone")


def leader_is_cancelled(_: object) -> None:
    raise asyncio.CancelledError


def second_is_cancelled(handlers: list[asyncio.Task[None]]) -> None:
    handlers[1].cancel()


def all_but_the_last_are_cancelled(handlers: list[asyncio.Task[None]]) -> None:
    for each in handlers[:-1]:
        each.cancel()


FAULTS: Sequence[Fault] = (
    dies,
    store_fails,
    queue_fails,
    leader_is_cancelled,
    second_is_cancelled,
    all_but_the_last_are_cancelled,
)


class Breaking:
    """Has a ``fault`` at the ``number``-th call or send, before or after it has its effect."""

    def __init__(self, world: World, number: int, fault: Fault, *, after: bool) -> None:
        self._world, self._left, self._fault, self._after = world, number, fault, after
        self.broke = False
        self.handlers: list[asyncio.Task[None]] = []

    def ports(self) -> Ports:
        return self._world.worker(WatchedStore(self._world.store, self._before_call, self._after_call), self)

    async def _before_call(self, _: Call) -> None:
        await asyncio.sleep(0)
        self._count(after=False)

    async def _after_call(self, _: Call) -> None:
        self._count(after=True)
        await asyncio.sleep(0)

    def _count(self, *, after: bool) -> None:
        if after is self._after:
            self._left -= 1
            if self._left == 0:
                self.broke = True
                self._fault(self.handlers)

    async def send(self, queue: Queue, message: Message) -> None:
        await asyncio.sleep(0)
        self._count(after=False)
        await self._world.sent.send(queue, message)
        self._count(after=True)

    async def create_queues(self) -> None:
        """All are there."""

    async def check(self) -> None:
        """It answers."""


async def delivered(
    ports: Ports, bodies: tuple[bytes, ...], handlers: list[asyncio.Task[None]] | None = None
) -> list[bytes]:
    """Handle all at once in one process, by ``handlers``; gives those that come again."""
    left = list(bodies)
    handlers = [] if handlers is None else handlers

    async def one(body: bytes) -> None:
        with suppress(PassingError):
            await receive_event(ports, body, 1)
            left.remove(body)

    with suppress(Killed):
        async with asyncio.TaskGroup() as process:
            handlers += [process.create_task(one(body)) for body in bodies]
    return left


async def left_wrong(name: str, fault: Fault, number: int, *, after: bool) -> list[str] | None:
    """What is not as it must be after a break at that call and what follows it; None if there is no such call."""
    before, burst = BURSTS[name]
    world = World()
    await world.post(*before)
    breaking = Breaking(world, number, fault, after=after)
    left = await delivered(breaking.ports(), burst, breaking.handlers)
    if not breaking.broke:
        return None
    again = await delivered(world.worker(), tuple(left))
    world.now += timedelta(days=2)
    for _ in range(2):
        await world.settle()
        await sweep_outboxes(world.ports)
        await sweep_fan_outs(world.ports)
    oracle = Oracle(json.loads(SHIPPED.read_bytes()), START.date(), START)
    for body in (*before, *burst):
        oracle.post(body)
    told = [message.body for message in world.sent.queues[Queue.NOTIFICATIONS]]
    kept = [each["reason"] for each in await world.quarantine()]
    found = [each async for each in violations(world.ports, oracle, json.loads(SHIPPED.read_bytes()), told)]
    return [*found, *kept, *(["failed again"] if again else [])]


@pytest.mark.parametrize("after", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", BURSTS)
def test_a_burst_broken_at_any_call_is_healed_by_redelivery(name: str, fault: Fault, after: bool) -> None:
    number = 1
    while (found := run(left_wrong(name, fault, number, after=after))) is not None:
        assert found == [], f"after a break at call {number}"
        number += 1
    assert number > 4
