"""A partner with 20,000 customers: its fan-out, killed at every page boundary, misses none and touches no other.

The memory printed is the most a handler took beyond what stood before it, the rows and messages it wrote included.
"""

import tracemalloc
from collections import Counter
from collections.abc import Iterable
from time import monotonic

import pytest

from shared.domain.recompute import FanOutStep, parse_recompute
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.store import Row, Span, StoreUnavailableError, Table
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.steps import PAGE
from tests import events
from tests.watched_store import Call, WatchedStore
from tests.world import World

CUSTOMERS = 20_000
CHANGED = [f"C-{number:05d}" for number in range(0, CUSTOMERS, 2)]
UNCHANGED = [f"C-{number:05d}" for number in range(1, CUSTOMERS, 2)]
OTHERS = [f"X-{number:03d}" for number in range(200)]
HANDLER_BYTES = 8 * 2**20


class KilledAtPages:
    """Kills the fan-out's handler at each write of its progress, once before and, next time, once after."""

    def __init__(self, world: World) -> None:
        self._writes = 0
        self.kills = 0
        self.ports = world.worker(WatchedStore(world.store, self._before, self._after))

    async def _before(self, call: Call) -> None:
        if _is_boundary(call):
            self._writes += 1
            self._kill_if(self._writes % 2 == 1)

    async def _after(self, call: Call) -> None:
        self._kill_if(_is_boundary(call) and self._writes % 2 == 0)

    def _kill_if(self, now: bool) -> None:
        if now:
            self.kills += 1
            raise StoreUnavailableError("killed at a page boundary")


def _is_boundary(call: Call) -> bool:
    return call.table is Table.WORK and call.writes


@pytest.mark.deep
@pytest.mark.timeout(900)
async def test_a_fan_out_over_twenty_thousand_customers_killed_at_every_page_decides_each_once() -> None:
    world = await populated()
    bystanders = await rows_of(world, OTHERS)
    started = monotonic()
    await fanned_out(world, events.certified(level="none", time="2026-04-01T00:00:00Z"))
    seconds = monotonic() - started
    await shown(world, "ineligible", sequence=3)
    peak = await fanned_out(world, events.certified(level="silver", time="2026-05-01T00:00:00Z"), traced=True)
    await shown(world, "eligible", sequence=4)
    assert await rows_of(world, OTHERS) == bystanders
    print(f"{CUSTOMERS / seconds:.0f} customers/s, each handed on twice; a handler took at most {peak / 2**20:.1f} MiB")
    assert peak < HANDLER_BYTES


async def populated() -> World:
    """Half of the partner's customers are eligible by it, half spend too little; another partner has its own."""
    world = World()
    await world.post(*events.qualified(), *events.qualified("P-2"))
    for customer in CHANGED:
        await world.post(*reversed(events.eligible(customer)))
    for customer in UNCHANGED:
        await world.post(events.attached(customer))
    for customer in OTHERS:
        await world.post(*reversed(events.eligible(customer, "P-2")))
    assert Counter([await world.status(each) for each in CHANGED]) == {"eligible": len(CHANGED)}
    return world


async def fanned_out(world: World, body: bytes, traced: bool = False) -> int:
    """Handle the event and all it leads to; the most bytes a handler took, if traced."""
    killed = KilledAtPages(world)
    queue, most = world.sent.queues[Queue.RECOMPUTE], 0
    world.sent.queues[Queue.NOTIFICATIONS].clear()
    await receive_event(world.ports, body, 1)
    if traced:
        tracemalloc.start()
    while queue:
        most = max(most, await delivered(world, killed.ports))
    tracemalloc.stop()
    assert killed.kills == 2 * (CUSTOMERS // PAGE + 1), "before and after each page's progress, and the closing"
    return most


async def delivered(world: World, killed: Ports) -> int:
    """Deliver the oldest message; one whose handler is killed stays first in the queue, as the host leaves it."""
    queue = world.sent.queues[Queue.RECOMPUTE]
    body = queue[0].body
    is_step = isinstance(parse_recompute(body), FanOutStep)
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    try:
        await recompute(killed if is_step else world.ports, body, 1)
    except PassingError:
        assert is_step, "nothing else is killed"
    else:
        queue.popleft()
    return tracemalloc.get_traced_memory()[1] - before


async def shown(world: World, status: str, sequence: int) -> None:
    """Each customer stands on the partner's revision; a new decision and one notification where the outcome changed."""
    revision = (await world.ports.partners.load("P-1")).partner.revision
    for customers, expected in ((CHANGED, (status, sequence)), (UNCHANGED, ("ineligible", 1))):
        for customer in customers:
            state = await world.state(customer)
            assert state.evidence.partners == {"P-1": revision}
            assert (state.outcome.status.value, state.sequence, state.sent) == (*expected, state.sequence)
            assert len(await world.ports.customers.history(customer, None, 10)) == state.sequence
    told = Counter(message.id for message in world.sent.queues[Queue.NOTIFICATIONS])
    assert told == Counter(f"{customer}/{sequence}" for customer in CHANGED)
    assert [each async for each in world.ports.fan_outs.all()] == []
    assert [each async for each in world.ports.work.outboxes()] == []


async def rows_of(world: World, customers: Iterable[str]) -> list[Row]:
    """All rows of these customers, ETags included: none was written since if they are the same."""
    return [row for each in customers for row in await world.store.query(Table.CUSTOMERS, Span(each), 100)]
