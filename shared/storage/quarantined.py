"""A quarantined message as it is stored: its row, and the rows that lists find it by.

Each has a row by its id, one by the time it was first kept, and one by that time among those of its state. While it is
kept, that is waits for somebody, it has one more by its fault. All are in one partition and are written in one
transaction.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from shared.domain.quarantine_faults import fault_of, named_in
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import MemberError
from shared.storage import keys
from shared.storage.rows import Form, RowsOf, packed, unpacked
from shared.storage.store import Row, Table

MAX_ERRORS = 50
MAX_TEXT = 1_000
MAX_TRAIL = 10
"""Endings of a message that stay; of more, the last."""
KEPT, REDRIVEN, RESUBMITTED, CLOSED = "kept", "redriven", "resubmitted", "closed"
STATES: Final = (KEPT, REDRIVEN, RESUBMITTED, CLOSED)
ENTRIES = (keys.QUARANTINED_AT, keys.OF_FAULT, *map(keys.in_state, STATES))
"""Where the keys begin of the rows that lists find messages by."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a message was done: ``state`` since ``at``, by whom (empty: not known), for what ``reason`` it was closed, or
    under which id the corrected message would be kept."""

    state: str
    at: str
    by: str = ""
    verified: bool = False
    reason: str = ""
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One message: ``at`` first kept and ``last_at`` last, ``attempts`` tries before it was, ``count`` times it came.

    One that is done and comes again is kept again; ``trail`` says how it was done before.
    """

    queue: str
    body: bytes
    at: str
    reason: str
    errors: tuple[MemberError, ...]
    attempts: int
    count: int = 1
    state: str = KEPT
    etag: str = ""
    unknown: Unknown = NOTHING
    done_at: str = ""
    last_at: str = ""
    """Empty if it came once, or if an earlier version kept it again."""
    fault: str = ""
    """The group it is, or was, counted in; empty in rows of earlier versions."""
    trail: tuple[Ending, ...] = ()
    partition: str = ""
    """Where its rows are; empty until it is kept."""

    @property
    def id(self) -> str:
        return id_of(self.queue, self.body)

    @property
    def place(self) -> str:
        """Its place in time: the cursor of the page after it."""
        return f"{self.at}~{self.id}"

    @property
    def last(self) -> str:
        """When it came last, as far as is known."""
        return self.last_at or self.at

    @property
    def is_counted(self) -> bool:
        """Not in the partition of earlier versions."""
        return self.state == KEPT and self.partition in keys.QUARANTINES

    def faulty(self) -> str:
        """The group it belongs to, by what is known of it now."""
        return fault_of(self.reason, self.errors, named_in(self.body)[1])

    def ended(self, ending: Ending) -> "Quarantined":
        return replace(self, state=ending.state, done_at=ending.at, trail=(*self.trail, ending)[-MAX_TRAIL:])

    def cut(self) -> "Quarantined":
        errors = (MemberError(each.path[:MAX_TEXT], each.message[:MAX_TEXT]) for each in self.errors[:MAX_ERRORS])
        return replace(self, reason=self.reason[:MAX_TEXT], errors=tuple(errors))


def id_of(queue: str, body: bytes) -> str:
    return hashlib.sha256(queue.encode() + b"\n" + body).hexdigest()[:32]


def entries(message: Quarantined) -> set[str]:
    """Keys of the rows that lists find it by."""
    return entries_of(message.partition, message.place, message.state, message.fault)


def entries_of(partition: str, place: str, state: str, fault: str) -> set[str]:
    """Earlier versions know the time alone; a kept message that they gave no fault is in no other list yet."""
    prefixes = {keys.QUARANTINED_AT}
    if partition in keys.QUARANTINES and (fault or state != KEPT):
        prefixes.add(keys.in_state(state))
        if state == KEPT:
            prefixes.add(keys.of_fault(fault))
    return {prefix + place for prefix in prefixes}


def entry(message: Quarantined, key: str, named: tuple[str, str]) -> Row:
    """One of those rows; of what the message's event names, so that a list can pass it over unread."""
    source, of_type = named
    return Row(message.partition, key, {"source": source, "type": of_type})


def _error(value: Mapping[str, str]) -> MemberError:
    """Without what a later version may add."""
    return MemberError(value["path"], value["message"])


def _ending(value: Mapping[str, object]) -> Ending:
    """The same."""
    text = {name: str(value.get(name, "")) for name in ("state", "at", "by", "reason", "corrected")}
    return Ending(**text, verified=value.get("verified") is True)


MESSAGES: Final = RowsOf(
    Quarantined,
    Table.QUARANTINE,
    lambda each: (each.partition, keys.quarantined(each.id)),
    sparse=("done_at", "last_at", "fault"),
    in_key={"partition": lambda row: row.partition},
    forms={
        "errors": Form(
            lambda name, errors: packed(name, json.dumps([each.to_json() for each in errors]).encode()),
            lambda name, found: tuple(map(_error, json.loads(unpacked(name, found)))),
            in_pieces=True,
        ),
        "trail": Form(
            lambda name, trail: packed(name, json.dumps([asdict(each) for each in trail]).encode()) if trail else {},
            lambda name, found: tuple(map(_ending, json.loads(unpacked(name, found) or b"[]"))),
            in_pieces=True,
        ),
    },
)
