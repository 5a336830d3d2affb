"""Quarantine: messages that cannot be handled, whole, with the reason; one per distinct queue and body.

Ids spread them over partitions, each of which counts those that are kept, in all and by fault, in the transaction that
keeps or ends one (``kept_counts.py``).

Earlier versions know one partition, without counts. Its messages stay readable; ``move_old`` moves them.
"""

import contextlib
import random
from dataclasses import dataclass, replace

from shared.at_once import at_once
from shared.domain.quarantine_faults import named_in
from shared.storage import keys
from shared.storage.quarantine_lists import ALL, QuarantineLists
from shared.storage.quarantined import KEPT, MESSAGES, Ending, Quarantined, entries, entries_of, entry
from shared.storage.store import ANY, Conflict, Row, Span, Store, Table, Write


@dataclass(frozen=True, slots=True)
class Done:
    """A message that is done: ``at`` first kept, in its ``state`` since ``done_at``; as its ``row`` was read."""

    id: str
    at: str
    state: str
    done_at: str
    row: Row


@dataclass(frozen=True, slots=True)
class Passed:
    """A part of all messages: those ``done``, the ids of those kept that have no fault yet, and the place up to which
    it goes, None at the end."""

    done: list[Done]
    without_fault: list[str]
    place: str | None


class Quarantine(QuarantineLists):
    """The quarantine's rows; ``is_old``: an earlier version may run, which reads one partition alone."""

    def __init__(self, store: Store, chance: random.Random | None = None, *, is_old: bool = False) -> None:
        super().__init__(store, chance)
        self._is_old = is_old

    async def keep(self, message: Quarantined) -> None:
        """Keep the message, or count it once more where it is kept already; raises Conflict on a race."""
        partition = keys.QUARANTINE if self._is_old else keys.quarantine(message.id)
        stored = await MESSAGES.get(self._store, partition, keys.quarantined(message.id))
        await self._keep(stored, replace(message, partition=partition))

    async def _keep(self, stored: Quarantined | None, message: Quarantined) -> None:
        """Anew, or over the one stored, which it counts too."""
        if stored is not None:
            message = replace(
                message,
                at=stored.at,
                last_at=max(stored.last, message.last),
                count=stored.count + message.count,
                unknown=stored.unknown,
                trail=(*stored.trail, *message.trail),
            )
        await self._put(stored, message.cut())

    async def _put(self, stored: Quarantined | None, message: Quarantined) -> None:
        """In one transaction: the message, the rows that lists find it by, and a count if there is another to count."""
        was = stored.fault if stored and stored.is_counted else None
        now = message.faulty() if message.is_counted else None
        counts = []
        if was != now:
            count = await self._counts.drawn(message.partition)
            now = count.named(now) if now is not None else None
            counts = [count.moved(was, now)]
        if now is not None:
            message = replace(message, fault=now)
        row = Write(MESSAGES.row(message), stored.etag if stored else None)
        await self._store.commit(Table.QUARANTINE, [row, *_entries_moved(stored, message), *counts])

    async def end(self, message: Quarantined, ending: Ending) -> None:
        """Note how it was done, unless it came again meanwhile; raises Conflict if only the count was written.

        One that was moved meanwhile is marked where it is now.
        """
        try:
            await self._put(message, message.ended(ending))
        except Conflict:
            stored = await self.load(message.id)
            if stored and stored.etag == message.etag:
                raise
            if stored and stored.partition != message.partition and _is_same(stored, message):
                await self.end(stored, ending)

    async def forget(self, message: Quarantined) -> None:
        """Delete it whatever its state, with the rows that lists find it by; raises Conflict if it changed since."""
        counts = []
        if message.is_counted:
            counts = [(await self._counts.drawn(message.partition)).moved(message.fault, None)]
        await self._store.commit(Table.QUARANTINE, [*_deletions(_known(message), entries(message)), *counts])

    async def name_fault(self, message_id: str) -> None:
        """Put a kept message of an earlier version into its group."""
        stored = await MESSAGES.get(self._store, keys.quarantine(message_id), keys.quarantined(message_id))
        if stored and stored.is_counted and not stored.fault:
            with contextlib.suppress(Conflict):  # the next round looks again
                await self._put(stored, stored)

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
        message = await MESSAGES.get(self._store, row.partition, row.key)
        if message is None:
            return
        home = replace(message, partition=keys.quarantine(message.id))
        stored = await MESSAGES.get(self._store, home.partition, keys.quarantined(message.id))
        with contextlib.suppress(Conflict):  # the next call looks again
            if stored is None or (stored.state != KEPT and message.state == KEPT):
                await self._keep(stored, home)
            await self._store.commit(Table.QUARANTINE, _deletions(_known(message), entries(message)))

    async def passed(self, after: str, limit: int) -> Passed:
        """The messages after a place, one partition after the other; a place of earlier versions names none."""
        partition, _, message_id = after.rpartition("~")
        partition = partition if partition in ALL else keys.QUARANTINE
        key_from = keys.after(message_id, keys.quarantined(""))
        span = Span(partition, key_from=key_from, key_to=keys.quarantined(keys.END))
        rows = await self._store.query(Table.QUARANTINE, span, limit, ["state", "at", "doneAt", "fault"])
        done = [_done(row) for row in rows if row.properties["state"] != KEPT]
        kept = [row for row in rows if row.properties["state"] == KEPT and partition in keys.QUARANTINES]
        without = [_id(row) for row in kept if not row.properties.get("fault")]
        if len(rows) == limit:
            return Passed(done, without, f"{partition}~{_id(rows[-1])}")
        others = ALL[ALL.index(partition) + 1 :]
        return Passed(done, without, f"{others[0]}~" if others else None)

    async def delete(self, done: Done) -> None:
        """Delete it, unless it came again meanwhile."""
        with contextlib.suppress(Conflict):
            found_by = entries_of(done.row.partition, f"{done.at}~{done.id}", done.state, "")
            await self._store.commit(Table.QUARANTINE, _deletions(done.row, found_by))


def _entries_moved(stored: Quarantined | None, message: Quarantined) -> list[Write]:
    """Of the rows that lists find it by, those that come and those that go."""
    before, after = entries(stored) if stored else set[str](), entries(message)
    named = named_in(message.body) if after - before else ("", "")
    come = [Write(entry(message, key, named)) for key in sorted(after - before)]
    return come + [Write(Row(message.partition, key), ANY, True) for key in sorted(before - after)]


def _known(message: Quarantined) -> Row:
    """Its row as it was read, by key and version."""
    return Row(message.partition, keys.quarantined(message.id), etag=message.etag)


def _deletions(row: Row, found_by: set[str]) -> list[Write]:
    """Of a message's row, of this version alone, and of those that lists find it by."""
    others = [Write(Row(row.partition, key), ANY, True) for key in sorted(found_by)]
    return [Write(row, row.etag, True), *others]


def _id(row: Row) -> str:
    return row.key.removeprefix(keys.quarantined(""))


def _done(row: Row) -> Done:
    at = row.text("at")
    return Done(_id(row), at, row.text("state"), str(row.properties.get("doneAt") or at), row)


def _is_same(stored: Quarantined, message: Quarantined) -> bool:
    """Whether it is stored as it was kept then and has not come again."""
    return (stored.state, stored.place, stored.count) == (message.state, message.place, message.count)
