"""Whatever dies while a person's change is made, the log has it if it was made, and says so if it may not have been."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from shared.api.quarantine import close_quarantined, redrive
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.quarantined import CLOSED, KEPT, REDRIVEN, Quarantined
from tests import events
from tests.watched_store import WatchedStore, breaking_at
from tests.world import World

MESSAGE = Quarantined(Queue.EVENTS.value, events.spend(), "2026-06-01T12:00:00.000000Z", "failed 5 times", (), 5)


async def close(ports: Ports) -> None:
    await close_quarantined(ports, MESSAGE.id, {"reason": "a test", "author": "Bo"})


async def put_back(ports: Ports) -> None:
    await redrive(ports, MESSAGE.id, {"author": "Bo"})


async def kept() -> World:
    world = World()
    await world.ports.quarantine.keep(MESSAGE)
    return world


async def state(world: World) -> str:
    message = await world.ports.quarantine.load(MESSAGE.id)
    assert message
    return message.state


@pytest.mark.parametrize(("change", "leads_to"), [(close, CLOSED), (put_back, REDRIVEN)], ids=["close", "redrive"])
@pytest.mark.parametrize("where", ["before", "after"])
async def test_a_call_that_dies_at_any_of_its_calls_leaves_no_change_without_an_entry_and_no_false_entry(
    change: Callable[[Ports], Awaitable[None]], leads_to: str, where: str
) -> None:
    counted = WatchedStore((await kept()).store)
    await change(World(counted).ports)
    ends = set()
    for number in range(1, len(counted.calls) + 1):
        world = await kept()
        dying = WatchedStore(world.store, **{where: breaking_at(number)})
        with suppress(PassingError):
            await change(world.worker(dying))
        entries, now = await world.ports.change_log.page("", 10), await state(world)
        assert now == KEPT or [each.by for each in entries] == ["Bo"]
        assert not any(each.done for each in entries) or now == leads_to
        ends.add((now, *(each.done for each in entries)))
    assert {(KEPT, False), (leads_to, False)} <= ends
