"""What a version without the population index does, and without warnings of losses: the same, but for these.

The handlers are this version's. The store they get hides the index and the properties of a customer that belong
to it, and gives rows of work the names that such a version gives them. It keeps properties that it does not know. Of
decisions it hides ``expiring`` and ``byException``, of rule sets the days of warning.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.ports import Ports
from shared.rules.document import WARN_DAYS_BEFORE
from shared.storage import keys
from shared.storage.rows import packed, packed_json, unpacked, unpacked_json
from shared.storage.store import ANY, Row, Span, Store, Table, Value, Write
from tests.world import LeastChance, World, at_once

_OWN = ("commit", "since", "headEtag", "why", "expiring", "byException", "listed", "partners0")
_NEW = (Table.HEADS, Table.UPCOMING, Table.NAMES)
"""Tables that it does not know."""
_NOTHING = 'W/"none"'
DECISIONS = 1
"""The format of its decisions."""


class OlderStore:
    """Another store, as that version uses it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        if table in _NEW or _is_of_chains(partition):
            return None
        row = await self._store.get(table, partition, _named(key), select)
        return row and _hidden(table, row)

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        if table in _NEW or _is_of_chains(span.partition or ""):
            return []
        return [_hidden(table, row) for row in await self._store.query(table, span, limit, select)]

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        if table in _NEW:
            return _NOTHING
        return await self._store.write(table, await self._written(table, row), etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        if table in _NEW or _is_of_the_index(row.key):
            return _NOTHING
        return await self._store.merge(table, _hidden(table, replace(row, key=_named(row.key))), etag)

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        if table not in _NEW and not _is_of_the_index(key):
            await self._store.delete(table, partition, _named(key), etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        written = [replace(each, row=await self._written(table, each.row)) for each in writes]
        return await self._store.commit(table, written)

    async def _written(self, table: Table, row: Row) -> Row:
        """A state is written with the properties unknown to it that were there; if others were there, it loses."""
        if table is not Table.CUSTOMERS or not row.key.startswith("state~"):
            return row
        stored = await self._store.get(table, row.partition, row.key)
        known = _without_own(row.properties)
        return replace(row, properties={**known, **(_own(stored.properties) if stored else {})})


def ports(world: World) -> Ports:
    """A process of it."""
    return Ports(OlderStore(world.store), world.sent, lambda: world.now, at_once, LeastChance(7), decisions=DECISIONS)


def _named(key: str) -> str:
    """A recorded decision has the same row of work under another name."""
    if not key.startswith("commit~"):
        return key
    _, customer_id, sequence, *_ = key.split("~")
    return keys.older_outbox_entry(customer_id, int(sequence))


def _is_of_chains(partition: str) -> bool:
    return partition.startswith(f"{keys.CHAINS}~")


def _is_of_the_index(key: str) -> bool:
    return key.startswith("commit~") and key.count("~") > 2


def _hidden(table: Table, row: Row) -> Row:
    if table is Table.RULES and "document0" in row.properties:
        document = {**json.loads(unpacked("document", row.properties)), WARN_DAYS_BEFORE: []}
        return replace(row, properties={**row.properties, **packed("document", json.dumps(document).encode())})
    if table is not Table.CUSTOMERS:
        return row
    properties = _without_own(row.properties)
    if "state0" in properties and (state := unpacked_json("state", properties))["decision"]:
        state["decision"] |= {"expiring": None, "byException": False}
        properties |= packed_json("state", state)
    return replace(row, properties=properties)


def _own(properties: Mapping[str, Value]) -> dict[str, Value]:
    return {name: properties[name] for name in _OWN if name in properties}


def _without_own(properties: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in properties.items() if name not in _OWN}
