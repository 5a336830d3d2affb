"""Quarantine: messages that cannot be handled, whole, with the reason; one per distinct queue and body.

Each has a row by its id and, in the same transaction, a row by the time it was first kept, for lists oldest first. Ids
spread them over partitions, each of which counts those that are kept in the same transaction (``kept_counts.py``).

Earlier versions know one partition, without counts. Its messages stay readable; ``move_old`` moves them.
"""

import contextlib
import hashlib
import itertools
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.at_once import AT_ONCE, at_once
from shared.domain.unknown import NOTHING, Unknown
from shared.errors import MemberError
from shared.storage import keys
from shared.storage.kept_counts import KeptCounts
from shared.storage.rows import Form, Noun, RowsOf, packed, unpacked
from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Write

MAX_ERRORS = 50
MAX_TEXT = 1_000
KEPT, REDRIVEN = "kept", "redriven"
MOST_COUNTED = 100_000
PAGE_BYTES = 1024 * 1024
_COUNTED = 1_000
_ALL = (keys.QUARANTINE, *keys.QUARANTINES)


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
    partition: str = ""
    """Where its rows are; empty until it is kept."""

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
    lambda each: (each.partition, keys.quarantined(each.id)),
    sparse=("done_at",),
    in_key={"partition": lambda row: row.partition},
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
    """How many messages are ``kept``; not ``all`` were looked at if very many are left of earlier versions."""

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
    """The quarantine's rows; ``is_old``: an earlier version may run, which reads one partition alone."""

    def __init__(self, store: Store, chance: random.Random | None = None, *, is_old: bool = False) -> None:
        super().__init__(store)
        self._counts = KeptCounts(store, chance or random.Random())
        self._is_old = is_old

    async def keep(self, message: Quarantined) -> None:
        """Keep the message, or count it once more where it is kept already; raises Conflict on a race."""
        partition = keys.QUARANTINE if self._is_old else keys.quarantine(message.id)
        stored = await _MESSAGES.get(self._store, partition, keys.quarantined(message.id))
        await self._write(stored, replace(message, partition=partition))

    async def _write(self, stored: Quarantined | None, message: Quarantined) -> None:
        """Over the one stored, which it counts too, or anew."""
        by_time = []
        if stored is None:
            by_time = [Write(Row(message.partition, keys.quarantined_at(message.at, message.id)))]
        else:
            message = replace(message, at=stored.at, count=stored.count + message.count, unknown=stored.unknown)
        more = (message.state == KEPT) - (stored is not None and stored.state == KEPT)
        row = Write(_MESSAGES.row(_cut(message)), stored.etag if stored else None)
        await self._store.commit(Table.QUARANTINE, [row, *by_time, *await self._counting(message.partition, more)])

    async def _counting(self, partition: str, more: int) -> list[Write]:
        return [await self._counts.write(partition, more)] if more and partition in keys.QUARANTINES else []

    async def load(self, message_id: str) -> Quarantined | None:
        """One put back before may be kept again in the other partition: then it is that one."""
        done = None
        for partition in (keys.quarantine(message_id), keys.QUARANTINE):
            found = await _MESSAGES.get(self._store, partition, keys.quarantined(message_id))
            if found and found.state == KEPT:
                return found
            done = done or found
        return done

    async def mark_redriven(self, message: Quarantined, at: str) -> None:
        """Note that it was put back, unless it came again meanwhile; raises Conflict if only the count was written.

        One that was moved meanwhile is marked where it is now.
        """
        row = Write(_MESSAGES.row(replace(message, state=REDRIVEN, done_at=at)), message.etag)
        less = -1 if message.state == KEPT else 0
        try:
            await self._store.commit(Table.QUARANTINE, [row, *await self._counting(message.partition, less)])
        except Conflict:
            stored = await self.load(message.id)
            if stored and stored.etag == message.etag:
                raise
            if stored and stored.partition != message.partition and _is_same(stored, message):
                await self.mark_redriven(stored, at)

    async def move_old(self, limit: int) -> int:
        """Move so many messages of earlier versions to where they belong; gives how many there were."""
        if self._is_old:
            return 0
        span = Span(keys.QUARANTINE, key_from=keys.quarantined(""), key_to=keys.quarantined(keys.END))
        rows = await self._store.query(Table.QUARANTINE, span, limit, ["RowKey"])
        await at_once(self._move, rows)
        return len(rows)

    async def _move(self, row: Row) -> None:
        """One that is there already was kept again since, or its move ended before its old rows were deleted."""
        message = await _MESSAGES.get(self._store, row.partition, row.key)
        if message is None:
            return
        home = replace(message, partition=keys.quarantine(message.id))
        stored = await _MESSAGES.get(self._store, home.partition, keys.quarantined(message.id))
        with contextlib.suppress(Conflict):  # the next call looks again
            if stored is None or (stored.state != KEPT and message.state == KEPT):
                await self._write(stored, home)
            await self._delete(message.partition, message.id, message.at, message.etag)

    async def _delete(self, partition: str, message_id: str, at: str, etag: str) -> None:
        """Both rows of a message of that version."""
        by_id = Row(partition, keys.quarantined(message_id))
        by_time = Row(partition, keys.quarantined_at(at, message_id))
        await self._store.commit(Table.QUARANTINE, [Write(by_id, etag, True), Write(by_time, ANY, True)])

    async def done(self, after: str, limit: int) -> tuple[list[Done], str | None]:
        """Of the messages after a place, those not kept any more; and the place up to which it looked, None at the end.

        It goes through one partition after the other; a place of earlier versions names none.
        """
        partition, _, message_id = after.rpartition("~")
        partition = partition if partition in _ALL else keys.QUARANTINE
        key_from = keys.after(message_id, keys.quarantined(""))
        span = Span(partition, key_from=key_from, key_to=keys.quarantined(keys.END))
        rows = await self._store.query(Table.QUARANTINE, span, limit, ["state", "at", "doneAt"])
        ids = [row.key.removeprefix(keys.quarantined("")) for row in rows]
        found = [
            Done(message_id, str(row.properties["at"]), str(row.properties.get("doneAt") or row.properties["at"]), row)
            for message_id, row in zip(ids, rows, strict=True)
            if row.properties["state"] != KEPT
        ]
        if len(rows) == limit:
            return found, f"{partition}~{ids[-1]}"
        others = _ALL[_ALL.index(partition) + 1 :]
        return found, f"{others[0]}~" if others else None

    async def delete(self, done: Done) -> None:
        """Delete it with its place in time, unless it came again meanwhile."""
        with contextlib.suppress(Conflict):
            await self._delete(done.row.partition, done.id, done.at, done.row.etag)

    async def count_kept(self) -> Counted:
        """How many messages are kept and not put back; of very many of earlier versions, how many of the first."""
        old = await self._count_old()
        return replace(old, kept=old.kept + await self._counts.of_all())

    async def _count_old(self) -> Counted:
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
        prefix = keys.QUARANTINED_AT

        async def places(partition: str) -> list[Row]:
            span = Span(partition, key_from=keys.after(after, prefix), key_to=prefix + keys.END)
            return await self._store.query(Table.QUARANTINE, span, limit + 1, ["RowKey"])

        # One whose move ended in the middle is in two partitions.
        by_key = {row.key: row for row in itertools.chain(*await at_once(places, _ALL))}
        rows = [by_key[key] for key in sorted(by_key)[: limit + 1]]
        found: list[Quarantined] = []
        read = 0
        for some in itertools.batched(rows[:limit], AT_ONCE, strict=False):
            found += [message for message in await at_once(self._at_place, some) if message]
            read += len(some)
            if sum(len(each.body) for each in found) > PAGE_BYTES:
                break
        return found, rows[read - 1].key.removeprefix(prefix) if len(rows) > read else None

    async def _at_place(self, row: Row) -> Quarantined | None:
        return await _MESSAGES.get(self._store, row.partition, keys.quarantined(row.key.rpartition("~")[2]))


def _is_same(stored: Quarantined, message: Quarantined) -> bool:
    """Whether it is stored as it was kept then and has not come again."""
    return (stored.state, stored.place, stored.count) == (message.state, message.place, message.count)


def _cut(message: Quarantined) -> Quarantined:
    errors = (MemberError(each.path[:MAX_TEXT], each.message[:MAX_TEXT]) for each in message.errors[:MAX_ERRORS])
    return replace(message, reason=message.reason[:MAX_TEXT], errors=tuple(errors))
