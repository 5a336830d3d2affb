"""Stores fan-outs under way: customers to decide again because of a partner, the rules or an upgrade.

A row is written before the write that makes it necessary. A partner's fan-out goes round its index in laps: a newer
change, which has a row of its own, makes it begin another lap where it is, so that one fan-out goes on for all changes.
"""

import itertools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import TRANSACTION_ROWS, Conflict, Span, Table, Write

_LONG_AGO = timedelta(hours=1)
"""A fan-out under way is written at every page, and swept when it stops: one this old has no try of today behind it."""


@dataclass(frozen=True, slots=True)
class FanOut:
    """Customers to decide again because of a partner's ``revision`` or, ``partner_id`` None, a rules epoch.

    With ``decisions``, the format of decisions since an upgrade, ``revision`` is the run of that upgrade. Those up to
    ``after`` (by id) have been enqueued, ``handed_on`` in number; ``since`` is when it, or its lap, began.

    ``lap`` is the revision that the partner had when the lap began at ``lap_from``, which has come to ``lap_at``: it
    goes to the end of the index, then from its start to where the lap began. 0: it goes on from ``after`` to the end,
    as versions do that know no laps. To those, ``after`` and ``revision`` are what the row says, and the row of a lap's
    newest revision stays beside it for them.
    """

    partner_id: str | None
    revision: int
    after: str = ""
    handed_on: int = 0
    at: str = ""
    since: str = ""
    decisions: int = 0
    lap: int = 0
    lap_from: str = ""
    lap_at: str = ""
    etag: str = ""
    unknown: Unknown = NOTHING

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", self.since or self.at)

    @classmethod
    def of_partner(cls, fan_out_id: str) -> "FanOut | None":
        """A partner's, as its id says; None if it is not one of a partner."""
        partner_id, _, revision = fan_out_id.rpartition("~")
        return cls(partner_id, int(revision)) if partner_id and not partner_id.startswith("~") else None

    @property
    def id(self) -> str:
        if self.decisions:
            return f"~{keys.upgrade(self.revision)}"
        return f"{self.partner_id or ''}~{self.revision:010d}"

    @property
    def is_begun(self) -> bool:
        """Whether it has taken over others or enqueued a page, as its row says."""
        return bool(self.lap or self.after)

    @property
    def asks_for(self) -> int:
        """The revision that its customers are decided by, at least."""
        return self.lap or self.revision

    @property
    def place(self) -> str:
        return self.lap_at if self.lap else self.after

    @property
    def until(self) -> str:
        """The last id to enqueue if that is before the end of the index, else ""."""
        return self.lap_from if self.lap and self.lap_at < self.lap_from else ""

    @property
    def is_over(self) -> bool:
        """Whether all have been enqueued."""
        return self.place == keys.END

    def has_passed(self, customer_id: str) -> bool:
        """Whether this lap has handed the customer on, if it was in the index."""
        if self.until:
            return customer_id > self.until or customer_id <= self.place
        return self.is_over or self.lap_from < customer_id <= self.place

    def lapping(self, revision: int, place: str, at: str) -> "FanOut":
        """Going round once, from a place, by a newer revision."""
        place = "" if place == keys.END else place
        return replace(self, lap=revision, lap_from=place, lap_at=place, since=at)

    def past(self, page: Sequence[str], limit: int) -> "FanOut":
        """After a page of at most so many customers."""
        if len(page) == limit and page[-1] != self.until:
            return self._at(page[-1], self.lap_from, len(page))
        if self.lap_from and not self.until:
            return self._at("", self.lap_from, len(page))
        return self._at(keys.END, "", len(page))

    def _at(self, place: str, lap_from: str, more: int) -> "FanOut":
        handed_on = self.handed_on + more
        if not self.lap:
            return replace(self, after=place, handed_on=handed_on)
        return replace(self, lap_from=lap_from, lap_at=place, handed_on=handed_on)


_ROWS: Final = RowsOf(
    FanOut,
    Table.WORK,
    lambda each: (keys.FAN_OUTS, keys.fan_out(each.id)),
    sparse=("decisions", "lap", "lap_from", "lap_at"),
    added=("since",),
)


class FanOuts(Noun):
    """The rows of fan-outs under way."""

    async def open(self, fan_out: FanOut) -> Sequence[FanOut]:
        """Write the fan-out's row, over one left by a try of long ago, unless it is under way; gives what was written,
        if anything was. Raises Conflict."""
        try:
            return [replace(fan_out, etag=await _ROWS.write(self._store, fan_out))]
        except Conflict:
            stored = await self.get(fan_out.id)
            if stored is None:
                raise
            if _age(stored, fan_out) <= _LONG_AGO:
                return []
            again = replace(fan_out, etag=stored.etag, unknown=stored.unknown)
            # Else it could be dropped as abandoned before its cause is written.
            return [replace(again, etag=await self.advance(again))]

    async def get(self, fan_out_id: str) -> FanOut | None:
        return await _ROWS.get(self._store, keys.FAN_OUTS, keys.fan_out(fan_out_id))

    async def of_partner(self, partner_id: str) -> list[FanOut]:
        """Those of one partner, by revision."""
        first = keys.fan_out(f"{partner_id}~")
        span = Span(keys.FAN_OUTS, key_from=first, key_to=first + keys.END)
        return sorted([each async for each in _ROWS.all_of(self._store, span)], key=lambda each: each.revision)

    async def of_everybody(self) -> list[FanOut]:
        """Those of changes of rules and of upgrades."""
        first = keys.fan_out("~")  # no partner's id starts so
        return [each async for each in _ROWS.all_of(self._store, Span(keys.FAN_OUTS, key_from=first))]

    async def advance(self, fan_out: FanOut) -> str:
        """Note the fan-out's progress over version ``fan_out.etag``; gives the new ETag or raises Conflict."""
        return await _ROWS.write(self._store, fan_out, fan_out.etag)

    async def take_over(self, fan_out: FanOut, others: Sequence[FanOut]) -> FanOut:
        """Note its progress and delete the others, as many as a transaction takes, each in the version read; gives it
        with its new ETag. Of two that take each other over, one is left and the other raises Conflict."""
        some = itertools.islice(others, TRANSACTION_ROWS - 1)
        writes = [Write(_ROWS.row(fan_out), fan_out.etag)]
        writes += [Write(_ROWS.row(each), each.etag, deletes=True) for each in some]
        return replace(fan_out, etag=(await self._store.commit(Table.WORK, writes))[0])

    async def close(self, fan_out: FanOut) -> None:
        await _ROWS.drop(self._store, fan_out)

    async def drop(self, fan_out: FanOut) -> None:
        """Delete the row unless it was written since it was read."""
        await _ROWS.drop(self._store, fan_out, fan_out.etag)

    def all(self) -> AsyncIterator[FanOut]:
        """All fan-outs under way; those of a partner after each other."""
        return _ROWS.all_of(self._store, Span(keys.FAN_OUTS))


def _age(stored: FanOut, now: FanOut) -> timedelta:
    return abs(datetime.fromisoformat(now.at) - datetime.fromisoformat(stored.at))
