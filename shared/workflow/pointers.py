"""Keeps rows that point at customers or partners a superset of what is right.

Those that a commit makes right are written before it. Those that it makes wrong are read before it, and deleted after
it as they were read. A handler that makes one right again has read whom it points at after that commit, and writes the
row after that: it is another version, and the delete leaves it alone. What a process that died leaves, no reader shows.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from shared.at_once import at_once
from shared.errors import PassingError
from shared.storage.pointers import Pointer, Pointers
from shared.storage.store import Conflict


async def announce[T: Pointer](pointers: Pointers[T], were: Sequence[T], are: Sequence[T]) -> Sequence[T]:
    """Before the commit: write the rows that it makes right; gives those that it makes wrong, as they are."""
    had, have = set(were), set(are)
    added, gone = [each for each in are if each not in had], [each for each in were if each not in have]
    _, found = await asyncio.gather(at_once(pointers.add, added), at_once(pointers.load, gone))
    return [each for each in found if each]


async def forget[T: Pointer](pointers: Pointers[T], gone: Sequence[T]) -> None:
    """After the commit: delete the rows that it made wrong, unless they were written again."""

    async def one(entry: T) -> None:
        with suppress(Conflict, PassingError):  # a row that is left is only in the way
            await pointers.delete(entry)

    if gone:
        await at_once(one, gone)


async def missing[T: Pointer](pointers: Pointers[T], entries: Sequence[T]) -> list[T]:
    """Those of the rows that are not there."""
    there = await at_once(pointers.load, entries)
    return [entry for entry, row in zip(entries, there, strict=True) if row is None]


async def add_missing[T: Pointer](pointers: Pointers[T], entries: Sequence[T]) -> bool:
    """Write the rows that are missing; tells whether any was. One that is wrong by then is left."""
    lacking = await missing(pointers, entries)
    await at_once(pointers.add, lacking)
    return bool(lacking)


async def forget_if_wrong[T: Pointer](
    pointers: Pointers[T], entry: T, are: Sequence[T], touch: Callable[[], Awaitable[None]] | None
) -> bool:
    """Whether the row is none of those that are right by whom it points at, as just read. If so, touch whom it points
    at, then delete the row as it was read before that; raises Conflict if somebody writes one of them meanwhile.

    A writer that makes it right read whom it points at after the touch, or loses to it and reads again; then it adds
    the row, which is another version of it, and the delete leaves that alone. Of whom nothing is stored there is
    nothing to touch: who repairs looks again.
    """
    if entry in are:
        return False
    if touch is not None:
        await touch()
    await pointers.delete(entry)
    return True
