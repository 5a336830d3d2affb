"""Stores which rows went back: partners, and perhaps the rules, whose row is older than a decision made by it.

Each has a row here from when that was first noted until it is settled; its time stays the first.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.storage import keys
from shared.storage.store import Conflict, Row, Span, Store, Table, Value


@dataclass(frozen=True, slots=True)
class GoneBack:
    """A partner, or the rules (``partner_id`` None): revision or epoch ``seen`` was used and is not stored any more."""

    partner_id: str | None
    seen: int
    at: str
    etag: str = ""

    @property
    def key(self) -> str:
        return keys.gone_back(self.partner_id)


class RowsGoneBack:
    """The rows that say so."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @staticmethod
    def reads(row: Row) -> bool:
        """Whether it is one of these rows."""
        return row.key == keys.gone_back(_gone_back(row).partner_id)

    async def note(self, found: GoneBack) -> bool:
        """Insert it, or raise what was ``seen`` of the one that stands; tells whether it is the first."""
        with contextlib.suppress(Conflict):  # another has just noted it: who comes next looks again
            standing = await self._store.get(Table.WORK, keys.GONE_BACK, keys.gone_back(found.partner_id))
            if standing is None:
                await self._store.write(Table.WORK, _row(found))
                return True
            if (noted := _gone_back(standing)).seen < found.seen:
                await self._store.merge(Table.WORK, _row(GoneBack(found.partner_id, found.seen, noted.at)), noted.etag)
        return False

    async def page(self, after: str, limit: int) -> list[GoneBack]:
        """Those after the ``key`` of one, by it."""
        span = Span(keys.GONE_BACK, key_from=after + keys.NEXT if after else "")
        return [_gone_back(row) for row in await self._store.query(Table.WORK, span, limit)]

    async def drop(self, settled: GoneBack) -> None:
        """Delete the row unless more was seen since it was read."""
        with contextlib.suppress(Conflict):
            await self._store.delete(Table.WORK, keys.GONE_BACK, keys.gone_back(settled.partner_id), settled.etag)


def _row(found: GoneBack) -> Row:
    properties: dict[str, Value] = {"partnerId": found.partner_id or "", "seen": found.seen, "at": found.at}
    return Row(keys.GONE_BACK, keys.gone_back(found.partner_id), properties)


def _gone_back(row: Row) -> GoneBack:
    properties: Mapping[str, Any] = row.properties
    return GoneBack(properties["partnerId"] or None, properties["seen"], properties["at"], row.etag)
