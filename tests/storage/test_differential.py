"""The in-memory twin against Table Storage (Azurite): thousands of random operations, answered alike by both.

ETags differ in their text, so each is known by its pair: the one the twin gave and the one Azurite gave for the same
write. Each table is worked on by its own sequence of operations; the sequences run at the same time.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any

import pytest
from azure.data.tables.aio import TableServiceClient

from local.commands.backup.memory_store import MemoryStore
from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Value, Write
from tests.azure_stores import table_store
from tests.fresh_seed import fresh_seed, told

TABLES = (Table.CUSTOMERS, Table.WORK, Table.ATTACHMENTS)
OPERATIONS_PER_TABLE = 1700

PARTITIONS = ("p", "p~1", "P.a_b-c", "it's", "é &+%41=@")
KEYS = (
    "a",
    "a!",
    "a~",
    "a~0000000001",
    "B",
    "it's",
    "50% & more",
    "x=1+2",
    "naïve",
    "日本",
    "a,b;c",
    "(@p0)",
    '"q"',
    "\x7e",
)
NAMES = ("text", "data", "number", "flag", "other")
VALUES: tuple[Value, ...] = (
    *("", " led by a space", "é\n'\"<&>", "😀", "true", "12", "2026-03-02T09:30:00Z", "z" * 3000),
    *(b"", b"\x00\xff", bytes(range(256))),
    *(0, 1, -7, 2**31 - 1, -(2**31)),
    *(True, False),
)
WEIGHTS = {"get": 20, "write": 30, "merge": 12, "delete": 14, "commit": 10, "query": 14}

type Pair = tuple[str, str]
"""One version of a row, or ``ANY``, as the twin and as Azurite name it."""

type Both = Callable[[Store, int], Awaitable[Any]]
"""An operation on one store, with the place of that store's ETag in a pair."""


class DisagreementError(AssertionError):
    """The stores answered differently."""


class Lane:
    """Random operations on one table of both stores."""

    def __init__(self, table: Table, memory: Store, tables: Store, seed: int) -> None:
        self.table = table
        self.stores = (memory, tables)
        self.chance = random.Random(f"{seed} {table}")
        self.versions: dict[tuple[str, str], list[Pair]] = defaultdict(list)
        self.azurites: dict[str, str] = {}
        self.done: Counter[str] = Counter()

    async def run(self, operations: int) -> None:
        for number in range(operations):
            kind = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            try:
                await getattr(self, f"_{kind}")()
            except DisagreementError as fault:
                raise DisagreementError(f"operation {number} on {self.table}, {kind}: {fault}") from None
        await self.agree_on_all_rows()

    async def agree_on_all_rows(self) -> None:
        await self._all_rows(Span())
        for partition in PARTITIONS:
            await self._all_rows(Span(partition))

    async def _all_rows(self, span: Span) -> None:
        await self._both("all rows", lambda store, _: store.query(self.table, span, 10_000))

    async def _get(self) -> None:
        partition, key = self._place()
        await self._both("get", lambda store, _: store.get(self.table, partition, key))

    async def _write(self) -> None:
        place, properties = self._place(), self._properties()
        mode = self.chance.choice(("insert", "replace", "replace", "upsert"))
        row = Row(*place, properties)
        etags = {"insert": None, "upsert": (ANY, ANY)}.get(mode, self._etag(place))
        answers = await self._both(
            mode, lambda store, side: store.write(self.table, row, etags[side] if etags else None)
        )
        self._note([place], [answers])

    async def _merge(self) -> None:
        place, properties = self._place(), self._properties()
        etags = self._etag_or_any(place)
        row = Row(*place, properties)
        answers = await self._both("merge", lambda store, side: store.merge(self.table, row, etags[side]))
        self._note([place], [answers])

    async def _delete(self) -> None:
        place = self._place()
        etags = self._etag_or_any(place)
        await self._both("delete", lambda store, side: store.delete(self.table, *place, etags[side]))

    async def _commit(self) -> None:
        partition = self.chance.choice(PARTITIONS)
        places = [(partition, key) for key in self.chance.sample(KEYS, self.chance.randint(1, 5))]
        rows = [Row(*place, self._properties()) for place in places]
        etags = [await self._likely_etag(place) for place in places]

        def commit(store: Store, side: int) -> Awaitable[list[str]]:
            pairs = zip(rows, etags, strict=True)
            return store.commit(self.table, [Write(row, etag[side] if etag else None) for row, etag in pairs])

        answers = await self._both("commit", commit)
        if not isinstance(answers[0], Conflict):
            self._note(places, list(zip(*answers, strict=True)))

    async def _query(self) -> None:
        span, limit = self._span(), self.chance.choice((1, 2, 5, 1000))
        select = self.chance.choice(((), (), ("RowKey",), self.chance.sample(NAMES, 2)))
        await self._both(
            f"query {span} {limit} {select}", lambda store, _: store.query(self.table, span, limit, select)
        )

    def _place(self) -> tuple[str, str]:
        return self.chance.choice(PARTITIONS), self.chance.choice(KEYS)

    def _properties(self) -> dict[str, Value]:
        return {name: self.chance.choice(VALUES) for name in self.chance.sample(NAMES, self.chance.randint(0, 4))}

    def _etag(self, place: tuple[str, str]) -> Pair:
        """Mostly the version last written there, perhaps gone since; or an older one; or that of another row."""
        versions = self.versions[place] or [pair for pairs in self.versions.values() for pair in pairs[-1:]]
        if not versions:
            return ('W/"0"', "W/\"datetime'2020-01-01T00%3A00%3A00.0000000Z'\"")
        return self.chance.choice(versions[-4:]) if self.chance.random() < 0.3 else versions[-1]

    def _etag_or_any(self, place: tuple[str, str]) -> Pair:
        return (ANY, ANY) if self.chance.random() < 0.3 else self._etag(place)

    async def _likely_etag(self, place: tuple[str, str]) -> Pair | None:
        """For a transaction, of which one conflict spoils all: usually what will succeed."""
        if self.chance.random() < 0.15:
            return self.chance.choice((None, self._etag(place)))
        stands = await self.stores[0].get(self.table, *place) is not None
        return self.chance.choice(((ANY, ANY), self.versions[place][-1] if stands else None))

    def _span(self) -> Span:
        first, last = sorted(self.chance.choices(("", *PARTITIONS), k=2))
        key_from, key_to = self.chance.choices(("", "", *KEYS), k=2)
        if self.chance.random() < 0.6:
            return Span(self.chance.choice(PARTITIONS), key_from=key_from, key_to=key_to)
        return Span(partition_from=first, partition_to=last, key_from=key_from, key_to=key_to)

    def _note(self, places: Sequence[tuple[str, str]], answers: Sequence[Sequence[Any]]) -> None:
        for place, (memory, azurite) in zip(places, answers, strict=True):
            if isinstance(memory, str):
                self.versions[place].append((memory, azurite))
                self.azurites[memory] = azurite

    async def _both(self, name: str, operation: Both) -> tuple[Any, Any]:
        """Both answers, which are shown to be alike; a Conflict is an answer."""
        memory, azurite = [await _answer(operation, store, side) for side, store in enumerate(self.stores)]
        self.done[name.split(maxsplit=1)[0] + (": conflict" if isinstance(memory, Conflict) else "")] += 1
        if self._plain(memory, to_azurite=True) != self._plain(azurite):
            raise DisagreementError(f"{name}: in memory {memory!r}, in Azurite {azurite!r}")
        return memory, azurite

    def _plain(self, answer: Any, to_azurite: bool = False) -> Any:
        """The answer without what may differ: the writer's mark, the text of new ETags and of conflicts."""
        match answer:
            case list():
                return [self._plain(each, to_azurite) for each in answer]
            case Row():
                etag = self.azurites.get(answer.etag) if to_azurite else answer.etag
                properties = {n: (type(v), v) for n, v in answer.properties.items() if n != "writer"}
                return (answer.partition, answer.key, properties, etag)
            case None:
                return None
            case _:
                return type(answer)


async def _answer(operation: Both, store: Store, side: int) -> Any:
    try:
        return await operation(store, side)
    except Conflict as conflict:
        return conflict


@pytest.mark.timeout(180)
async def test_the_memory_store_answers_thousands_of_random_operations_as_azurite_does(azurite: str) -> None:
    """The seed is in the output of a failure; set, it does the same operations again."""
    print(told())
    started, memory = monotonic(), MemoryStore()
    async with TableServiceClient.from_connection_string(azurite) as service:
        for table in TABLES:
            await service.delete_table(table.value)
    async with table_store(azurite) as tables:
        lanes = [Lane(table, memory, tables, fresh_seed()) for table in TABLES]
        await asyncio.gather(*(lane.run(OPERATIONS_PER_TABLE) for lane in lanes))
    done = sum((lane.done for lane in lanes), Counter[str]())
    print(f"{done.total()} operations in {monotonic() - started:.1f} s: {dict(sorted(done.items()))}")
    assert done.total() - done["all"] >= 5000
    writing = ("insert", "replace", "merge", "delete", "commit")
    assert min(done[name + end] for name in writing for end in ("", ": conflict")) > 20, "both ends of each are shown"
