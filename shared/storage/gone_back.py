"""Stores which rows went back: partners, and perhaps the rules, whose row is older than a decision made by it.

Each has a row here from when that was first noted until it is settled; its time stays the first.
"""

import contextlib
from dataclasses import dataclass, replace
from typing import Final

from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import Conflict, Row, Span, Table


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


_ROWS: Final = RowsOf(GoneBack, Table.WORK, lambda each: (keys.GONE_BACK, each.key))


class RowsGoneBack(Noun):
    """The rows that say so."""

    @staticmethod
    def reads(row: Row) -> bool:
        """Whether it is one of these rows."""
        return row.key == _ROWS.read(row).key

    async def note(self, found: GoneBack) -> bool:
        """Insert it, or raise what was ``seen`` of the one that stands; tells whether it is the first."""
        with contextlib.suppress(Conflict):  # another has just noted it: who comes next looks again
            stored = await _ROWS.get(self._store, keys.GONE_BACK, found.key)
            if stored is None:
                await _ROWS.write(self._store, found)
                return True
            if stored.seen < found.seen:
                await _ROWS.merge(self._store, replace(found, at=stored.at), stored.etag)
        return False

    async def page(self, after: str, limit: int) -> list[GoneBack]:
        """Those after the ``key`` of one, by it."""
        return await _ROWS.page(self._store, Span(keys.GONE_BACK, key_from=keys.after(after)), limit)

    async def drop(self, settled: GoneBack) -> None:
        """Delete the row unless more was seen since it was read."""
        await _ROWS.drop(self._store, settled, settled.etag)
