"""The product in memory with each call counted by table, partition and kind, over a clock that calls take time of.

A ``Profile`` is what some events or customers took. Nothing here knows how a table is divided: the partitions are those
that the handlers used. Time is virtual (``tests/virtual_time.py``), so that a handler takes as long as its calls that
follow one another, and those it makes at the same time count once.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from local.commands.backup.memory_store import MemoryStore
from shared.messaging.sender import Message, Queue
from shared.storage.store import ANY, Row, Span, Table, Write
from tests.memory_sender import MemorySender
from tests.world import World

ROWS_OF_A_PAGE = 1_000
CUSTOMER, PARTNER = "of a customer", "of a partner"
_HASH = re.compile(r"[0-9a-f]{1,2}")
_PART = re.compile(r"-[0-9a-f]{1,2}$")


class Place(NamedTuple):
    """Partitions that grow alike: those of customers, of partners, or those whose names begin with one word."""

    table: Table
    group: str

    def __str__(self) -> str:
        return self.table.value if self.group in ("", self.table.value) else f"{self.table.value} {self.group}"


@dataclass
class Profile:
    """What ``number`` events or customers took: requests of tables, rows by place, kind and partition, messages;
    ``at_once`` is how many queries of a table were made at the same time at most, ``seconds`` how long all of it took.
    """

    number: int = 0
    requests: int = 0
    rows: Counter[Place] = field(default_factory=Counter)
    kinds: Counter[tuple[Place, str]] = field(default_factory=Counter)
    partitions: dict[Place, set[str]] = field(default_factory=dict)
    sent: Counter[Queue] = field(default_factory=Counter)
    handled: Counter[Queue] = field(default_factory=Counter)
    at_once: Counter[Table] = field(default_factory=Counter)
    seconds: float = 0

    @property
    def requests_each(self) -> float:
        return self.requests / self.number

    def rows_each(self, place: Place) -> float:
        return self.rows[place] / self.number

    def spread(self, place: Place) -> int:
        """Over how many partitions its rows were."""
        return len(self.partitions.get(place, ())) or 1


class Owners:
    """Whose ids are partitions."""

    def __init__(self) -> None:
        self.customers: set[str] = set()
        self.partners: set[str] = set()

    def place(self, table: Table, partition: str) -> Place:
        if partition in self.customers:
            return Place(table, CUSTOMER)
        if partition in self.partners:
            return Place(table, PARTNER)
        if _HASH.fullmatch(partition):
            return Place(table, "")
        return Place(table, _PART.sub("", partition.partition("~")[0]) or partition)


class CountedStore(MemoryStore):
    """Counts in the current profile; a call takes ``latency`` seconds."""

    def __init__(self, owners: Owners) -> None:
        super().__init__()
        self._owners = owners
        self._querying: Counter[Table] = Counter()
        self.latency = 0.0
        self.profile = Profile()

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        await self._called(table, "read", [partition])
        return await super().get(table, partition, key, select)

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        await self._called(table, "write", [row.partition])
        return await super().write(table, row, etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        await self._called(table, "write", [row.partition])
        return await super().merge(table, row, etag)

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        await self._called(table, "write", [partition])
        await super().delete(table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        await self._called(table, "write", [each.row.partition for each in writes])
        return await super().commit(table, writes)

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        found = await super().query(table, span, limit, select)
        read = [row.partition for row in found] or ([span.partition] if span.partition else [])
        self._querying[table] += 1
        self.profile.at_once[table] = max(self.profile.at_once[table], self._querying[table])
        await self._called(table, "query", read, pages=max(-(-len(read) // ROWS_OF_A_PAGE), 1))
        self._querying[table] -= 1
        return found

    async def _called(self, table: Table, kind: str, partitions: Sequence[str], pages: int = 1) -> None:
        profile = self.profile
        profile.requests += pages
        for partition, rows in Counter(partitions).items():
            place = self._owners.place(table, partition)
            profile.rows[place] += rows
            profile.kinds[place, kind] += rows
            profile.partitions.setdefault(place, set()).add(partition)
        if self.latency:
            await asyncio.sleep(self.latency * pages)


class CountedSender(MemorySender):
    """Counts in the current profile; a send takes ``latency`` seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.latency = 0.0
        self.profile = Profile()

    async def send(self, queue: Queue, message: Message) -> None:
        self.profile.sent[queue] += 1
        if self.latency:
            await asyncio.sleep(self.latency)
        await super().send(queue, message)


class CountedWorld(World):
    """A world that counts, in which time goes on as calls and pauses take it; ``owners`` are told of those whose rows
    it is given."""

    def __init__(self, now: datetime) -> None:
        self.owners = Owners()
        self.counted_store, self.counted_sender = CountedStore(self.owners), CountedSender()
        super().__init__(self.counted_store, self.counted_sender, now)
        self.sent = self.counted_sender
        loop = asyncio.get_running_loop()
        self.ports.clock = lambda: self.now + timedelta(seconds=loop.time())
        self.ports.pause = asyncio.sleep

    @contextmanager
    def counting(self, number: int, latency: float = 0.0) -> Iterator[Profile]:
        """The profile of what is done inside, by so many events or customers; not to be used inside itself."""
        profile, watched = Profile(number), (self.counted_store, self.counted_sender)
        began = asyncio.get_running_loop().time()
        for each in watched:
            each.profile, each.latency = profile, latency
        try:
            yield profile
        finally:
            profile.seconds = asyncio.get_running_loop().time() - began
            for each in watched:
                each.profile, each.latency = Profile(), 0.0
