"""A scenario: a world in which something is about to happen, and what the oracle hears of it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.storage.store import Table
from shared.workflow.receive_event import receive_event
from tests import events
from tests.faults.faulty_world import Act
from tests.oracle.oracle import Oracle
from tests.watched_store import WatchedStore, once_at
from tests.world import World

LATER = "2026-04-01T00:00:00Z"
ELIGIBLE = (*events.eligible(), *events.qualified(validUntil="2026-08-31"))


@dataclass(frozen=True)
class Scenario:
    """``prepared`` changes the world after its messages and gives the act; ``heard`` are the act's events."""

    before: tuple[bytes, ...]
    prepared: Callable[[World], Awaitable[Act]]
    heard: tuple[bytes, ...] = ()
    rules: bytes = SHIPPED.read_bytes()

    async def begun(self) -> tuple[World, Act]:
        world = World()
        await world.post(*self.before)
        return world, await self.prepared(world)

    def oracle(self, world: World) -> Oracle:
        oracle = Oracle(json.loads(self.rules), world.now.date(), world.now)
        for body in (*self.before, *self.heard):
            oracle.post(body)
        return oracle


def given(act: Act) -> Callable[[World], Awaitable[Act]]:
    """An act that needs no preparation."""

    async def prepared(_: World) -> Act:
        return act

    return prepared


def delivery(body: bytes) -> Act:
    return partial(receive_event, body=body, attempt=1)


def delivered(body: bytes, *before: bytes) -> Scenario:
    return Scenario(before, given(delivery(body)), (body,))


def interrupted(ports: Ports, operation: str, table: Table, act: Act) -> Ports:
    """The same worker; another handler of it acts in full before the first such call."""

    async def acts() -> None:
        await act(ports)

    watched = WatchedStore(ports.store, before=once_at(operation, table, acts))
    return Ports(watched, ports.sender, ports.clock, ports.pause)
