"""Stores what the question to everybody found: the counts of each day, and those nearest to the spend they lack.

Those nearest are in pages beside the question that found them. A row names the question whose pages are read, and is
written when all of them are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.domain.decision import JsonObject
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Form, Noun, RowsOf, packed_json, unpacked_json
from shared.storage.store import ANY, Row, Span, Store, Table

NEAR_PAGE = 500
_JSON: Final = Form(packed_json, unpacked_json, in_pieces=True)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """What was counted of everybody as of a day, by the rule set in force on it."""

    day: date
    counted_at: str
    rule_set_version: int
    currency: str
    found: JsonObject
    unknown: Unknown = NOTHING


@dataclass(frozen=True, slots=True)
class Near:
    """Where the customers that lack nothing but spend are, and how many of them are kept."""

    question_id: str
    counted_at: str
    customers: int
    omitted: int
    currency: str
    unknown: Unknown = NOTHING


_DAYS: Final = RowsOf(
    CountedDay,
    Table.QUESTIONS,
    lambda each: (keys.STATISTICS, keys.statistics(each.day)),
    forms={"found": _JSON},
)
_NEAR: Final = RowsOf(
    Near,
    Table.QUESTIONS,
    lambda _: (keys.STATISTICS, keys.COUNTED),
)


class Statistics(Noun):
    """The rows of statistics."""

    async def save(self, counted: CountedDay) -> None:
        """In place of what was counted before on that day."""
        await _DAYS.write(self._store, counted, ANY)

    async def days(self, first: date, last: date, limit: int) -> list[CountedDay]:
        """From one day to another, both included, by day."""
        span = Span(keys.STATISTICS, key_from=keys.statistics(first), key_to=keys.after(keys.statistics(last)))
        return await _DAYS.page(self._store, span, limit)

    async def last(self) -> CountedDay | None:
        """The day that was counted last; None if nobody was counted yet."""
        near = await self.near()
        if near is None:
            return None
        day = date.fromisoformat(near.counted_at[:10])
        return next(iter(await self.days(day, day, 1)), None)

    async def save_near(self, question_id: str, number: int, customers: Sequence[JsonObject]) -> None:
        key = keys.near_page(question_id, number)
        row = Row(keys.question(question_id), key, packed_json("customers", list(customers)))
        await self._store.write(Table.QUESTIONS, row, ANY)

    async def point_to(self, near: Near) -> None:
        """From now on the pages of that question are read."""
        await _NEAR.write(self._store, near, ANY)

    async def near(self) -> Near | None:
        return await _NEAR.get(self._store, keys.STATISTICS, keys.COUNTED)

    async def near_page(self, question_id: str, number: int) -> list[JsonObject]:
        key = keys.near_page(question_id, number)
        row = await self._store.get(Table.QUESTIONS, keys.question(question_id), key)
        return unpacked_json("customers", row.properties) if row else []


async def reads(store: Store, row: Row) -> bool:
    """Whether a row that is alone in a store is one of these."""
    if row.partition != keys.STATISTICS:
        is_page = row.partition.startswith(keys.QUESTION) and isinstance(
            unpacked_json("customers", row.properties), list
        )
        return is_page and row.key.startswith(f"near~{row.partition.removeprefix(keys.QUESTION)}~")
    statistics = Statistics(store)
    if row.key == keys.COUNTED:
        return await statistics.near() is not None
    (day,) = await statistics.days(date.min, date.max, 1)
    return row.key == keys.statistics(day.day) and isinstance(day.found, dict)
