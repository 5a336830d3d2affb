"""A programme of customers and partners for measurements of the event path, and the events that happen to it.

The product makes the rows itself, in memory. The events keep a customer's outcome, change it, or are about a partner.
"""

import asyncio
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bench._grown import grow_customer, grow_partner
from local.commands.backup.memory_store import MemoryStore
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import Row, Span, Store, Table, Value, Write
from shared.storage.tables import TableStore
from shared.workflow.receive_event import receive_event
from tests.memory_sender import MemorySender

PARTNER = "P-of-all"
_AT_ONCE = 16


class Kind(StrEnum):
    """What an event brings about."""

    UNCHANGED = "outcome unchanged"
    CHANGED = "outcome changed"
    PARTNER = "partner event"


class Events:
    """Event messages, each later than the one before."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._start = datetime.now(UTC) - timedelta(days=1)

    def of(self, kind: Kind, name: str, turn: int) -> bytes:
        """An event of ``kind`` that happens to customer or partner ``name`` for the ``turn``-th time."""
        if kind is Kind.PARTNER:
            return self.deployment(name)
        return self.spend(name, 300_000 + turn % 900 if kind is Kind.UNCHANGED else 300_000 * (turn % 2))

    def spend(self, customer: str, amount: int) -> bytes:
        money = {"application": "finance", "annualAmount": str(amount), "currency": "USD", "newDeployment": True}
        return self._event("spend.updated", {"customerId": customer, "licenceId": "L-1", **money})

    def deployment(self, partner: str) -> bytes:
        facts = {"area": "finance-and-operations", "liveOn": "2026-02-01", "eligible": True}
        return self._event(
            "deployment.recorded", {"partnerId": partner, "deploymentId": f"D-{next(self._numbers)}", **facts}
        )

    def customer(self, customer: str, partner: str = PARTNER) -> list[bytes]:
        """All that makes a customer eligible with a qualified partner."""
        project = {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-05-01", "status": "active"}
        return [
            self.spend(customer, 300_000),
            self._event("project.updated", {"customerId": customer, **project}),
            self._event("partner.attached", {"customerId": customer, "partnerId": partner}),
        ]

    def partner(self, partner: str, level: str = "gold") -> list[bytes]:
        """All that makes a partner qualified, unless the level is none."""
        trained = {"course": "success-by-design", "learnerId": "A-1", "completedOn": "2026-01-15"}
        parts = ("training", "knowledge-check")
        return [
            *(self._event("training.completed", {"partnerId": partner, "part": part, **trained}) for part in parts),
            self.certified(partner, level),
        ]

    def certified(self, partner: str, level: str) -> bytes:
        competency = {"competency": "cloud-business-applications", "area": "finance-and-operations"}
        return self._event(
            "partner.certified", {"partnerId": partner, **competency, "level": level, "validFrom": "2026-01-01"}
        )

    def _event(self, kind: str, data: Mapping[str, Any]) -> bytes:
        number = next(self._numbers)
        time = (self._start + timedelta(microseconds=number)).isoformat()
        envelope = {"specversion": "1.0", "id": f"e-{number}", "source": "/bench", "type": f"fasttrack.{kind}.v1"}
        return json.dumps({**envelope, "time": time, "data": data}).encode()


@dataclass(frozen=True)
class Shapes:
    """Rows and messages as the product makes them, for those who only write and send the same sizes."""

    state: Mapping[str, Value]
    recorded: Mapping[str, Value]
    outbox: Mapping[str, Value]
    head: Mapping[str, Value]
    summary: Mapping[str, Value]
    fact: Mapping[str, Value]
    fan_out: Mapping[str, Value]
    notification: bytes
    step: bytes


async def programme(
    events: Events, customers: Mapping[str, str], partners: Iterable[str], facts: int = 0, partner_facts: int = 0
) -> tuple[MemoryStore, Shapes]:
    """Eligible customers each with its partner, partners; and the shapes of what events leave. Each customer has at
    least so many ``facts``, and the partner of all ``partner_facts``."""
    store, sender = MemoryStore(), MemorySender()
    ports = Ports(store, sender)
    for body in itertools.chain(*(events.partner(name) for name in (PARTNER, *partners))):
        await receive_event(ports, body, 1)
    await grow_partner(ports, PARTNER, partner_facts)
    for name, partner in customers.items():
        for body in events.customer(name, partner):
            await receive_event(ports, body, 1)
        await grow_customer(ports, name, facts)
    shapes = await _shapes(events, ports, store, sender, facts)
    for fan_out in [each async for each in ports.fan_outs.all()]:
        await ports.fan_outs.close(fan_out)
    return store, shapes


async def _shapes(events: Events, ports: Ports, store: MemoryStore, sender: MemorySender, facts: int) -> Shapes:
    for body in (*events.customer("T-1"), *events.partner("T-1")):
        await receive_event(ports, body, 1)
    await grow_customer(ports, "T-1", facts)
    for body in (events.spend("T-1", 1), events.deployment("T-1")):
        await receive_event(ports, body, 1)
    customer = await store.query(Table.CUSTOMERS, Span("T-1"), 10)
    partner = await store.query(Table.PARTNERS, Span("T-1"), 10)
    fan_outs = await store.query(Table.WORK, Span(keys.FAN_OUTS, key_from=keys.fan_out("T-1")), 10)
    head = await store.get(Table.HEADS, keys.head_partition("T-1"), "T-1")
    assert head
    writer: dict[str, Value] = {"writer": "0123456789abcdef"}
    outbox: dict[str, Value] = {"customerId": "T-1", "sequence": 2, "at": ports.timestamp()}
    return Shapes(
        state={**customer[-1].properties, **writer},
        recorded={**customer[0].properties, **writer},
        outbox={**outbox, **writer},
        head={**head.properties, **writer},
        summary={**partner[-1].properties, **writer},
        fact={**next(each for each in partner if "deployment" in each.key).properties, **writer},
        fan_out={**fan_outs[-1].properties, **writer},
        notification=sender.queues[Queue.NOTIFICATIONS][-1].body,
        step=sender.queues[Queue.RECOMPUTE][-1].body,
    )


async def copy(source: Store, target: TableStore, tables: Sequence[Table] = tuple(Table)) -> None:
    """Every row of one store into another, by transactions."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def put(table: Table, rows: Sequence[Row]) -> None:
        async with turn:
            await target.commit(table, [Write(row) for row in rows])

    for table in tables:
        partitions: dict[str, list[Row]] = {}
        for row in await source.query(table, Span(), 10_000_000):
            partitions.setdefault(row.partition, []).append(row)
        batches = [batch for rows in partitions.values() for batch in itertools.batched(rows, 100, strict=False)]
        for first in batches[:1]:
            await put(table, first)
        await asyncio.gather(*(put(table, batch) for batch in batches[1:]))
