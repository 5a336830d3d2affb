"""The same import over handlers in memory, in virtual time: what is decided does not depend on the machine.

Each process receives 16 messages when at most 8 of its own are left, as the host does; every call takes 5 ms.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench._counted import CountedWorld
from bench._end_to_end import BATCH, REFILL_AT
from shared.logs import Line
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.workflow.receive_event import receive_event
from tests import events
from tests.virtual_time import run

_CALL = 0.005


class Decided(logging.Handler):
    """Counts events and decisions from the log: events that were decided together are one."""

    def __init__(self) -> None:
        super().__init__()
        self.events, self.decisions = 0, 0.0

    def emit(self, record: logging.LogRecord) -> None:
        line = record.args[0] if isinstance(record.args, tuple) else None
        if isinstance(line, Line) and line.fields.get("what") == "event handled":
            self.events += 1
            self.decisions += 1 / int(str(line.fields.get("together", 1)))


@dataclass
class Modelled:
    decisions_each: float
    notified_each: float
    calls_an_event: float


def modelled(bodies: Sequence[bytes], customers: int, processes: int) -> Modelled:
    """The events in the order in which they are on the queue; the partners P-0 to P-19 are there before."""
    log, counted = logging.getLogger("eligibility.event"), Decided()
    log.addHandler(counted)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        return run(_modelled(bodies, customers, processes, counted))
    finally:
        log.removeHandler(counted)


async def _modelled(bodies: Sequence[bytes], customers: int, processes: int, counted: Decided) -> Modelled:
    world, waiting = CountedWorld(datetime.now(UTC)), deque(bodies)
    for number in range(20):
        await world.post(*events.qualified(f"P-{number}"))
    counted.events, counted.decisions = 0, 0
    notified = len(world.sent.queues[Queue.NOTIFICATIONS])

    async def host(ports: Ports) -> None:
        running: set[asyncio.Task[None]] = set()
        while waiting or running:
            if waiting and len(running) <= REFILL_AT:
                await asyncio.sleep(_CALL)
                taken = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
                running |= {asyncio.ensure_future(receive_event(ports, body, 1)) for body in taken}
            else:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()

    with world.counting(len(bodies), _CALL) as profile:
        workers = [world.worker(world.counted_store, world.counted_sender) for _ in range(processes)]
        await asyncio.gather(*(host(each) for each in workers))
    assert counted.events == len(bodies)
    notified = len(world.sent.queues[Queue.NOTIFICATIONS]) - notified
    return Modelled(counted.decisions / customers, notified / customers, profile.requests_each)
