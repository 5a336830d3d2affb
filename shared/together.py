"""Lets calls about one owner that wait at the same time be served together: the first leads and takes the others along.

An owner nobody waits for costs nothing. A call ends with what came of its own item. If the leader's serving fails, all
that it took fail with it; if the leader is cancelled, the next call leads, with the others as if they had just come.

Whatever ends a leader: the turn of each call it took is ended or given back to the line, and the line has a new leader
or is gone. A call that ends while it waits leaves no turn that could be chosen.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence

MOST = 64
"""Items served together; a partner's, with its summary, are rows of one transaction, which takes 100."""


class _Place[Item, End]:
    """A call's place in its owner's line; ``turn`` ends with what came of the item, or with None: it leads now."""

    __slots__ = ("item", "turn")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.turn: asyncio.Future[End | Exception | None] = asyncio.get_running_loop().create_future()


class Group[Item, End]:
    """The items that one call serves, its own first."""

    def __init__(self, item: Item, line: deque[_Place[Item, End]]) -> None:
        self.items = [item]
        self.others: list[_Place[Item, End]] = []
        self._line = line

    def take(self) -> Sequence[Item]:
        """Take along what waits now; gives all items taken so far."""
        while self._line and len(self.items) < MOST:
            place = self._line.popleft()
            if not place.turn.done():  # its call was cancelled
                self.others.append(place)
                self.items.append(place.item)
        return self.items


class Together[Owner: Hashable, Item, End]:
    """The lines of all owners; one per process and event loop."""

    def __init__(self) -> None:
        self._lines: dict[Owner, deque[_Place[Item, End]]] = {}

    async def served(
        self, owner: Owner, item: Item, serve: Callable[[Group[Item, End]], Awaitable[Sequence[End | Exception]]]
    ) -> End:
        """What came of the item, by this call's ``serve`` or by another's, which gives one end for each of the group's
        items, in their order; raises the end that is an exception, or what ``serve`` raised."""
        line = self._lines.get(owner)
        if line is None:
            line = self._lines[owner] = deque()
        elif (end := await self._turn(owner, line, item)) is not None:
            return _given(end)
        group: Group[Item, End] = Group(item, line)
        try:
            ends = await serve(group)
            _end(group, ends[1:])
        except Exception as fault:
            _end(group, [fault] * len(group.others))
            raise
        except BaseException:
            line.extendleft(reversed(group.others))
            raise
        else:
            return _given(ends[0])
        finally:
            self._pass_on(owner, line)

    async def _turn(self, owner: Owner, line: deque[_Place[Item, End]], item: Item) -> End | Exception | None:
        place: _Place[Item, End] = _Place(item)
        line.append(place)
        try:
            return await place.turn
        except BaseException:
            place.turn.cancel()  # where that was not what ended the call: nobody may choose it to lead
            if not place.turn.cancelled() and place.turn.result() is None:  # it was chosen and ends at once
                self._pass_on(owner, line)
            raise

    def _pass_on(self, owner: Owner, line: deque[_Place[Item, End]]) -> None:
        """The next call that still waits leads."""
        while line:
            place = line.popleft()
            if not place.turn.done():
                place.turn.set_result(None)
                return
        del self._lines[owner]


def _end[Item, End](group: Group[Item, End], ends: Sequence[End | Exception]) -> None:
    for place, end in list(zip(group.others, ends, strict=True)):  # raises before any of them ends
        if not place.turn.done():
            place.turn.set_result(end)


def _given[End](end: End | Exception) -> End:
    if isinstance(end, Exception):
        raise end
    return end
