"""Counts the kept messages of the quarantine, all and by fault, without reading them.

A partition has several counts. A change draws one of them by chance and is written in the transaction of the message's
own row, so that few writers meet and none is counted without its message. Only their sum says something.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.at_once import at_once
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.rows import Form, Noun, RowsOf, packed, unpacked
from shared.storage.store import Row, Span, Store, Table, Write

COUNTS = 16
"""Of a partition."""
MAX_FAULTS = 100
"""Named in a count; a message of one more is of OTHER."""
OTHER = "other faults"


@dataclass(frozen=True, slots=True)
class Count:
    """``kept``: of the partition's messages, those counted here; below zero if more of them ended here than began.

    ``faults``: how many of them have which fault; messages of earlier versions have none.
    """

    partition: str
    number: int
    kept: int = 0
    faults: tuple[tuple[str, int], ...] = ()
    etag: str = ""
    unknown: Unknown = NOTHING

    def named(self, fault: str) -> str:
        """The name under which this counts one more of a fault."""
        has_room = len(self.faults) < MAX_FAULTS or fault in dict(self.faults)
        return fault if has_room else OTHER

    def moved(self, was: str | None, now: str | None) -> Write:
        """What writes this with a message that was kept with that fault and is now with this one; None: it is not kept,
        empty: it has no fault."""
        faults = Counter(dict(self.faults))
        if was:
            faults[was] -= 1
        if now:
            faults[now] += 1
        some = tuple(sorted((fault, count) for fault, count in faults.items() if count))
        kept = self.kept + (now is not None) - (was is not None)
        return Write(_COUNTS.row(replace(self, kept=kept, faults=some)), self.etag or None)


_COUNTS: Final = RowsOf(
    Count,
    Table.QUARANTINE,
    lambda each: (each.partition, keys.kept_count(each.partition, each.number)),
    in_key={"partition": lambda row: row.partition, "number": lambda row: int(row.key.rpartition("~")[2])},
    forms={
        "faults": Form(
            lambda name, faults: packed(name, json.dumps(dict(faults)).encode()) if faults else {},
            lambda name, found: tuple(json.loads(unpacked(name, found) or b"{}").items()),
            in_pieces=True,
        )
    },
)


def read_count(row: Row) -> Count:
    return _COUNTS.read(row)


def summed(counts: Sequence[Count]) -> Counter[str]:
    """How many are kept by the counts of a partition, by fault; under the empty one those that have none."""
    found: Counter[str] = Counter()
    for each in counts:
        found.update(dict(each.faults))
    found[""] = sum(each.kept for each in counts) - found.total()
    return found


def corrected(partition: str, counts: Sequence[Count], right: Counter[str]) -> list[Write]:
    """What makes these counts' sum the right one, if none of them is written meanwhile."""
    first, *others = counts or [Count(partition, 0)]
    missing = Counter(right)
    missing.subtract(summed(counts))
    faults = Counter(dict(first.faults))
    faults.update({fault: count for fault, count in missing.items() if fault})
    some = tuple(sorted((fault, count) for fault, count in faults.items() if count))
    whole = replace(first, kept=first.kept + missing.total(), faults=some)
    return [Write(_COUNTS.row(each), each.etag or None) for each in (whole, *others)]


class KeptCounts(Noun):
    """The counts' rows."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        super().__init__(store)
        self._chance = chance

    async def drawn(self, partition: str) -> Count:
        """One of the partition's counts, as it is stored."""
        number = self._chance.randrange(COUNTS)
        stored = await _COUNTS.get(self._store, partition, keys.kept_count(partition, number))
        return stored or Count(partition, number)

    async def of(self, partition: str) -> list[Count]:
        first = keys.kept_counts(partition)
        span = Span(partition, key_from=first, key_to=first + keys.END)
        return await _COUNTS.page(self._store, span, COUNTS)

    async def of_all(self) -> Counter[str]:
        """How many are kept, by fault; under the empty one those that have none."""
        found: Counter[str] = Counter()
        for counts in await at_once(self.of, keys.QUARANTINES):
            found += summed(counts)  # without those below one
        return found
