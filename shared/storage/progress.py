"""Stores how many customers are decided after a change of rules: a row per message handled, and one for their total.

Each row is written whole by the message's first handler, so that a repetition changes nothing; reading adds them up. A
customer to be retried alone is counted by that message, even if a repetition of the first succeeds with it. Old rows
are replaced by their sum in the row of the total.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.storage import keys
from shared.storage.rows import Noun, all_rows, delete_some
from shared.storage.store import ANY, Conflict, Row, Span, Table, Value

_TOTAL = "total"
_PART = "part~"
_SETTLED, _CHANGED = "settledDone", "settledChanged"
_END = keys.PROGRESS + keys.END


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


@dataclass(frozen=True, slots=True)
class Part:
    """A message's customers ``done`` and ``changed``, and those retried ``alone``; ``name`` is the same at each try."""

    name: str
    done: int
    changed: int
    alone: Sequence[str] = ()


class Progress(Noun):
    """The rows of progress."""

    async def add_total(self, of: int | str, customers: int, at: str) -> None:
        properties: dict[str, Value] = {"customers": customers, "changed": 0, "at": at}
        await self._store.merge(Table.WORK, _total(of, properties), ANY)

    async def add(self, of: int | str, part: Part, at: str) -> list[str]:
        """Note the part unless an earlier try did; gives who is to be retried alone, as the first try had it."""
        alone = json.dumps(list(part.alone))
        properties: dict[str, Value] = {"customers": part.done, "changed": part.changed, "alone": alone, "at": at}
        row = Row(keys.progress(of), keys.progress_of(of, f"{_PART}{part.name}"), properties)
        try:
            await self._store.write(Table.WORK, row)
        except Conflict:
            stored = await self._store.get(Table.WORK, row.partition, row.key)
            alone = str(stored.properties.get("alone", "[]")) if stored else alone
        return list(json.loads(alone))

    async def settle(self, of: str, progressed: Progressed) -> None:
        """Keep the sum, which counts from now on in place of the parts."""
        properties: dict[str, Value] = {_SETTLED: progressed.done, _CHANGED: progressed.changed, "at": progressed.at}
        await self._store.merge(Table.WORK, _total(of, properties), ANY)

    async def delete_parts(self, of: str, most: int) -> bool:
        """Delete so many; tells whether none is left."""
        first, last = keys.progress_of(of, _PART), keys.progress_of(of, _PART + keys.END)
        return await delete_some(self._store, Table.WORK, Span(keys.progress(of), key_from=first, key_to=last), most)

    async def next_of(self, after: str) -> str | None:
        """Of what there is progress, one after the other."""
        span = Span(partition_from=keys.after(after, keys.PROGRESS), partition_to=_END)
        rows = await self._store.query(Table.WORK, span, 1, ["at"])
        return rows[0].partition.removeprefix(keys.PROGRESS) if rows else None

    async def read(self, of: int | str) -> Progressed:
        """The sum that is kept in place of the parts, or theirs until it is."""
        done = changed = 0
        total, at = None, ""
        async for row in all_rows(self._store, Table.WORK, Span(keys.progress(of))):
            if row.key == keys.progress_of(of, _TOTAL):
                total = row.number("customers") if "customers" in row.properties else None
                if _SETTLED in row.properties:
                    return Progressed(row.number(_SETTLED), total, row.number(_CHANGED), row.text("at"))
            else:
                done, changed = done + row.number("customers"), changed + row.number("changed")
            at = max(at, row.text("at"))
        return Progressed(done, total, changed, at)


def _total(of: int | str, properties: Mapping[str, Value]) -> Row:
    return Row(keys.progress(of), keys.progress_of(of, _TOTAL), properties)
