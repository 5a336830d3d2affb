"""Quarantine: messages that cannot be handled, whole, with the reason; one per distinct queue and body.

Each has a row by its id and, in the same transaction, a row by the time it was first kept, for lists oldest first.
"""

import contextlib
import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.at_once import AT_ONCE, at_once
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import MemberError
from shared.storage import keys
from shared.storage.rows import Form, Noun, RowsOf, packed, unpacked
from shared.storage.store import ANY, Conflict, Row, Span, Table, Write

MAX_ERRORS = 50
MAX_TEXT = 1_000
KEPT, REDRIVEN = "kept", "redriven"
MOST_COUNTED = 100_000
PAGE_BYTES = 1024 * 1024
_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One kept message: ``at`` first kept, ``attempts`` tries before it was, ``count`` times it came."""

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

    @property
    def id(self) -> str:
        return hashlib.sha256(self.queue.encode() + b"\n" + self.body).hexdigest()[:32]

    @property
    def place(self) -> str:
        """Its place in time: the cursor of the page after it."""
        return f"{self.at}~{self.id}"


def _error(value: Mapping[str, str]) -> MemberError:
    """Without what a later version may add."""
    return MemberError(value["path"], value["message"])


_MESSAGES: Final = RowsOf(
    Quarantined,
    Table.QUARANTINE,
    lambda each: (keys.QUARANTINE, keys.quarantined(each.id)),
    sparse=("done_at",),
    forms={
        "errors": Form(
            lambda name, errors: packed(name, json.dumps([each.to_json() for each in errors]).encode()),
            lambda name, found: tuple(map(_error, json.loads(unpacked(name, found)))),
            in_pieces=True,
        )
    },
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages are ``kept``; not ``all`` were looked at if they are very many."""

    kept: int
    all: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A message that is done: ``at`` first kept, put back at ``done_at``; as its ``row`` was read."""

    id: str
    at: str
    done_at: str
    row: Row


class Quarantine(Noun):
    """The quarantine's rows."""

    async def keep(self, message: Quarantined) -> None:
        """Keep the message, or count it once more where it is kept already; raises Conflict on a race."""
        stored = await self.load(message.id)
        if stored is not None:
            again = replace(message, at=stored.at, count=stored.count + 1, unknown=stored.unknown)
            await _MESSAGES.write(self._store, _cut(again), stored.etag)
            return
        by_time = Row(keys.QUARANTINE, keys.quarantined_at(message.at, message.id))
        await self._store.commit(Table.QUARANTINE, [Write(_MESSAGES.row(_cut(message))), Write(by_time)])

    async def load(self, message_id: str) -> Quarantined | None:
        return await _MESSAGES.get(self._store, keys.QUARANTINE, keys.quarantined(message_id))

    async def mark_redriven(self, message: Quarantined, at: str) -> None:
        """Note that it was put back, unless it came again meanwhile."""
        with contextlib.suppress(Conflict):
            await _MESSAGES.write(self._store, replace(message, state=REDRIVEN, done_at=at), message.etag)

    async def done(self, after: str, limit: int) -> tuple[list[Done], str | None]:
        """Of the messages after the id ``after``, those not kept any more; and the id up to which it looked, None at
        the end."""
        key_from = keys.after(after, keys.quarantined(""))
        span = Span(keys.QUARANTINE, key_from=key_from, key_to=keys.quarantined(keys.END))
        rows = await self._store.query(Table.QUARANTINE, span, limit, ["state", "at", "doneAt"])
        ids = [row.key.removeprefix(keys.quarantined("")) for row in rows]
        found = [
            Done(message_id, str(row.properties["at"]), str(row.properties.get("doneAt") or row.properties["at"]), row)
            for message_id, row in zip(ids, rows, strict=True)
            if row.properties["state"] != KEPT
        ]
        return found, ids[-1] if len(rows) == limit else None

    async def delete(self, done: Done) -> None:
        """Delete it with its place in time, unless it came again meanwhile."""
        by_time = Row(keys.QUARANTINE, keys.quarantined_at(done.at, done.id))
        both = [Write(Row(done.row.partition, done.row.key), done.row.etag, True), Write(by_time, ANY, True)]
        with contextlib.suppress(Conflict):
            await self._store.commit(Table.QUARANTINE, both)

    async def count_kept(self) -> Counted:
        """How many messages are kept and not put back; of very many, how many of the first."""
        count, key_from = 0, keys.quarantined("")
        for _ in range(MOST_COUNTED // _COUNTED):
            span = Span(keys.QUARANTINE, key_from=key_from, key_to=keys.quarantined(keys.END))
            rows = await self._store.query(Table.QUARANTINE, span, _COUNTED, ["state"])
            count += sum(row.properties["state"] == KEPT for row in rows)
            if len(rows) < _COUNTED:
                return Counted(count, True)
            key_from = rows[-1].key + keys.NEXT
        return Counted(count, False)

    async def page(self, after: str, limit: int) -> tuple[list[Quarantined], str | None]:
        """Messages oldest first after the cursor ``after``, and the cursor of the next page, if there is one.

        A page ends early where its bodies come to more than a MiB.
        """
        prefix = keys.quarantined_at("", "").rstrip("~") + "~"
        span = Span(keys.QUARANTINE, key_from=keys.after(after, prefix), key_to=prefix + keys.END)
        rows = await self._store.query(Table.QUARANTINE, span, limit + 1, ["RowKey"])
        found: list[Quarantined] = []
        read = 0
        for some in itertools.batched(rows[:limit], AT_ONCE, strict=False):
            messages = await at_once(lambda row: self.load(row.key.rpartition("~")[2]), some)
            found += [message for message in messages if message]
            read += len(some)
            if sum(len(each.body) for each in found) > PAGE_BYTES:
                break
        return found, rows[read - 1].key.removeprefix(prefix) if len(rows) > read else None


def _cut(message: Quarantined) -> Quarantined:
    errors = (MemberError(each.path[:MAX_TEXT], each.message[:MAX_TEXT]) for each in message.errors[:MAX_ERRORS])
    return replace(message, reason=message.reason[:MAX_TEXT], errors=tuple(errors))
