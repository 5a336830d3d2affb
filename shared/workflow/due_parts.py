"""Goes through the parts of the due rows, each by date in a round of its own; moves rows that lie elsewhere."""

import itertools
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from operator import attrgetter

from shared.at_once import AtOnce, at_once
from shared.domain.recompute import DayCame
from shared.logs import Log
from shared.ports import Ports
from shared.storage import keys
from shared.storage.rounds import Round
from shared.storage.store import Conflict
from shared.storage.work import Due
from shared.workflow.rounds import go_on
from shared.workflow.steps import MESSAGE, send_recompute

PAGE = 1000
PAGE_TAKES = timedelta(seconds=2)
"""At least, of one of many parts: a partition gives 2,000 rows a second to all who read and write it."""
REST = timedelta(minutes=30)
"""After a round of more than a page: within the hour in which the changes of a date are promised."""

_log = Log("sweep")


async def move_due(ports: Ports, longest: timedelta) -> bool:
    """Move due rows to where this process has them, for so long; returns whether none is left."""
    moved = 0

    async def page(after: str) -> str | None:
        nonlocal moved
        rows = await ports.work.due_in(ports.work.other_due_parts, Due.at(after), PAGE)
        moved += await _moved(ports, rows)
        return rows[-1].place if len(rows) == PAGE else None

    finished = await go_on(ports, "due-moved", page, longest)
    if moved or not finished:
        _log.info("due rows moved", rows=moved, finished=finished)
    return finished


async def _moved(ports: Ports, rows: Sequence[Due]) -> int:
    """How many of them were; one that was added again meanwhile is left to the next call."""

    async def one(row: Due) -> int:
        with suppress(Conflict):
            await ports.work.move_due(row)
            return 1
        return 0

    return sum(await at_once(one, rows))


class DueSweep:
    """One call's way through the parts, for so long; ``sent``: of how many customers it sent messages."""

    def __init__(self, ports: Ports, longest: timedelta) -> None:
        self.sent = 0
        self._ports, self._longest = ports, longest
        self._sending = AtOnce()

    async def part(self, part: str) -> Exception | None:
        """Go on with the part's round; gives what it failed with, as the others go on.

        After a round of more than a page the next one of the day waits: what is being worked on is not sent again.
        """
        began: datetime | None = None

        async def page(after: str) -> str | None:
            nonlocal began
            if began is not None and part != keys.DUE:
                await self._ports.pause(max(0.0, (PAGE_TAKES - self._ports.age(began)).total_seconds()))
            began = self._ports.now()
            return await self._page(part, after)

        try:
            await go_on(self._ports, part, page, self._longest, self._rests)
        except Exception as fault:
            return fault
        return None

    def _rests(self, noted: Round) -> bool:
        today = self._ports.today().isoformat()
        return noted.at.startswith(today) and not self._ports.is_older(noted.at, REST)

    async def _page(self, part: str, after: str) -> str | None:
        ports = self._ports
        today, place = ports.today(), Due.at(after)
        if place and place.day > today:  # noted by a clock that was ahead
            place = None
        rows = await ports.work.due(part, today, place, PAGE)
        messages = [
            (some, DayCame(day))
            for day, of_day in itertools.groupby(rows, key=attrgetter("day"))
            for some in itertools.batched((row.customer_id for row in of_day), MESSAGE, strict=False)
        ]
        await self._sending.each(lambda message: send_recompute(ports, *message), messages)
        self.sent += len(rows)
        await _moved(ports, [row for row in rows if not ports.work.is_in_its_part(row)])
        return rows[-1].place if len(rows) == PAGE else None
