"""A store that is watched: it counts calls, breaks at one, or lets others act in between.

Arrives: any store. Leaves: the same, with what a test put before or after its calls.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from shared.storage.store import ANY, Row, Span, Store, StoreUnavailableError, Table, Write


@dataclass(frozen=True)
class Call:
    """One call of the store: the operation's name and its table."""

    operation: str
    table: Table

    @property
    def writes(self) -> bool:
        return self.operation not in ("get", "query")


type Watcher = Callable[[Call], Awaitable[None]]


async def _nothing(_: Call) -> None:
    return None


class WatchedStore:
    """Passes every call on, telling ``before`` and ``after`` of it; ``calls`` are those made."""

    def __init__(self, store: Store, before: Watcher = _nothing, after: Watcher = _nothing) -> None:
        self._store = store
        self.before = before
        self.after = after
        self.calls: list[Call] = []

    async def _passed[T](self, operation: str, table: Table, answer: Callable[[], Awaitable[T]]) -> T:
        call = Call(operation, table)
        self.calls.append(call)
        await self.before(call)
        given = await answer()
        await self.after(call)
        return given

    async def get(self, table: Table, partition: str, key: str, select: Sequence[str] = ()) -> Row | None:
        return await self._passed("get", table, lambda: self._store.get(table, partition, key, select))

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        return await self._passed("write", table, lambda: self._store.write(table, row, etag))

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        return await self._passed("merge", table, lambda: self._store.merge(table, row, etag))

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        await self._passed("delete", table, lambda: self._store.delete(table, partition, key, etag))

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        return await self._passed("commit", table, lambda: self._store.commit(table, writes))

    async def query(self, table: Table, span: Span, limit: int, select: Sequence[str] = ()) -> list[Row]:
        return await self._passed("query", table, lambda: self._store.query(table, span, limit, select))


_awaited: list[str] = []
"""What a test planned and what has not happened yet."""


def never_happened() -> list[str]:
    """What was planned since this was last asked and did not happen; a test that plans such a thing tests nothing."""
    missed = list(_awaited)
    _awaited.clear()
    return missed


def breaking_at(number: int, *, perhaps: bool = False) -> Watcher:
    """Fails at the ``number``-th call it is told of, once; only ``perhaps`` are there so many."""
    left, planned = number, f"break at call {number}"
    if not perhaps:
        _awaited.append(planned)

    async def watch(call: Call) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            _happened(planned)
            raise StoreUnavailableError(f"broken at {call.operation} {call.table}")

    return watch


def once_at(operation: str, table: Table, act: Callable[[], Awaitable[None]]) -> Watcher:
    """Lets another act at the first such call, and not again."""
    done, planned = False, f"act at {operation} {table}"
    _awaited.append(planned)

    async def watch(call: Call) -> None:
        nonlocal done
        if not done and (call.operation, call.table) == (operation, table):
            done = True
            _happened(planned)
            await act()

    return watch


def _happened(planned: str) -> None:
    if planned in _awaited:
        _awaited.remove(planned)
