"""Reconciling the quarantine: its lists and its counts held against the messages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from shared.ports import Ports
from shared.storage import keys
from shared.storage.kept_counts import Count, corrected, summed
from shared.storage.quarantined import ENTRIES, KEPT, entries_of
from shared.storage.rows import all_rows
from shared.storage.store import Conflict, Row, Span, Table

_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Partition:
    """A partition as read: messages by id, places in time by key, counts."""

    partition: str
    messages: Mapping[str, Row]
    places: Mapping[str, Row]
    counts: Sequence[Count]

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
        return set[str]().union(
            *(
                entries_of(self.partition, f"{row.text('at')}~{message_id}", row.text("state"), _fault(row))
                for message_id, row in self.messages.items()
            )
        )

    @property
    def kept(self) -> Counter[str]:
        """By fault, without those of none."""
        found = Counter(_fault(row) for row in self.messages.values() if _is_kept(row))
        return found if self.partition in keys.QUARANTINES else Counter()

    @property
    def counted(self) -> Counter[str]:
        return Counter({fault: count for fault, count in summed(self.counts).items() if count})


def _is_kept(row: Row) -> bool:
    return row.properties["state"] == KEPT


def _fault(row: Row) -> str:
    return str(row.properties.get("fault") or "")


async def quarantine_differences(ports: Ports, partition: str) -> list[str]:
    """What is wrong in a partition, in words."""
    found = await _read(ports, partition)
    lines = [f"the list lacks {key}" for key in found.missing]
    lines += [f"the list has {row.key}, and there is no such message" for row in found.surplus]
    if found.kept.total() != found.counted.total():
        lines.append(f"{found.kept.total()} messages are kept, and {found.counted.total()} are counted")
    elif found.kept != found.counted:
        lines.append("the messages are counted under other faults than they have")
    return lines


async def repair_quarantine(ports: Ports, partition: str) -> None:
    """Write what is missing, delete what is too much, count again; raises Conflict while others write all the time."""
    for _ in range(_TRIES):
        found = await _read(ports, partition)
        if await _counts(ports, partition) != found.counts:
            continue  # written meanwhile
        for row in found.surplus:
            await ports.rows.delete(Table.QUARANTINE, row.partition, row.key, row.etag)
        for key in found.missing:
            with suppress(Conflict):  # of a message that came meanwhile
                await ports.rows.write(Table.QUARANTINE, Row(partition, key))
        if found.kept != found.counted:
            await ports.rows.commit(Table.QUARANTINE, corrected(partition, found.counts, found.kept))
        return
    raise Conflict(f"{partition} is written to all the time")


async def _counts(ports: Ports, partition: str) -> list[Count]:
    """None where earlier versions keep their messages."""
    return await ports.quarantine.counts(partition) if partition in keys.QUARANTINES else []


async def _read(ports: Ports, partition: str) -> _Partition:
    """Counts first: a message that comes meanwhile changes one of them. Places before messages: the place of one that
    comes where nothing is counted is not taken for that of none."""
    counts = await _counts(ports, partition)
    places = [row for prefix in ENTRIES for row in await _rows(ports, partition, prefix, ("RowKey",))]
    messages = await _rows(ports, partition, keys.quarantined(""), ("state", "at", "fault"))
    by_id = {row.key.removeprefix(keys.quarantined("")): row for row in messages}
    return _Partition(partition, by_id, {row.key: row for row in places}, counts)


async def _rows(ports: Ports, partition: str, prefix: str, select: Sequence[str] = ()) -> list[Row]:
    span = Span(partition, key_from=prefix, key_to=prefix + keys.END)
    return [row async for row in all_rows(ports.rows, Table.QUARANTINE, span, select)]
