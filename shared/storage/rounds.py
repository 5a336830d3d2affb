"""Stores the progress of rounds over rows that are too many for one call: a row per kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.storage import keys
from shared.storage.store import Row, Store, Table, Value


@dataclass(frozen=True, slots=True)
class Round:
    """``after``: the place up to which it has come; ``at``: when that was; ``over``: whether that is the end."""

    name: str
    after: str = ""
    at: str = ""
    over: bool = False
    etag: str | None = None


class Rounds:
    """The rows of rounds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, name: str) -> Round:
        """As it was noted last, or one that begins."""
        row = await self._store.get(Table.WORK, keys.ROUNDS, keys.round_of(name))
        if row is None:
            return Round(name)
        properties: Mapping[str, Any] = row.properties
        return Round(name, properties["after"], properties["at"], properties["over"], row.etag)

    async def note(self, noted: Round) -> Round:
        """Write over the version read; raises Conflict."""
        properties: dict[str, Value] = {"after": noted.after, "at": noted.at, "over": noted.over}
        row = Row(keys.ROUNDS, keys.round_of(noted.name), properties)
        write = self._store.merge(Table.WORK, row, noted.etag) if noted.etag else self._store.write(Table.WORK, row)
        return replace(noted, etag=await write)
