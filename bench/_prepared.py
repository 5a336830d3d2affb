"""An Azurite with a programme in it: customers of one qualified partner, all decided and told.

Arrives: how many. Leaves: a connection string to it. The programme is made in memory by the product and copied row by
row, so that filling takes no part in what is measured.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from local.azurite import Azurite
from tests import events
from tests.system.test_activation import copied, on_tables
from tests.world import World


def customer(number: int) -> str:
    return f"C-{number:05d}"


async def programme(customers: int) -> World:
    world = World()
    await world.post(*events.qualified())
    for number in range(customers):
        await world.post(*events.eligible(customer(number)))
    return world


@contextmanager
def prepared(customers: int) -> Iterator[str]:
    world = asyncio.run(programme(customers))
    with Azurite() as azurite:
        on_tables(azurite.connection_string, lambda store: copied(world, store))
        yield azurite.connection_string


def unchanging(number: int, turn: int) -> bytes:
    """An event newer than all before that changes no outcome: the customer spends more than enough either way."""
    minutes = turn + 1
    time = f"2026-03-01T{minutes // 60 % 24:02d}:{minutes % 60:02d}:00Z"
    return events.spend(customer(number), str(400_000 + turn), time=time)
