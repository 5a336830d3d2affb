"""What becomes of events that are applied together, in the order of their stamps; each end is a line of the log."""

from collections.abc import Callable, Sequence

from shared.domain.events import Event
from shared.domain.registers import Register
from shared.logs import Entry

APPLIED, UNCHANGED, ERASED = "applied", "unchanged", "erased"
REPEATED, OUTRANKED = "repeated", "outranked"
"""Why an event changed nothing: it was applied before, or its register keeps a greater one."""

type Take = Callable[[], Sequence[Event]]
"""The events of one owner to apply, those that came since it was last called included."""

_APPLIED = Entry({"result": APPLIED})
OF_ERASED = Entry({"result": ERASED})
"""Of an event from before its customer was erased: it is not stored."""
_REPEATED = Entry({"result": UNCHANGED, "because": REPEATED})


def by_stamp(events: Sequence[Event]) -> Sequence[Event]:
    return sorted(events, key=lambda event: event.register.stamp) if len(events) > 1 else events


def end_of(event: Event, kept: Register) -> Entry:
    """What became of an event whose register now keeps ``kept``: which other event, if not this one."""
    mine = event.register
    if kept is mine:
        return _APPLIED
    if (mine.time, mine.source, mine.id, mine.data) == (kept.time, kept.source, kept.id, kept.data):
        return _REPEATED
    by = {"byId": kept.id, "bySource": kept.source, "byTime": kept.time}
    return Entry({"result": UNCHANGED, "because": OUTRANKED, **by})
