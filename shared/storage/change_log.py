"""The change log: who did what that is not an event, when and why, newest first in one range of keys.

An entry about the rules is written in the transaction that changes them: the log is in the partition of their rows.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Noun, RowsOf, delete_some
from shared.storage.store import Row, Span, Table

DRAFTED, ACTIVATED, RETIRED, APPROVED = "drafted", "activated", "retired", "approved"
REDRIVEN, RESUBMITTED, CLOSED, IMPORTED = "redriven", "resubmitted", "closed", "imported"
GRANTED, REVOKED, ERASED = "granted", "revoked", "erased"
_OF_MESSAGES: Final = (REDRIVEN, RESUBMITTED, CLOSED)
ACTIONS: Final = (DRAFTED, APPROVED, ACTIVATED, RETIRED, GRANTED, REVOKED, *_OF_MESSAGES, IMPORTED, ERASED)
RULE_SET, CUSTOMER, MESSAGE, FAULT, FILE = "rule-set", "customer", "message", "fault", "file"
KINDS: Final = (RULE_SET, CUSTOMER, MESSAGE, FAULT, FILE)
"""What an action is done to."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """``action`` done to the ``subject`` of a ``kind``, by whom (empty: not known) and ``why``; to ``count`` of many.

    ``epoch`` is that of the rules that an approval was given at, or a change made; ``detail`` says what the other
    members do not; ``mark`` tells it from others of the same millisecond. One that is not ``done`` was begun, and it is
    not known whether it took effect.
    """

    at: str
    action: str
    kind: str
    subject: str
    by: str = ""
    verified: bool = False
    why: str = ""
    detail: str = ""
    count: int = 1
    epoch: int = 0
    done: bool = True
    mark: str = ""
    etag: str = ""
    unknown: Unknown = NOTHING

    @property
    def place(self) -> str:
        """Its place in the log: the cursor of the page after it."""
        milliseconds = _milliseconds(datetime.fromisoformat(self.at))
        told = "\n".join((self.action, self.kind, self.subject, self.by, self.detail, str(self.epoch), self.mark))
        digest = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return keys.logged(milliseconds, digest).removeprefix(keys.LOGGED)


_ROWS: Final = RowsOf(
    LogEntry,
    Table.RULES,
    lambda each: (keys.RULES, keys.LOGGED + each.place),
    sparse=("why", "detail", "count", "epoch", "done", "mark"),
)


def log_row(entry: LogEntry) -> Row:
    return _ROWS.row(entry)


class ChangeLog(Noun):
    """The rows of the log."""

    async def enter(self, entry: LogEntry) -> LogEntry:
        """Insert it; raises Conflict."""
        return replace(entry, etag=await _ROWS.write(self._store, entry))

    async def save(self, entry: LogEntry) -> None:
        """Write over the version that was entered; raises Conflict."""
        await _ROWS.write(self._store, entry, entry.etag)

    async def drop(self, entry: LogEntry) -> None:
        """What was begun did not happen."""
        await _ROWS.drop(self._store, entry, entry.etag)

    async def page(self, before: str, limit: int) -> list[LogEntry]:
        """Newest first, older than the place ``before``."""
        span = Span(keys.RULES, key_from=keys.after(before, keys.LOGGED), key_to=keys.LOGGED + keys.END)
        return await _ROWS.page(self._store, span, limit)

    async def delete_older(self, than: datetime, most: int) -> bool:
        """Delete so many of the entries older than that; tells whether none is left."""
        span = Span(keys.RULES, key_from=keys.logged(_milliseconds(than)), key_to=keys.LOGGED + keys.END)
        return await delete_some(self._store, Table.RULES, span, most)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
