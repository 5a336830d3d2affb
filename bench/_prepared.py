"""An Azurite with a programme in it: customers of one qualified partner, all decided and notified.

The product makes it in memory and its rows are copied, so that filling takes no part in what is measured.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from bench._programme import PARTNER, Events, Kind, copy, programme
from local.azurite import Azurite
from shared.settings import STORAGE, read_settings
from shared.storage_account import storage_account


def customer(number: int) -> str:
    return f"C-{number:05d}"


@contextmanager
def prepared(customers: int) -> Iterator[str]:
    """Gives the connection string."""
    with Azurite() as azurite:
        asyncio.run(fill(azurite.connection_string, customers))
        yield azurite.connection_string


async def fill(connection: str, customers: int) -> None:
    """Put the programme into an account."""
    made, _ = await programme(Events(), {customer(number): PARTNER for number in range(customers)}, ())
    store, sender = storage_account(read_settings({STORAGE: connection}), None)
    await copy(made, store)
    await store.close()
    await sender.close()


def unchanging(number: int, turn: int) -> bytes:
    """An event newer than all before that changes no outcome: the customer spends enough either way."""
    return Events().of(Kind.UNCHANGED, customer(number), turn)
