"""Simulated worlds in which customers are erased at any time, some of them again and again."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from shared.domain.named_customer import names_customer
from shared.errors import PassingError
from shared.ports import Ports
from shared.workflow.erase import ask_for_erasure, sweep_erasures
from shared.workflow.sweep import sweep_due
from tests.oracle.random_events import names
from tests.simulation.simulated import MachineClock, Simulation

OFTEN = 0.06


class Erasing(Simulation):
    """All events are of a time before the erasures: who is erased stays so.

    Minutes pass only while nobody works: no call lasts as long as an erasure waits.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.at_work = 0
        self.asked: set[str] = set()

    async def _handler(self, ports: Ports, machine: MachineClock) -> None:
        while self.waiting:
            self._set(machine)
            self.now += timedelta(minutes=0 if self.at_work else self.chance.choice((0, 1, 6)))
            with suppress(PassingError):
                await self._at_work(ports)
            await asyncio.sleep(0)

    async def _at_work(self, ports: Ports) -> None:
        self.at_work += 1
        try:
            await self._act(ports)
        finally:
            self.at_work -= 1

    async def _act(self, ports: Ports) -> None:
        drawn = self.chance.random()
        if drawn < OFTEN:
            await sweep_erasures(ports)
        elif drawn < OFTEN * 1.3:
            self.asked.add(customer_id := self.chance.choice(names("C", 3)))
            await ask_for_erasure(ports, customer_id)
        elif self.at_work == 1 or any(each.ready_at <= self.now for each in self.waiting):
            await super()._act(ports)

    def _stays(self, body: bytes) -> bool:
        """One that names an erased customer goes, or came after that."""
        return not any(names_customer(body, each) for each in self.asked)

    async def _settle(self) -> None:
        await super()._settle()
        ports = self._process()
        for _ in range(3):
            await sweep_erasures(ports)
            self.now += timedelta(days=1)
        await sweep_due(ports)  # the days may be ones on which outcomes change
        await self._handle_all(ports)
