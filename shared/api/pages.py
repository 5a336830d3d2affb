"""Keeps lists in answers within a number of bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, NotRequired

from shared.api.shapes import TypedDict
from shared.domain.decision import JsonObject
from shared.domain.strict_json import compact_bytes

MAX_ANSWER_BYTES = 1024 * 1024
MAX_FACTS_BYTES = 768 * 1024
"""Of a partner, besides the rest of its answer."""
FactsOmitted = Annotated[int, f"facts left out of the lists, which have {MAX_FACTS_BYTES // 1024} KiB at most"]


def size_of(value: object) -> int:
    """Bytes of the value in an answer."""
    return len(compact_bytes(value))


def within_page[T](items: Iterable[T], most: int = MAX_ANSWER_BYTES) -> list[T]:
    """The first items that fit one page of a list, at least one."""
    kept: list[T] = []
    room = most
    for item in items:
        room -= size_of(item) + 1
        if room < 0 and kept:
            break
        kept.append(item)
    return kept


class LeftOut(TypedDict):
    """How many facts the lists are without."""

    factsOmitted: NotRequired[FactsOmitted]


class FactRoom:
    """Lists of facts within one answer: those that do not fit any more are left out and counted."""

    def __init__(self, most: int = MAX_FACTS_BYTES) -> None:
        self._room = most
        self.omitted = 0

    def takes(self, fact: JsonObject) -> bool:
        self._room -= size_of(fact) + 1 if self._room >= 0 else 0
        self.omitted += self._room < 0
        return self._room >= 0

    @property
    def left_out(self) -> LeftOut:
        return {"factsOmitted": self.omitted} if self.omitted else {}
