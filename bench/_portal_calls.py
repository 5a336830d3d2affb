"""Storage calls of what a page of the portal asks for at first, with very many customers, counted in memory."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from shared import wiring
from shared.storage.store import Row, Span, Table
from shared.workflow.population.asking import survey
from shared.workflow.receive_event import receive_event
from tests import events
from tests.api.world import WatchedStore, World

PARTNER = "P-fabrikam"
_FIRST = 1001
_AT_ONCE = 50
_BROKEN = 40
"""Messages in quarantine."""


class CountingStore(WatchedStore):
    """Counts every call."""

    calls = 0

    def _called(self, writes: int = 0) -> None:
        super()._called(writes)
        self.calls += 1

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        return await super().get(table, partition, key, select)

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        return await super().query(table, span, limit, select)


async def filled(customers: int) -> tuple[World, CountingStore]:
    """All of one partner, of whom each tenth spends too little and has an exception; everybody is counted."""
    world, store = World(), CountingStore()
    world.ports = type(world.ports)(store, world.sender, lambda: world.now)
    wiring._built = world.ports
    await world.handle(*events.qualified(PARTNER))
    for start in range(_FIRST, _FIRST + customers, _AT_ONCE):
        names = [f"C-{number}" for number in range(start, min(start + _AT_ONCE, _FIRST + customers))]
        bodies = (body for number, name in enumerate(names) for body in _told(name, number % 10 == 0))
        await asyncio.gather(*(receive_event(world.ports, body, 1) for body in bodies))
    await world.handle(*(json.dumps({"id": f"broken-{number}"}).encode() for number in range(_BROKEN)))
    await survey(world.ports)
    await world.handle()
    return world, store


def _told(name: str, is_short: bool) -> Sequence[bytes]:
    spend = events.spend(name, amount="250000" if is_short else "400000", endsOn="2026-04-30")
    told = spend, events.project(name), events.attached(name, PARTNER), events.described(name, f"Company {name}")
    return (*told, events.granted(name, f"X-{name}")) if is_short else told


async def calls_of(world: World, store: CountingStore, addresses: Sequence[str]) -> int:
    """What a page takes that asks for these addresses."""
    before = store.calls
    for address in addresses:
        parts = urlsplit(address)
        await world.get(unquote(parts.path.removeprefix("/api/")), **dict(parse_qsl(parts.query)))
    return store.calls - before


async def calls(customers: int, asked: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """By page, of the addresses that it asks for."""
    world, store = await filled(customers)
    return {page: await calls_of(world, store, addresses) for page, addresses in asked.items()}
