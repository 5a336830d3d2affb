"""Rebuilds the population index, the lists by day and the index of names from what they are of: ``./dev reindex``."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from local.commands.repairing.reconcile_names import pages_of_names
from local.commands.repairing.reconcile_upcoming import pages_of_entries
from shared.at_once import at_once
from shared.ports import Ports
from shared.storage.heads import Place
from shared.storage.names import Entry as NameEntry
from shared.storage.names import Whose
from shared.storage.upcoming import Entry
from shared.workflow.decide import until_first
from shared.workflow.index import reindex_customer, reindex_row
from shared.workflow.names import forget_if_wrong as forget_name_if_wrong
from shared.workflow.names import index_again
from shared.workflow.upcoming import forget_if_wrong, list_again

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
    async for names in pages_of_entries(ports):
        ends = await at_once(lambda each: _look_again(ports, each), names)
        yield Reindexed(len(names), sum(ends))
    async for names in pages_of_names(ports):
        ends = await at_once(lambda each: _name_again(ports, each), names)
        yield Reindexed(len(names), sum(ends))


async def _look_again(ports: Ports, name: str) -> bool:
    async def attempt() -> bool:
        entry = await ports.upcoming.load(Entry.named(name))
        return entry is not None and await forget_if_wrong(ports, entry)

    return await until_first(ports, attempt)


async def _name_again(ports: Ports, key: str) -> bool:
    async def attempt() -> bool:
        entry = await ports.names.load(NameEntry.named(key))
        return entry is not None and await forget_name_if_wrong(ports, entry)

    return await until_first(ports, attempt)


async def pages_of_places(ports: Ports) -> AsyncIterator[list[Place]]:
    """Where every row of the index is, right or not."""
    last: Place | None = None
    while places := await ports.heads.places(last, PAGE):
        yield places
        last = places[-1]
