"""Partners with many customers, stored quickly: one customer of each is made by the product and then copied.

Each number N gives a partner ``P-N`` with N eligible customers on the storage account; of a customer what a fan-out
reads and writes, its state and its row in the reverse index.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace

from bench._programme import Events, Shapes, copy, programme
from shared.domain.customer_state import CustomerState
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import Row, Table, Write
from shared.storage.tables import TableStore

_AT_ONCE = 32


def partner_of(number: int) -> str:
    return f"P-{number}"


async def fill(ports: Ports, events: Events, numbers: Sequence[int]) -> Shapes:
    """Gives the shapes of what events leave."""
    assert isinstance(ports.store, TableStore)
    partners = {f"C-{number}-of": partner_of(number) for number in numbers}
    store, shapes = await programme(events, partners, partners.values())
    await copy(store, ports.store)
    made = Ports(store, ports.sender)
    for customer, number in zip(partners, numbers, strict=True):
        template = (await made.customers.load(customer)).state
        ids = [f"C-{number}-{each:05d}" for each in range(number - 1)]
        await _put_attachments(ports.store, partner_of(number), ids)
        await _put_states(ports, template, ids)
    return shapes


async def _put_attachments(store: TableStore, partner_id: str, ids: Sequence[str]) -> None:
    for some in itertools.batched(ids, 100, strict=False):
        rows = [Row(partner_id, keys.attachment(partner_id, each)) for each in some]
        await store.commit(Table.ATTACHMENTS, [Write(row) for row in rows])


async def _put_states(ports: Ports, template: CustomerState, ids: Sequence[str]) -> None:
    left = iter(ids)

    async def put() -> None:
        for each in left:
            decision = {**(template.decision or {}), "customerId": each}
            await ports.customers.commit(replace(template, customer_id=each, decision=decision), None)

    await asyncio.gather(*(put() for _ in range(_AT_ONCE)))
