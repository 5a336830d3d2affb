"""The same calls as the minimum (``_raw``) through the Azure SDK's asynchronous clients, as anyone would write them."""

import base64
import contextlib
import itertools
from collections.abc import Mapping
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.data.tables import EdmType, EntityProperty, UpdateMode
from azure.data.tables.aio import TableServiceClient
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueServiceClient

from bench._programme import PARTNER, Kind, Shapes
from shared.storage import keys
from shared.storage.store import Value


class PlainSdk:
    """One client per table and queue; the subjects are this contestant's own."""

    def __init__(self, tables: TableServiceClient, queues: QueueServiceClient, shapes: Shapes) -> None:
        self._customers, self._partners = tables.get_table_client("customers"), tables.get_table_client("partners")
        self._work, self._heads = tables.get_table_client("work"), tables.get_table_client("heads")
        self._queues = {
            name: queues.get_queue_client(f"eligibility-{name}") for name in ("events", "recompute", "notifications")
        }
        self._shapes = shapes
        self._sequences = itertools.count(1_000)

    async def handle(self, kind: Kind, name: str) -> None:
        await (self._partner(name) if kind is Kind.PARTNER else self._customer(name, kind is Kind.CHANGED))

    async def _customer(self, name: str, changed: bool) -> None:
        key = keys.customer_state(name)
        etag = (await self._customers.get_entity(name, key)).metadata["etag"]
        await self._partners.get_entity(PARTNER, keys.partner_summary(PARTNER))
        state = _entity(name, key, self._shapes.state)
        if not changed:
            await self._customers.update_entity(state, **_over(etag))
            return
        sequence = next(self._sequences)
        box, recorded = (keys.outbox(name), keys.commit(name, sequence)), keys.recorded_decision(name, sequence)
        await self._work.upsert_entity(_entity(*box, self._shapes.outbox), mode=UpdateMode.REPLACE)
        written = await self._customers.submit_transaction(
            [("update", state, _over(etag)), ("create", _entity(name, recorded, self._shapes.recorded))]
        )
        head = _entity(keys.head_partition(name), name, self._shapes.head)
        await self._heads.upsert_entity(head, mode=UpdateMode.MERGE)
        await self._send("notifications", self._shapes.notification)
        marked = _over(written[0]["etag"], UpdateMode.MERGE)
        await self._customers.update_entity(_entity(name, key, {"sent": 2}), **marked)
        await self._work.delete_entity(*box)

    async def _partner(self, name: str) -> None:
        number = next(self._sequences)
        summary, fact = keys.partner_summary(name), keys.partner_fact(name, "deployment", f"S-{number}")
        fan_out = (keys.FAN_OUTS, keys.fan_out(f"{name}~{number:010d}"))
        etag = (await self._partners.get_entity(name, summary)).metadata["etag"]
        with contextlib.suppress(ResourceNotFoundError):
            await self._partners.get_entity(name, fact)
        await self._work.create_entity(_entity(*fan_out, self._shapes.fan_out))
        replaced = _entity(name, summary, self._shapes.summary)
        put = ("upsert", _entity(name, fact, self._shapes.fact), {"mode": UpdateMode.REPLACE})
        await self._partners.submit_transaction([("update", replaced, _over(etag)), put])
        await self._send("recompute", self._shapes.step)

    async def _send(self, queue: str, body: bytes) -> None:
        await self._queues[queue].send_message(base64.b64encode(body).decode(), time_to_live=-1)

    async def receive(self) -> list[QueueMessage]:
        pages = self._queues["events"].receive_messages(messages_per_page=16, visibility_timeout=600).by_page()
        try:
            return [each async for each in await anext(pages)]
        except StopAsyncIteration:
            return []

    async def delete(self, message: QueueMessage) -> None:
        await self._queues["events"].delete_message(message)


def _entity(partition: str, key: str, properties: Mapping[str, Value]) -> dict[str, Any]:
    sized = {
        name: EntityProperty(value, EdmType.INT64) if _is_long(value) else value for name, value in properties.items()
    }
    return {**sized, "PartitionKey": partition, "RowKey": key}


def _is_long(value: Value) -> bool:
    return isinstance(value, int) and value >= 2**31


def _over(etag: str | None, mode: UpdateMode = UpdateMode.REPLACE) -> dict[str, Any]:
    return {"mode": mode, "etag": etag, "match_condition": MatchConditions.IfNotModified}
