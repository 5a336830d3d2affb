"""Lists of the quarantine: oldest first over all partitions, of a state, a source, a type or a fault."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from shared.at_once import AT_ONCE, at_once
from shared.domain.quarantine_faults import named_in
from shared.storage import keys
from shared.storage.kept_counts import Count, KeptCounts
from shared.storage.quarantined import KEPT, MESSAGES, Quarantined
from shared.storage.rows import Noun
from shared.storage.store import Row, Span, Store, Table

PAGE_BYTES = 1024 * 1024
READ_BYTES = 4 * PAGE_BYTES
"""Of bodies that a page looks at."""
LOOKED_AT = 400
"""Places that a page looks at for messages that are wanted: a page may be short, or empty, and go on."""
MOST_COUNTED = 100_000
_COUNTED = 1_000
ALL = (keys.QUARANTINE, *keys.QUARANTINES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages a list has; empty: any."""

    state: str = ""
    source: str = ""
    type: str = ""
    fault: str = ""

    @property
    def has_names(self) -> bool:
        return bool(self.source or self.type)

    def may_be(self, row: Row) -> bool:
        """By the row that a list finds it by; those of earlier versions say nothing."""
        return all(
            not wanted or row.properties.get(name, wanted) == wanted
            for name, wanted in (("source", self.source), ("type", self.type))
        )

    def includes(self, message: Quarantined) -> bool:
        if (self.state and message.state != self.state) or (self.fault and message.fault != self.fault):
            return False
        source, of_type = named_in(message.body) if self.has_names else ("", "")
        return self.source in ("", source) and self.type in ("", of_type)

    def prefix(self, partition: str) -> str:
        """Where a partition's rows of such messages begin."""
        if self.fault:
            return keys.of_fault(self.fault)
        is_indexed = self.state and partition in keys.QUARANTINES
        return keys.in_state(self.state) if is_indexed else keys.QUARANTINED_AT


EVERY = Wanted()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages are ``kept``; not ``all`` were looked at if very many are left of earlier versions.

    ``faults`` says how many of them have which; the others have none.
    """

    kept: int
    all: bool
    faults: tuple[tuple[str, int], ...] = ()


class QuarantineLists(Noun):
    """What is read of the quarantine."""

    def __init__(self, store: Store, chance: Random | None = None) -> None:
        super().__init__(store)
        self._counts = KeptCounts(store, chance or Random())

    async def load(self, message_id: str) -> Quarantined | None:
        """One that is done may be kept again in the other partition: then it is that one."""
        done = None
        for partition in (keys.quarantine(message_id), keys.QUARANTINE):
            found = await MESSAGES.get(self._store, partition, keys.quarantined(message_id))
            if found and found.state == KEPT:
                return found
            done = done or found
        return done

    async def count_kept(self) -> Counted:
        """How many messages are kept, by fault; of very many of earlier versions, how many of the first."""
        old, is_all = await self._count_old()
        faults = await self._counts.of_all()
        kept = old + faults.total()
        return Counted(kept, is_all, tuple((fault, count) for fault, count in faults.most_common() if fault))

    async def counts(self, partition: str) -> list[Count]:
        """As they are stored."""
        return await self._counts.of(partition)

    async def _count_old(self) -> tuple[int, bool]:
        count, key_from = 0, keys.quarantined("")
        for _ in range(MOST_COUNTED // _COUNTED):
            span = Span(keys.QUARANTINE, key_from=key_from, key_to=keys.quarantined(keys.END))
            rows = await self._store.query(Table.QUARANTINE, span, _COUNTED, ["state"])
            count += sum(row.properties["state"] == KEPT for row in rows)
            if len(rows) < _COUNTED:
                return count, True
            key_from = rows[-1].key + keys.NEXT
        return count, False

    async def page(self, after: str, limit: int, wanted: Wanted = EVERY) -> tuple[list[Quarantined], str | None]:
        """Messages oldest first after the cursor ``after``, and the cursor of the next page, if there may be one.

        A page ends early where its bodies come to more than a MiB, or where it has looked at very many others.
        """
        most = limit if wanted == EVERY else max(limit, LOOKED_AT)
        places = await self._places(after, most + 1, wanted.prefix)
        found: list[Quarantined] = []
        looked, size, passed = after, 0, 0
        while some := places[passed : min(most, passed + (AT_ONCE if passed else min(AT_ONCE, limit)))]:
            passed += len(some)
            rows = [row for _, row in some if wanted.may_be(row)]
            by_key = {message.place: message for message in await at_once(self._at, rows) if message}
            for place, _ in some:
                message, looked = by_key.get(place), place
                size += len(message.body) if message else 0
                if message and wanted.includes(message):
                    found.append(message)
                if len(found) == limit:
                    break
            if len(found) == limit or sum(len(each.body) for each in found) > PAGE_BYTES or size > READ_BYTES:
                break
        return found, looked if places and looked != places[-1][0] else None

    async def _places(self, after: str, most: int, prefix_of: Callable[[str], str]) -> list[tuple[str, Row]]:
        """The next places in time, of all partitions."""

        async def one(partition: str) -> list[tuple[str, Row]]:
            prefix = prefix_of(partition)
            span = Span(partition, key_from=keys.after(after, prefix), key_to=prefix + keys.END)
            rows = await self._store.query(Table.QUARANTINE, span, most, ["source", "type"])
            return [(row.key.removeprefix(prefix), row) for row in rows]

        # One whose move ended in the middle is in two partitions.
        by_place = dict(itertools.chain(*await at_once(one, ALL)))
        return sorted(by_place.items(), key=lambda each: each[0])[:most]

    async def _at(self, row: Row) -> Quarantined | None:
        return await MESSAGES.get(self._store, row.partition, keys.quarantined(row.key.rpartition("~")[2]))
