"""Tables as they were at some moment, put back one by one, as a restore or a failover does."""

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence

from local.commands.backup.event_export import line_of
from local.commands.backup.memory_store import MemoryStore
from shared.ports import Ports
from shared.storage import keys
from shared.storage.customers import read_state
from shared.storage.store import ANY, Row, Span, Store, Table

type Moment = Mapping[Table, Sequence[Row]]
"""The rows of every table."""

_ALL = 100_000


async def moment(store: Store) -> Moment:
    return {table: await store.query(table, Span(), _ALL) for table in Table}


async def put_back(store: Store, table: Table, rows: Sequence[Row]) -> None:
    """The table holds these rows and no others; each under an ETag that it never had."""
    for row in await store.query(table, Span(), _ALL):
        await store.delete(table, row.partition, row.key)
    for row in rows:
        await store.write(table, Row(row.partition, row.key, row.properties), ANY)


async def empty(store: Store) -> None:
    """What other tests left in the account that tests share is gone."""
    for table in Table:
        await put_back(store, table, [])


async def copied(rows_of: Moment) -> MemoryStore:
    """A store of its own with these rows."""
    store = MemoryStore()
    for table, rows in rows_of.items():
        await put_back(store, table, rows)
    return store


async def stored_events(ports: Ports) -> AsyncIterator[bytes]:
    """Every stored fact as the event that it came from."""
    partners = {row.partition for row in await ports.store.query(Table.PARTNERS, Span(), _ALL)}
    for partner_id in sorted(partners):
        async for fact in ports.partners.facts(partner_id):
            yield line_of(fact.register)
    span = Span(key_from=keys.customer_state(""), key_to=keys.customer_state(keys.END))
    for row in await ports.store.query(Table.CUSTOMERS, span, _ALL):
        registers = read_state(row).registers.values()
        for register in itertools.chain.from_iterable(each.values() for each in registers):
            yield line_of(register)
