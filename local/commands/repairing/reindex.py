"""Rebuilds the population index, the lists by day and the index of names from what they are of: ``./dev reindex``."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from shared.at_once import at_once
from shared.ports import Ports
from shared.storage import names, upcoming
from shared.storage.heads import Place
from shared.storage.names import Whose
from shared.storage.pointers import Pointer, Pointers
from shared.storage.store import Row
from shared.workflow.decide import until_first
from shared.workflow.index import reindex_customer, reindex_row
from shared.workflow.names import forget_if_wrong as forget_name_if_wrong
from shared.workflow.names import index_again
from shared.workflow.upcoming import forget_if_wrong as forget_day_if_wrong
from shared.workflow.upcoming import list_again

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many owners or rows were looked at since the last time, and how many rows were written or deleted."""

    looked_at: int
    changed: int


async def reindex(ports: Ports) -> AsyncIterator[Reindexed]:
    """Every customer and every partner of whom anything is stored, then every row that is there."""
    after = ""
    while ids := await ports.customers.ids(after, PAGE):
        ends = await at_once(lambda each: reindex_customer(ports, each), ids)
        ends += await at_once(lambda each: list_again(ports, each), ids)
        ends += await at_once(lambda each: index_again(ports, Whose.CUSTOMER, each), ids)
        yield Reindexed(len(ids), sum(ends))
        after = ids[-1]
    after = ""
    while ids := await ports.partners.ids(after, PAGE):
        ends = await at_once(lambda each: index_again(ports, Whose.PARTNER, each), ids)
        yield Reindexed(len(ids), sum(ends))
        after = ids[-1]
    async for places in pages_of_places(ports):
        ends = await at_once(lambda each: reindex_row(ports, each), places)
        yield Reindexed(len(places), sum(ends))
    async for keys in pages_of_keys(ports.upcoming):
        ends = await at_once(lambda each: forget_day(ports, each), keys)
        yield Reindexed(len(keys), sum(ends))
    async for keys in pages_of_keys(ports.names):
        ends = await at_once(lambda each: forget_name(ports, each), keys)
        yield Reindexed(len(keys), sum(ends))


async def forget_day(ports: Ports, key: str) -> bool:
    """Delete a row of a list by day if it is wrong; tells whether it was."""

    async def attempt() -> bool:
        entry = await ports.upcoming.load(upcoming.Entry.named(key))
        return entry is not None and await forget_day_if_wrong(ports, entry)

    return await until_first(ports, attempt)


async def forget_name(ports: Ports, key: str) -> bool:
    """The same of a row of the index of names and owners."""

    async def attempt() -> bool:
        entry = await ports.names.load(names.Entry.named(key))
        return entry is not None and await forget_name_if_wrong(ports, entry)

    return await until_first(ports, attempt)


async def pages_of_keys[T: Pointer](pointers: Pointers[T]) -> AsyncIterator[list[str]]:
    """The keys of all rows that are there, right or not."""
    last: Row | None = None
    while rows := await pointers.rows(last, PAGE):
        last = rows[-1]
        yield [row.key for row in rows]


async def pages_of_places(ports: Ports) -> AsyncIterator[list[Place]]:
    """Where every row of the index is, right or not."""
    last: Place | None = None
    while places := await ports.heads.places(last, PAGE):
        yield places
        last = places[-1]
