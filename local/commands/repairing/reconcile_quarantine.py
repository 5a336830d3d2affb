"""Reconciling the quarantine: its lists and its counts held against the messages."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.ports import Ports
from shared.storage import keys
from shared.storage.quarantine import KEPT
from shared.storage.rows import all_rows
from shared.storage.store import Conflict, Row, Span, Table, Write

_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Partition:
    """A partition as read: messages by id, places in time by key, counts."""

    messages: Mapping[str, Row]
    places: Mapping[str, Row]
    counts: Sequence[Row]

    @property
    def missing(self) -> list[str]:
        """The places that messages should have and do not."""
        return sorted(self._right - self.places.keys())

    @property
    def surplus(self) -> list[Row]:
        """The places of no message."""
        return [self.places[key] for key in sorted(self.places.keys() - self._right)]

    @property
    def _right(self) -> set[str]:
        return {keys.quarantined_at(row.text("at"), message_id) for message_id, row in self.messages.items()}

    @property
    def kept(self) -> int:
        return sum(row.properties["state"] == KEPT for row in self.messages.values())

    @property
    def counted(self) -> int:
        return sum(row.number("kept") for row in self.counts)


async def quarantine_differences(ports: Ports, partition: str) -> list[str]:
    """What is wrong in a partition, in words."""
    found = await _read(ports, partition)
    lines = [f"the list lacks {key}" for key in found.missing]
    lines += [f"the list has {row.key}, and there is no such message" for row in found.surplus]
    if partition in keys.QUARANTINES and found.kept != found.counted:
        lines.append(f"{found.kept} messages are kept, and {found.counted} are counted")
    return lines


async def repair_quarantine(ports: Ports, partition: str) -> None:
    """Write what is missing, delete what is too much, count again; raises Conflict while others write all the time."""
    for _ in range(_TRIES):
        found = await _read(ports, partition)
        if await _rows(ports, partition, keys.kept_counts(partition)) != found.counts:
            continue  # written meanwhile
        for row in found.surplus:
            await ports.rows.delete(Table.QUARANTINE, row.partition, row.key, row.etag)
        for key in found.missing:
            with suppress(Conflict):  # of a message that came meanwhile
                await ports.rows.write(Table.QUARANTINE, Row(partition, key))
        if partition in keys.QUARANTINES and found.kept != found.counted:
            await _count(ports, found, partition)
        return
    raise Conflict(f"{partition} is written to all the time")


async def _count(ports: Ports, found: _Partition, partition: str) -> None:
    """In the first count, and only over the counts that were read."""
    first, *others = found.counts or [Row(partition, keys.kept_count(partition, 0), {"kept": 0})]
    right = {**first.properties, "kept": first.number("kept") + found.kept - found.counted}
    writes = [Write(Row(first.partition, first.key, right), first.etag or None)]
    writes += [Write(Row(row.partition, row.key, row.properties), row.etag) for row in others]
    await ports.rows.commit(Table.QUARANTINE, writes)


async def _read(ports: Ports, partition: str) -> _Partition:
    """Counts first: a message that comes meanwhile changes one of them. Places before messages: the place of one that
    comes where nothing is counted is not taken for that of none."""
    counts = await _rows(ports, partition, keys.kept_counts(partition))
    places = await _rows(ports, partition, keys.QUARANTINED_AT, ("RowKey",))
    messages = await _rows(ports, partition, keys.quarantined(""), ("state", "at"))
    by_id = {row.key.removeprefix(keys.quarantined("")): row for row in messages}
    return _Partition(by_id, {row.key: row for row in places}, counts)


async def _rows(ports: Ports, partition: str, prefix: str, select: Sequence[str] = ()) -> list[Row]:
    span = Span(partition, key_from=prefix, key_to=prefix + keys.END)
    return [row async for row in all_rows(ports.rows, Table.QUARANTINE, span, select)]
