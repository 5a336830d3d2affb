"""A store that writes nothing while this machine's clock is off: nearly all that is written is dated."""

from collections.abc import Callable, Sequence

from shared.storage.store import ANY, Row, Store, Table, Write


class GuardedStore:
    """Another store; ``check`` raises if nothing may be written. Reads go on: their answers
    tell when the clock is right."""

    def __init__(self, store: Store, check: Callable[[], None]) -> None:
        self._store, self._check = store, check
        self.get, self.query = store.get, store.query

    async def write(self, table: Table, row: Row, etag: str | None = None) -> str:
        self._check()
        return await self._store.write(table, row, etag)

    async def merge(self, table: Table, row: Row, etag: str) -> str:
        self._check()
        return await self._store.merge(table, row, etag)

    async def delete(self, table: Table, partition: str, key: str, etag: str = ANY) -> None:
        self._check()
        await self._store.delete(table, partition, key, etag)

    async def commit(self, table: Table, writes: Sequence[Write]) -> list[str]:
        self._check()
        return await self._store.commit(table, writes)
