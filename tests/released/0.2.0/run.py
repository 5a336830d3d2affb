"""Runs version 0.2.0 on rows in memory: what it stores, and what it makes of rows that another version stored.

Made for the code in ``code.zip``, which the one who calls it has unpacked and put on the path:

    run.py make        prints the rows and the messages that a small programme leaves (``rows.jsonl``)
    run.py go-on FILE  takes rows, messages and events, goes on until nothing is left, and prints the same
"""

import asyncio
import base64
import contextlib
import json
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.messaging.memory import MemorySender
from shared.storage.memory import MemoryStore
from shared.workflow.preview import start_preview

from shared.messaging.sender import Message, Queue, SenderUnavailableError
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.store import ANY, Row, Span, Table
from shared.workflow.change_rules import Told, activate, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due, sweep_fan_outs, sweep_outboxes

START = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Sender(MemorySender):
    def __init__(self) -> None:
        super().__init__()
        self.is_down = False

    async def send(self, queue: Queue, message: Message) -> None:
        if self.is_down:
            raise SenderUnavailableError("not now")
        await super().send(queue, message)


class App:
    def __init__(self) -> None:
        self.now = START
        self.store, self.sender = MemoryStore(), Sender()
        self.ports = Ports(self.store, self.sender, lambda: self.now, self._pause, random.Random(1))

    async def _pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def post(self, body: bytes) -> None:
        await receive_event(self.ports, body, 1)

    async def settle(self) -> None:
        waiting = self.sender.queues[Queue.RECOMPUTE]
        while waiting:
            await recompute(self.ports, waiting.popleft().body, 1)

    async def lines(self) -> list[str]:
        found = []
        for table in Table:
            for row in await self.store.query(table, Span(), 100_000):
                properties = {name: _text(value) for name, value in sorted(row.properties.items())}
                found.append(json.dumps([table.value, row.partition, row.key, properties], sort_keys=True))
        for queue in (Queue.RECOMPUTE, Queue.NOTIFICATIONS):
            found += [json.dumps([queue.value, each.body.decode()]) for each in self.sender.queues[queue]]
        return found

    async def load(self, line: str) -> bytes | None:
        """A row or a message waiting; an event is given back."""
        match json.loads(line):
            case [table, partition, key, properties]:
                values = {name: _value(value) for name, value in properties.items()}
                await self.store.write(Table(table), Row(partition, key, values), ANY)
            case ["eligibility-events", body]:
                return str(body).encode()
            case [queue, body]:
                await self.sender.send(Queue(queue), Message(body.encode()))
        return None


def _text(value: Any) -> Any:
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _value(value: Any) -> Any:
    return base64.b64decode(value["bytes"]) if isinstance(value, dict) else value


_number = 0


def _event(kind: str, **data: Any) -> bytes:
    global _number
    _number += 1
    time = data.pop("time", "2026-03-01T00:00:00Z")
    named = {"specversion": "1.0", "id": f"e-{_number}", "source": "/released", "type": f"fasttrack.{kind}.v1"}
    return json.dumps({**named, "time": time, "data": data}).encode()


def _customer(name: str, amount: str, partner: str) -> list[bytes]:
    licence = {"licenceId": "L-1", "application": "finance", "annualAmount": amount, "currency": "USD"}
    project = {"projectId": "J-1", "applications": ["finance"], "initiatedOn": "2026-05-01", "status": "active"}
    return [
        _event("spend.updated", customerId=name, **licence, newDeployment=True),
        _event("project.updated", customerId=name, **project),
        _event("partner.attached", customerId=name, partnerId=partner),
    ]


def _partner(name: str, level: str, until: str) -> list[bytes]:
    held = {"competency": "cloud-business-applications", "area": "finance-and-operations", "validFrom": "2026-01-01"}
    course = {"course": "success-by-design", "learnerId": "A-1", "completedOn": "2026-01-15"}
    return [
        _event("partner.certified", partnerId=name, **held, level=level, validUntil=until),
        _event("training.completed", partnerId=name, **course, part="training"),
        _event("training.completed", partnerId=name, **course, part="knowledge-check"),
        _event("deployment.recorded", partnerId=name, deploymentId="D-1", area="finance-and-operations",
               liveOn="2026-02-01", eligible=True),
        _event("partner.designated", partnerId=name, designation="solutions-partner-business-applications",
               active=True, validFrom="2026-01-01"),
    ]  # fmt: skip


async def make() -> list[str]:
    """A row and a message of each kind, with work left in the middle."""
    app = App()
    customers = (*_customer("C-1", "400000", "P-1"), *_customer("C-2", "320000", "P-1"))
    for each in (*customers, *_partner("P-1", "gold", "2026-08-31")):
        await app.post(each)
        await app.settle()
    document = json.loads(SHIPPED.read_bytes())
    stricter = json.loads(SHIPPED.read_bytes().replace(b"300000", b"350000"))
    await store_draft(app.ports, parse_document(stricter), Told("Ada"))
    await activate(app.ports, 2, Told("Ada", "from the board"))
    await app.settle()
    draft = await store_draft(app.ports, parse_document(document), Told())
    await start_preview(app.ports, draft)
    await app.settle()
    await app.post(b'{"not": "an event"}')
    await start_preview(app.ports, draft)  # its first step waits
    for each in (*_customer("C-3", "500000", "P-2"), *_partner("P-2", "silver", "2026-09-30")):
        await app.post(each)  # and so do the steps of its fan-outs
    await activate(app.ports, 3)
    app.sender.is_down = True
    with contextlib.suppress(SenderUnavailableError):
        await app.post(_customer("C-4", "1", "P-9")[0])
    return await app.lines()


async def go_on(lines: list[str]) -> list[str]:
    app = App()
    events = [body for line in lines if (body := await app.load(line))]
    for body in events:
        await app.post(body)
        await app.settle()
    await app.settle()
    for days in (0, 100, 30):
        app.now += timedelta(days=days, minutes=10)
        for sweep in (sweep_outboxes, sweep_due, sweep_fan_outs):
            await sweep(app.ports)
            await app.settle()
    return await app.lines()


if __name__ == "__main__":
    given = sys.argv[2:]
    print("\n".join(asyncio.run(go_on(Path(given[0]).read_text("utf-8").splitlines()) if given else make())))
