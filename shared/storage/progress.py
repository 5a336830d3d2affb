"""How far deciding everybody has come after a change of rules: a row per message handled, and one for their total.

Each row is written by the one who knows it, whole, so that a repetition changes nothing; reading adds them up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.storage import keys
from shared.storage.store import ANY, Row, Span, Store, Table, Value

_PAGE = 1000
_TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Progressed:
    """Customers ``done``, of how many (None until all are handed on), ``changed`` in outcome; ``at`` last."""

    done: int
    of: int | None
    changed: int
    at: str

    @property
    def is_finished(self) -> bool:
        return self.of is not None and self.done >= self.of


class Progress:
    """The rows of progress."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_total(self, epoch: int, customers: int, at: str) -> None:
        await self._add(epoch, _TOTAL, customers, 0, at)

    async def add(self, epoch: int, part: str, done: int, changed: int, at: str) -> None:
        """``part`` names the message, the same at each repetition."""
        await self._add(epoch, f"part~{part}", done, changed, at)

    async def _add(self, epoch: int, part: str, customers: int, changed: int, at: str) -> None:
        properties: dict[str, Value] = {"customers": customers, "changed": changed, "at": at}
        row = Row(keys.progress(epoch), keys.progress_of(epoch, part), properties)
        await self._store.write(Table.WORK, row, ANY)

    async def read(self, epoch: int) -> Progressed:
        done = changed = 0
        of, at, key_from = None, "", ""
        while True:
            rows = await self._store.query(Table.WORK, Span(keys.progress(epoch), key_from=key_from), _PAGE)
            for row in rows:
                properties: Mapping[str, Any] = row.properties
                at = max(at, properties["at"])
                if row.key == keys.progress_of(epoch, _TOTAL):
                    of = properties["customers"]
                else:
                    done, changed = done + properties["customers"], changed + properties["changed"]
            if len(rows) < _PAGE:
                return Progressed(done, of, changed, at)
            key_from = rows[-1].key + keys.NEXT
