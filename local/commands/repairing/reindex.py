"""Rebuilds the population index from the customers' states: ``./dev reindex``."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from shared.at_once import at_once
from shared.ports import Ports
from shared.storage.heads import Place
from shared.workflow.index import reindex_customer, reindex_row

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many customers or rows were looked at since the last time, and how many rows were written or deleted."""

    looked_at: int
    changed: int


async def reindex(ports: Ports) -> AsyncIterator[Reindexed]:
    """Every customer of whom anything is stored, then every row that is there."""
    after = ""
    while ids := await ports.customers.ids(after, PAGE):
        ends = await at_once(lambda each: reindex_customer(ports, each), ids)
        yield Reindexed(len(ids), sum(ends))
        after = ids[-1]
    async for places in pages_of_places(ports):
        ends = await at_once(lambda each: reindex_row(ports, each), places)
        yield Reindexed(len(places), sum(ends))


async def pages_of_places(ports: Ports) -> AsyncIterator[list[Place]]:
    """Where every row of the index is, right or not."""
    last: Place | None = None
    while places := await ports.heads.places(last, PAGE):
        yield places
        last = places[-1]
