"""Stores the progress of rounds over rows that are too many for one call: a row per kind."""

from dataclasses import dataclass, replace
from typing import Final

from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import Table


@dataclass(frozen=True, slots=True)
class Round:
    """``after``: the place up to which it has come; ``at``: when that was; ``over``: whether that is the end."""

    name: str
    after: str = ""
    at: str = ""
    over: bool = False
    etag: str | None = None


_ROWS: Final = RowsOf(
    Round,
    Table.WORK,
    lambda each: (keys.ROUNDS, keys.round_of(each.name)),
    in_key={"name": lambda row: row.key.removeprefix(keys.round_of(""))},
)


class Rounds(Noun):
    """The rows of rounds."""

    async def load(self, name: str) -> Round:
        """As it was noted last, or one that begins."""
        return await _ROWS.get(self._store, keys.ROUNDS, keys.round_of(name)) or Round(name)

    async def note(self, noted: Round) -> Round:
        """Write over the version read; raises Conflict."""
        return replace(noted, etag=await _ROWS.merge(self._store, noted, noted.etag))
