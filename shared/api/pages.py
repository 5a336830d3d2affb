"""Keeps lists in answers within a number of bytes."""

from collections.abc import Iterable

from shared.own_json import compact_bytes

MAX_ANSWER_BYTES = 1024 * 1024


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
