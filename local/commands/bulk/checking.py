"""Checks the rows of a file as the app checks events at the queue, and sorts the events that are right.

Partners come before customers, and the events of one customer, or partner, are together: they wait on the queue at the
same time, and are decided together. Nothing depends on it, since the order of events never changes where facts end.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, Self

from local.commands.backup.meter import Meter
from local.commands.bulk.problems import ProblemsFile
from local.commands.bulk.sorting import Sorter
from local.commands.bulk.sources import Row, Source
from shared.domain.events import Event, parse_event
from shared.errors import MemberError, PermanentError
from shared.ports import Ports
from shared.workflow.event_warnings import is_doubtful, warnings_of

_MOST_WARNINGS = 5
"""Of one row."""
_PARTNER, _CUSTOMER = "1", "2"
"""Before the ids of owners, in this order."""

type Doubts = Callable[[Event], Awaitable[list[MemberError]]]
"""What is probably not meant in an event that is right."""


class Placed(NamedTuple):
    """An event as a line that sorts by owner, fact and time; the last two are its row's number and its JSON."""

    owner: bytes
    kind: bytes
    key: bytes
    time: bytes
    number: bytes
    body: bytes

    @classmethod
    def of(cls, event: Event, row: Row) -> Self:
        owner = f"{_CUSTOMER if event.is_about_customer else _PARTNER}{event.owner_id}"
        said = (owner, event.kind, event.key, event.register.time, f"{row.number:012}")
        one, kind, key, time, number = (text.encode() for text in said)
        return cls(one, kind, key, time, number, row.body)

    @classmethod
    def read(cls, line: bytes) -> Self:
        return cls(*line.removesuffix(b"\n").split(b"\t", 5))

    def line(self) -> bytes:
        return b"\t".join(self) + b"\n"


@dataclass
class Counted:
    """The events to send, and of how many customers and partners they are."""

    events: int = 0
    customers: int = 0
    partners: int = 0

    def counting(self, events: Iterable[Placed]) -> Iterator[bytes]:
        """Their JSON."""
        for owner, of_one in groupby(events, lambda event: event.owner):
            if owner.startswith(_CUSTOMER.encode()):
                self.customers += 1
            else:
                self.partners += 1
            for event in of_one:
                self.events += 1
                yield event.body


async def doubts_by(ports: Ports) -> Doubts:
    """By the rules of the account; without any, nothing is doubtful. Stores nothing."""
    rules = await ports.rule_sets.load()

    async def doubts(event: Event) -> list[MemberError]:
        if rules is None or not is_doubtful(ports, event):
            return []
        return await warnings_of(ports, [("$", event)], _MOST_WARNINGS)

    return doubts


async def check(ports: Ports, source: Source, problems: ProblemsFile, sorter: Sorter, meter: Meter) -> None:
    """Every row either into the sorter or among the problems."""
    doubts = await doubts_by(ports)
    for row in source.rows():
        event = _event(ports, row, problems)
        if event:
            problems.warn(row.number, await doubts(event))
            sorter.add(Placed.of(event, row).line())
        meter.add()


def _event(ports: Ports, row: Row, problems: ProblemsFile) -> Event | None:
    unread = {error.path for error in row.errors}
    try:
        event = parse_event(row.body, ports.now()) if row.body else None
    except PermanentError as fault:
        found = fault.errors or (MemberError("$", fault.reason),)
        problems.refuse(row.number, [*row.errors, *(each for each in found if each.path not in unread)])
        return None
    if row.errors:
        problems.refuse(row.number, row.errors)
        return None
    return event


def in_order(source: Source, problems: ProblemsFile, sorter: Sorter) -> Iterator[Placed]:
    """The events; of rows that the file itself gives no order none, if they say different things of one fact."""
    events = map(Placed.read, sorter.lines())
    if not source.makes_ids:
        yield from events
        return
    for _, same in groupby(events, lambda event: event[:4]):
        if (event := _agreed(same, problems)) is not None:
            yield event


def _agreed(same: Iterator[Placed], problems: ProblemsFile) -> Placed | None:
    """The first of the events of one fact and time; None if the others say otherwise."""
    first, others = next(same), 0
    for other in same:
        if _data(other) != _data(first):
            others += 1
            problems.refuse(int(other.number), [_otherwise(first)])
    if not others:
        return first
    told = f"{others} rows say otherwise of the same fact at the same time: they name this row"
    problems.refuse(int(first.number), [MemberError("$", told)])
    return None


def _otherwise(first: Placed) -> MemberError:
    right = "keep one of them, or give each its own time"
    return MemberError("$", f"row {int(first.number)} says otherwise of the same fact at the same time: {right}")


def _data(event: Placed) -> object:
    return json.loads(event.body)["data"]
