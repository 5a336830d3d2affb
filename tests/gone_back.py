"""Worlds in which a partner's row, or the rules', went back to what it was before it was used."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.api.health import dependencies as health
from shared.errors import WentBackError
from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.storage.store import Table
from shared.workflow.change_rules import activate
from shared.workflow.gone_back import ACCEPTED_AFTER, sweep_gone_back
from shared.workflow.keep import LAST_ATTEMPT
from shared.workflow.receive_event import receive_event
from tests import events
from tests.memory_sender import MemorySender
from tests.restored import moment, put_back
from tests.workflow.test_interleavings import store_stricter_draft
from tests.world import World

LATER = "2026-04-01T00:00:00Z"
LOST = events.certified(level="none", time=LATER)
AGAIN = events.spend(licence="L-2", amount="5", time=LATER)


async def partner_gone_back(customers: int = 2) -> World:
    """Customers C-1, C-2, ... lost their eligibility with P-1's competency, which is lost in its turn."""
    world = World()
    for number in range(1, customers + 1):
        await world.post(*events.eligible(f"C-{number}"))
    await world.post(*events.qualified())
    before = await moment(world.store)
    world.now += timedelta(hours=1)
    await world.post(LOST)
    assert await world.status() == "ineligible"
    world.now += timedelta(hours=1)
    await put_back(world.store, Table.PARTNERS, before[Table.PARTNERS])
    return world


async def rules_gone_back() -> World:
    world = World()
    await world.post(*events.eligible(), *events.qualified(), *events.eligible("C-2"))
    await store_stricter_draft(world)
    before = await moment(world.store)
    world.now += timedelta(hours=1)
    await activate(world.ports, 2)
    await world.settle()
    assert await world.status() == "ineligible"
    world.now += timedelta(hours=1)
    await put_back(world.store, Table.RULES, before[Table.RULES])
    world.ports = world.worker()
    return world


class Deaf(MemorySender):
    async def send(self, queue: Queue, message: Message) -> None:
        raise SenderUnavailableError("not now")


GONE_BACK = {"a partner": partner_gone_back, "the rules": rules_gone_back}
both = pytest.mark.parametrize("gone_back", GONE_BACK.values(), ids=GONE_BACK.keys())
type Made = Callable[[], Awaitable[World]]


async def delivered(world: World, body: bytes = AGAIN) -> None:
    """As often as the host does; the last time a copy of it is put back, or it is kept."""
    for attempt in range(1, LAST_ATTEMPT):
        with pytest.raises(WentBackError):
            await receive_event(world.ports, body, attempt)
    await receive_event(world.ports, body, LAST_ATTEMPT)


async def noted(gone_back: Made) -> World:
    """Five minutes after it was seen."""
    world = await gone_back()
    with pytest.raises(WentBackError):
        await receive_event(world.ports, AGAIN, 1)
    world.now += ACCEPTED_AFTER + timedelta(seconds=1)
    return world


async def swept(world: World, later: timedelta = ACCEPTED_AFTER + timedelta(seconds=1)) -> None:
    world.now += later
    await sweep_gone_back(world.ports)
    await world.settle()


async def dependencies(world: World) -> dict[str, str]:
    states: dict[str, str] = (await health(world.ports))["dependencies"]
    return states
