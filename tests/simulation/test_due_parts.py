"""Seeded simulations of many dates: processes with due rows in either place, small pages, sweeps that meet."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import PassingError
from shared.ports import Clock, Ports
from shared.settings import RELEASED
from shared.storage import keys
from shared.storage.store import Store
from shared.storage_clock import StorageClock
from shared.workflow import due_parts
from shared.workflow.retention import remove_expired
from shared.workflow.sweep import sweep_due
from tests.simulation.far_ahead import FarAhead
from tests.simulation.seeds import seeds
from tests.simulation.simulated import START, MachineClock, Simulation, Waiting
from tests.virtual_time import run

PARTS = keys.DUE_PARTS


class ManyDates(FarAhead):
    """Customers' eligibility begins or ends soon. Half of the processes were told that the last released version may
    run, and have due rows where that has them.

    A page is of one customer or two, and clocks are off as in other simulations.
    """

    versions = (1, 2, 3)
    """A process that is told of an older version puts no rules in force that allow exceptions."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, customers=5)
        self.moved = self.at_work = 0
        due_parts.PAGE = self.chance.randint(1, 2)
        keys.DUE_PARTS = PARTS[: self.chance.randint(1, 5)]

    def _ends(self, name: str) -> dict[str, str]:
        days = self.chance.choice((None, None, 4, 10, 20, 40, 70))
        return {name: (START.date() + timedelta(days=days)).isoformat()} if days else {}

    def _machine(self) -> MachineClock:
        return Simulation._machine(self)

    def _ports(self, store: Store, clock: Clock, storage_clock: StorageClock) -> Ports:
        more: dict[str, Any] = {"oldest_version": RELEASED[-1]} if self.chance.random() < 0.5 else {}
        ports = Ports(store, self, clock, self._pause, self.chance, storage_clock=storage_clock, **more)
        move = ports.work.move_due

        async def moving(due: Any) -> None:
            await move(due)
            self.moved += 1

        ports.work.move_due = moving  # type: ignore[method-assign]
        return ports

    @contextmanager
    def _working(self) -> Iterator[None]:
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1

    async def _handle(self, ports: Ports, message: Waiting) -> None:
        with self._working():
            await super()._handle(ports, message)

    async def _act(self, ports: Ports) -> None:
        """Days pass only while nobody works: no call lives for days, after which what it opened is given up."""
        drawn = self.chance.random()
        if drawn < 0.15:
            days = self.chance.choice((0, 0, 0, 1, 1, 8, 8))
            self.now += timedelta(days=0 if self.at_work else days, minutes=self.chance.choice((1, 31)))
            with self._working():
                await self.chance.choice((sweep_due, sweep_due, remove_expired))(ports)
        else:
            await super()._act(ports)

    async def _handle_all(self, ports: Ports) -> None:
        """A date that comes tomorrow is waited for."""
        while self.waiting:
            with suppress(PassingError):
                await self._handle(ports, self._next())


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they were, afterwards."""
    monkeypatch.setattr(due_parts, "PAGE", due_parts.PAGE)
    monkeypatch.setattr(keys, "DUE_PARTS", PARTS)


@pytest.mark.parametrize("some", seeds(60, 10_000, 20))
def test_wherever_processes_have_due_rows_everybody_is_decided_when_its_day_has_come(some: range) -> None:
    moved = 0
    for seed in some:
        world = ManyDates(seed)
        found = run(world.run())
        moved += world.moved
        assert not found, f"seed {seed}: {found}"
    assert moved, "no row was moved"
