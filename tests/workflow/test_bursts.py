"""Bursts: a thousand events of one owner over many handlers of many processes, in virtual time.

Each call of the store takes some milliseconds, a failed message comes again as the host would deliver it.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from shared.errors import PassingError
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.workflow.receive_event import receive_event
from tests import events
from tests.azure_stores import table_store
from tests.restored import empty
from tests.virtual_time import run
from tests.watched_store import Call, WatchedStore
from tests.world import START, World

EVENTS = 1_000
HANDLERS_OF_A_PROCESS = 16
VISIBILITY = 10.0


@dataclass
class Burst:
    """Handlers that take messages off one queue until all of them are done."""

    handlers: int
    world: World = field(default_factory=World)
    calls: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    attempts: Counter[int] = field(default_factory=Counter)

    async def handled(self, bodies: list[bytes]) -> None:
        self.queue: asyncio.Queue[tuple[bytes, int]] = asyncio.Queue()
        for body in bodies:
            self.queue.put_nowait((body, 1))
        processes = [self._process() for _ in range(self.handlers // HANDLERS_OF_A_PROCESS)]
        async with asyncio.TaskGroup() as all_of_them:
            handlers = [
                all_of_them.create_task(self._handler(ports))
                for ports in processes
                for _ in range(HANDLERS_OF_A_PROCESS)
            ]
            await self.queue.join()
            for each in handlers:
                each.cancel()

    def _process(self) -> Ports:
        ports = self.world.worker(WatchedStore(self.world.store, self._waits, self._waits), self)
        ports.pause, ports.chance = asyncio.sleep, self.chance
        loop = asyncio.get_running_loop()
        began = loop.time()
        ports.clock = lambda: START + timedelta(seconds=loop.time() - began)
        return ports

    async def _waits(self, call: Call) -> None:
        self.calls[f"{call.operation} {call.table}"] += 1
        await asyncio.sleep(self.chance.uniform(0.001, 0.010))

    async def _handler(self, ports: Ports) -> None:
        while True:
            body, attempt = await self.queue.get()
            self.attempts[attempt] += 1
            try:
                await receive_event(ports, body, attempt)
            except PassingError:
                self._later(body, attempt + 1, VISIBILITY)
            else:
                self.queue.task_done()

    def _later(self, body: bytes, attempt: int, delay: float) -> None:
        asyncio.get_running_loop().call_later(delay, self.queue.put_nowait, (body, attempt))

    async def send(self, queue: Queue, message: Message) -> None:
        await asyncio.sleep(self.chance.uniform(0.001, 0.010))
        if queue is Queue.EVENTS:
            self.queue._unfinished_tasks += 1  # type: ignore[attr-defined]
            self._later(message.body, 1, message.delay)
        else:
            await self.world.sent.send(queue, message)

    async def check(self) -> None:
        """It answers."""

    async def create_queues(self) -> None:
        """All are there."""

    def calls_per_event(self, events: int = EVENTS) -> float:
        return self.calls.total() / 2 / events  # counted before and after each


@pytest.mark.parametrize("handlers", [160, 640])
def test_a_thousand_events_of_one_customer_cost_two_calls_each_at_most_and_none_goes_to_quarantine(
    handlers: int,
) -> None:
    burst = Burst(handlers)
    bodies = [events.spend(licence=f"L-{number}", amount=str(number)) for number in range(EVENTS)]

    async def main() -> None:
        await burst.world.post(events.project(), events.attached(), *events.qualified())
        await burst.handled(bodies)

    run(main())
    print(f"{handlers} handlers: {burst.calls_per_event():.2f} calls an event, attempts {dict(burst.attempts)}")
    state = asyncio.run(burst.world.state())
    assert len(state.customer.licences) == EVENTS
    assert asyncio.run(burst.world.quarantine()) == []
    assert burst.calls_per_event() <= 2
    told = burst.world.told()
    assert [sequence for sequence, _ in told] == list(range(1, state.sequence + 1))
    assert told[-1][1] == "eligible"


@pytest.mark.parametrize("handlers", [160, 640])
def test_a_thousand_events_of_one_partner_cost_two_calls_each_at_most_and_none_goes_to_quarantine(
    handlers: int,
) -> None:
    burst = Burst(handlers)
    bodies = [
        events.trained(learnerId=f"A-{number}", completedOn=f"2026-02-{1 + number % 28:02}") for number in range(EVENTS)
    ]

    async def main() -> None:
        await burst.world.post(*events.eligible(), *events.qualified())
        await burst.handled(bodies)
        await burst.world.settle()

    run(main())
    print(f"{handlers} handlers: {burst.calls_per_event():.2f} calls an event, attempts {dict(burst.attempts)}")
    stored = asyncio.run(burst.world.ports.partners.load("P-1"))
    assert stored.facts == EVENTS + 3
    assert asyncio.run(burst.world.quarantine()) == []
    assert burst.calls_per_event() <= 2
    assert asyncio.run(burst.world.state()).evidence.partners == {"P-1": stored.partner.revision}


SOME = 200


async def test_a_burst_over_azurite_ends_as_in_memory(azurite: str) -> None:
    async with table_store(azurite) as store:
        await empty(store)
        burst = Burst(64, World(store=store))
        await burst.world.post(*events.eligible("C-burst", partner="P-burst"), *events.qualified("P-burst"))
        licences = [events.spend("C-burst", licence=f"L-{number}", amount=str(number)) for number in range(SOME)]
        trainings = [events.trained("P-burst", learnerId=f"A-{number}") for number in range(SOME)]
        await burst.handled([each for both in zip(licences, trainings, strict=True) for each in both])
        await burst.world.settle()
        print(f"{burst.calls_per_event(2 * SOME):.2f} calls an event, attempts {dict(burst.attempts)}")
        state, stored = await burst.world.state("C-burst"), await burst.world.ports.partners.load("P-burst")
        assert (len(state.customer.licences), stored.facts) == (SOME, SOME + 2)
        assert state.evidence.partners == {"P-burst": stored.partner.revision}
        assert burst.calls_per_event(2 * SOME) <= 2
        told = burst.world.told("C-burst")
        assert [sequence for sequence, _ in told] == list(range(1, state.sequence + 1))
