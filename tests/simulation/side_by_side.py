"""A simulated world in which workers of the next version run beside those of this one.

The next version adds members of its own to all that it writes, gives some customers and partners a format that this
version does not read, and makes decisions of a later format. What this version writes is watched: it may drop nothing
of that, and may write no row that it cannot read.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from local.commands.backup.memory_store import MemoryStore
from shared.domain.decision import DECISIONS
from shared.errors import LaterVersionError
from shared.ports import Clock, Ports
from shared.storage.checked import FORMAT, NEWEST
from shared.storage.store import ANY, Row, Span, Store, Table, Write
from shared.storage_clock import StorageClock
from shared.workflow.sweep import sweep_fan_outs
from shared.workflow.upgrade import SILENT_FOR, sweep_upgrade
from tests.later_version import own, with_own
from tests.simulation.simulated import Killed, Simulation, Waiting

UNREADABLE = 0.15
"""Of the next version's writes of customers and partners that give the row a greater format."""
_WITH_A_FORMAT = ("state~", "summary~")


class _Passed:
    """A store that passes all calls on."""

    def __init__(self, world: "SideBySide", store: MemoryStore) -> None:
        self.world, self.store = world, store

    def written(self, table: Table, row: Row) -> Row:
        return row

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        return await self.store.get(table, partition, key, select)

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        return await self.store.query(table, span, limit, select)

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        return await self.checked(table, [row], self.store.write(table, self.written(table, row), etag))

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        return await self.checked(table, [row], self.store.merge(table, row, etag))

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        await self.store.delete(table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        added = [replace(each, row=self.written(table, each.row)) for each in writes]
        return await self.checked(table, [each.row for each in writes], self.store.commit(table, added))

    async def checked[T](self, table: Table, rows: Sequence[Row], write: Awaitable[T]) -> T:
        return await write


class NextStore(_Passed):
    """The next version's: it reads its own format and adds what only it knows."""

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        row = await super().get(table, partition, key, select)
        return row and self._read(row)

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        return [self._read(row) for row in await super().query(table, span, limit, select)]

    def written(self, table: Table, row: Row) -> Row:
        added = with_own(table, row)
        if row.key.startswith(_WITH_A_FORMAT) and self.world.chance.random() < UNREADABLE * bool(self.world.faults):
            return replace(added, properties={**added.properties, FORMAT: NEWEST + 1})
        return added

    def _read(self, row: Row) -> Row:
        return replace(row, properties={name: value for name, value in row.properties.items() if name != FORMAT})


class ThisStore(_Passed):
    """This version's: what it writes over is held against what was there."""

    async def checked[T](self, table: Table, rows: Sequence[Row], write: Awaitable[T]) -> T:
        before = [await self.store.get(table, row.partition, row.key) for row in rows]
        done = await write
        for was in filter(None, before):
            now = await self.store.get(table, was.partition, was.key)
            if now is not None:
                self.world.wrong += _wrong(table, was, now)
        return done


def _wrong(table: Table, was: Row, now: Row) -> list[str]:
    found = []
    if was.properties.get(FORMAT, NEWEST) != NEWEST and "touchedAt" not in now.properties:
        found.append(f"{now.key} was written over, which has a format that this version does not read")
    if own(table, was) != own(table, now):
        found.append(f"{now.key} had {own(table, was)} of the next version and has {own(table, now)}")
    return found


class SideBySide(Simulation):
    """Each process is of one of the two versions by chance, a worker's next one perhaps of the other."""

    def __init__(self, seed: int, *sizes: Any, **named: Any) -> None:
        super().__init__(seed, *sizes, **named)
        self.wrong: list[str] = []
        self.later_met = 0
        self.is_next = False

    def _rows(self) -> Store:
        self.is_next = not self.faults or self.chance.random() < 0.5  # what is left is done by the next one
        return NextStore(self, self.store) if self.is_next else ThisStore(self, self.store)

    def _ports(self, store: Store, clock: Clock, storage_clock: StorageClock) -> Ports:
        more: dict[str, Any] = {"storage_clock": storage_clock, "decisions": DECISIONS + self.is_next}
        return Ports(store, self, clock, self._pause, self.chance, **more)

    async def _act(self, ports: Ports) -> None:
        if self.chance.random() < 0.05:
            await sweep_upgrade(ports)
        else:
            await super()._act(ports)

    async def _handle(self, ports: Ports, message: Waiting) -> None:
        """A failure because of a later version uses up no try; now and then the worker is replaced after it."""
        try:
            await super()._handle(ports, message)
        except LaterVersionError:
            self.later_met += 1
            message.taken = 0
            if self.chance.random() < 0.3:
                raise Killed from None
            raise

    async def _settle(self) -> None:
        await super()._settle()
        ports = self._process()
        for _ in range(3):
            self.now += SILENT_FOR + timedelta(seconds=1)
            await sweep_upgrade(ports)
            await sweep_fan_outs(ports)
            while self.waiting:
                await self._handle(ports, self.waiting.pop())

    async def run(self) -> list[str]:
        found = await super().run()
        return [*found, *self.wrong, *[each async for each in self._left_to_the_older()]]

    async def _left_to_the_older(self) -> Any:
        ports = self._process()
        state = await ports.rule_sets.load()
        assert state
        if state.decisions != ports.decisions:
            yield "no upgrade was begun"
        for customer_id in await ports.indexes.directory("", 1000):
            customer = (await ports.customers.load(customer_id)).state
            if customer.decision and customer.evidence.decisions != ports.decisions:
                yield f"{customer_id}: stays decided by the older version"
