"""Stores the population index: a row per customer, with what is asked of all customers.

The rows are spread over 256 partitions by a hash of the customer's id. A row is there before the customer's first
decision reads the rules, as unassessed. Later it is written after each commit that changes a column, over the version
read and never over one of a later commit (``shared/workflow/index.py``).

To add a column, add a field with a default to ``Head``, fill it in ``Head.of`` and ``told_of``, name it in ``added``
and raise ``DECISIONS``: rows of older versions lack it until everybody is decided again.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Final

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.decision import UNASSESSED
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf, all_rows
from shared.storage.store import ANY, Conflict, Row, Span, Table

INDEXED_SINCE = 2
"""The first format of decisions whose versions write these rows."""


@dataclass(frozen=True, slots=True)
class Head:
    """A customer's row: each field is a column but for the key and the ETag.

    ``since``: the day of the last change of status, None of an unassessed customer. ``commit``: the number of the
    commit that it comes from; 0 until the first. ``loses_on`` and ``gains_on``: the next day with the other status, as
    known when it was decided. ``late_at``: when a customer that had none got its first commit here
    from the state, not from who had entered the customer and then read the rules. ``entered_at``: when the row was
    inserted; "" of rows older than this column.
    """

    customer_id: str
    status: str = UNASSESSED.status.value
    since: date | None = None
    sequence: int = 0
    next_change_on: date | None = None
    loses_on: date | None = None
    gains_on: date | None = None
    commit: int = 0
    late_at: str = field(default="", compare=False)
    entered_at: str = field(default="", compare=False)
    etag: str = field(default="", compare=False)

    @classmethod
    def of(cls, state: CustomerState) -> "Head":
        """As the state has it."""
        indexed, decision = state.indexed, state.decision
        if decision is None:
            return cls(state.customer_id, since=indexed.since, sequence=state.sequence, commit=indexed.commit)
        days = (state.due_on, state.loses_on, state.gains_on)
        columns = (decision["status"], indexed.since, state.sequence, *days)
        return cls(state.customer_id, *columns, indexed.commit)


def told_of(state: CustomerState) -> tuple[object, ...]:
    """What ``Head.of`` makes a row of, as it is: each event asks whether that changed."""
    indexed, decision = state.indexed, state.decision or {}
    days = decision.get("nextChangeOn"), decision.get("losesOn"), decision.get("gainsOn")
    return decision.get("status"), state.sequence, *days, indexed.commit, indexed.since


_BESIDE: Final = ("customer_id", "commit", "late_at", "entered_at", "etag")
COLUMNS: Final = tuple(each.name for each in fields(Head) if each.name not in _BESIDE)
"""What a row says of its customer."""


@dataclass(frozen=True, slots=True)
class Share:
    """Partitions of the index that follow each other, by the first and the last of them."""

    first: str = keys.HEAD_PARTITIONS[0]
    last: str = keys.HEAD_PARTITIONS[-1]

    @property
    def name(self) -> str:
        return f"{self.first}-{self.last}"

    @classmethod
    def named(cls, name: str) -> "Share":
        return cls(*name.split("-", 1))

    @classmethod
    def all(cls, number: int) -> "list[Share]":
        """So many that are about equal and have all partitions."""
        every = keys.HEAD_PARTITIONS
        firsts = [len(every) * each // number for each in range(number + 1)]
        return [cls(every[first], every[end - 1]) for first, end in itertools.pairwise(firsts)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row is, and when it was inserted: ``is_right`` unless the partition is not that of the customer's id."""

    partition: str
    customer_id: str
    entered_at: str = field(default="", compare=False)

    @property
    def is_right(self) -> bool:
        return self.partition == keys.head_partition(self.customer_id)


_HEADS: Final = RowsOf(
    Head,
    Table.HEADS,
    lambda each: (keys.head_partition(each.customer_id), each.customer_id),
    sparse=("late_at", "entered_at"),
    added=("loses_on", "gains_on"),
    in_key={"customer_id": lambda row: row.key},
)
_WHETHER_ENTERED: Final = ("commit", "lateAt", "enteredAt")
_WHEN_ENTERED: Final = ("enteredAt",)


class Heads(Noun):
    """The rows of the population index."""

    async def enter(self, customer_id: str, at: str = "") -> str:
        """Insert the row as unassessed; gives its ETag, or "" if there is one."""
        try:
            return await _HEADS.write(self._store, Head(customer_id, entered_at=at))
        except Conflict:
            return ""

    async def load(self, customer_id: str) -> Head | None:
        return await _HEADS.get(self._store, keys.head_partition(customer_id), customer_id)

    async def write(self, head: Head, etag: str | None) -> str:
        """Over that version, or insert (None); what a later version added stays. Gives the new ETag or raises
        Conflict."""
        return await _HEADS.merge(self._store, head, etag)

    async def places(self, after: Place | None, limit: int, share: Share | None = None) -> list[Place]:
        """Of rows after that one, by partition, wherever they should be: of a share, or of all partitions that are
        there."""
        rows: list[Row] = []
        if after is not None:
            span = Span(after.partition, key_from=keys.after(after.customer_id))
            rows = await self._store.query(Table.HEADS, span, limit, _WHEN_ENTERED)
        if len(rows) < limit:
            first, end = (share.first, keys.after(share.last)) if share else ("", "")
            span = Span(partition_from=keys.after(after.partition) if after else first, partition_to=end)
            rows += await self._store.query(Table.HEADS, span, limit - len(rows), _WHEN_ENTERED)
        return [Place(row.partition, row.key, _entered_at(row)) for row in rows]

    async def lacking(self, customer_ids: Sequence[str], since: str) -> list[str]:
        """Those of these customers, which are by id, that have no row, one of no commit, or one that got it late,
        ``since`` then."""
        rows = await self._rows_of(customer_ids)
        entered = {row.key for row in rows if row.number("commit") and str(row.properties.get("lateAt", "")) < since}
        return [each for each in customer_ids if each not in entered]

    async def entered_since(self, customer_ids: Sequence[str], since: str) -> list[str]:
        """Those of these customers, which are by id, that have no row, or one that was inserted ``since`` then."""
        entered = {row.key for row in await self._rows_of(customer_ids) if _entered_at(row) < since}
        return [each for each in customer_ids if each not in entered]

    async def _rows_of(self, customer_ids: Sequence[str]) -> list[Row]:
        if len(customer_ids) <= len(keys.HEAD_PARTITIONS):
            return [row for row in await at_once(self._whether_entered, customer_ids) if row]
        span = Span(key_from=customer_ids[0], key_to=keys.after(customer_ids[-1]))
        spans = [replace(span, partition=each) for each in keys.HEAD_PARTITIONS]
        return list(itertools.chain.from_iterable(await at_once(self._which_entered, spans)))

    async def _whether_entered(self, customer_id: str) -> Row | None:
        return await self._store.get(Table.HEADS, keys.head_partition(customer_id), customer_id, _WHETHER_ENTERED)

    async def _which_entered(self, span: Span) -> list[Row]:
        return [row async for row in all_rows(self._store, Table.HEADS, span, _WHETHER_ENTERED)]

    async def delete(self, place: Place) -> None:
        await self._store.delete(Table.HEADS, place.partition, place.customer_id, ANY)


def _entered_at(row: Row) -> str:
    return str(row.properties.get("enteredAt", ""))
