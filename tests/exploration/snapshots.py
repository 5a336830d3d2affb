"""The in-memory store as a value: each call gives its answer and the store after it, and leaves the one before alone.

An ETag is the number of times its row was written. So stores reached on different ways are equal if their rows are, and
equal ones are the same object.
"""

import itertools
from collections.abc import Coroutine, Mapping
from typing import Any
from weakref import WeakValueDictionary

from local.commands.backup.memory_store import MemoryStore
from shared.storage.store import ANY, Conflict, Row, Table, Value

type Key = tuple[Table, str, str]

READS = ("get", "query")

_row_ids: dict[object, int] = {}
_known: WeakValueDictionary[frozenset[int], "Snapshot"] = WeakValueDictionary()


class Snapshot(MemoryStore):
    """Made by ``of`` and ``after``; not written to any more once it is known."""

    def __init__(self) -> None:
        super().__init__()
        self._ids: dict[Key, int] = {}
        self._written: dict[Key, int] = {}

    @classmethod
    def of(cls, store: MemoryStore) -> "Snapshot":
        """All rows as if each had been written once: for when nobody holds an ETag of before."""
        made = cls()
        for table, rows in store._tables.items():
            for row in rows.values():
                made._put(table, row, row.properties)
        return made._interned()

    def after(self, operation: str, args: tuple[Any, ...]) -> tuple[Any, "Snapshot"]:
        """What the call gives, or the Conflict that it raises, and the store that it leaves."""
        if operation in READS:
            return _finished(getattr(self, operation)(*args)), self
        changed = self._copied(args[0])
        try:
            answer = _finished(getattr(changed, operation)(*args))
        except Conflict as conflict:
            return conflict, self
        return answer, changed._interned()

    def row_id(self, table: Table, row: Row) -> int:
        """A number that stands for a row of this store with its content and its ETag."""
        return self._ids[table, row.partition, row.key]

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        await super().delete(table, partition, key, etag)
        name = (table, partition, key)
        if name in self._ids:
            self._ids[name] = _row_id(name, self._written[name], None)

    def _put(self, table: Table, row: Row, properties: Mapping[str, Value]) -> str:
        name = (table, row.partition, row.key)
        number = self._written[name] = self._written.get(name, 0) + 1
        self._ids[name] = _row_id(name, number, tuple(sorted(properties.items())))
        self._versions = itertools.count(number)
        return super()._put(table, row, properties)

    def _copied(self, table: Table) -> "Snapshot":
        """A copy to change ``table`` in; the other tables are shared."""
        made = Snapshot.__new__(Snapshot)
        made._tables = {**self._tables, table: dict(self._tables[table])}
        made._sorted = {**self._sorted, table: list(self._sorted[table])}
        made._ids, made._written = dict(self._ids), dict(self._written)
        return made

    def _interned(self) -> "Snapshot":
        return _known.setdefault(frozenset(self._ids.values()), self)


def forget() -> None:
    """Equal stores made from now on are not those made before."""
    _known.clear()
    _row_ids.clear()


def _row_id(name: Key, number: int, content: object) -> int:
    return _row_ids.setdefault((name, number, content), len(_row_ids))


def _finished[T](call: Coroutine[Any, Any, T]) -> T:
    """The result of a call of the in-memory store, which never waits."""
    try:
        call.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("a call of the in-memory store waited")
