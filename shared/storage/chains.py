"""Stores the chains of a fan-out over everybody: parts of it that go on side by side.

Each goes over a share of the population index's partitions, one over the directory. The fan-out's own row stays as it
was until all are over: a version that knows no chains goes on with that, from the start.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.storage.heads import Place, Share
from shared.storage.rows import Noun, RowsOf
from shared.storage.store import ANY, Conflict, Span, Table, Write

DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Chain:
    """One part of the fan-out that has this id and began at ``since``; ``name`` is that of its share or ``DIRECTORY``.

    Those up to ``after`` in ``partition`` (none of the directory) have been handed on, ``handed_on`` in number. By its
    share of the pace the next ones are at ``next_at``.
    """

    fan_out_id: str
    name: str
    since: str
    at: str
    partition: str = ""
    after: str = ""
    handed_on: int = 0
    next_at: str = ""
    over: bool = False
    etag: str = field(default=ANY, compare=False)
    unknown: Unknown = NOTHING

    @classmethod
    def of(cls, fan_out: FanOut, at: str, shares: int) -> "list[Chain]":
        """Those that a fan-out is split into at a time."""
        names = [*(share.name for share in Share.all(shares)), DIRECTORY]
        return [cls(fan_out.id, name, fan_out.since, at) for name in names]

    @property
    def share(self) -> Share:
        return Share.named(self.name)

    @property
    def place(self) -> Place | None:
        return Place(self.partition, self.after) if self.after else None

    @property
    def is_begun(self) -> bool:
        return self.over or bool(self.after)


_ROWS: Final = RowsOf(
    Chain, Table.WORK, lambda each: (keys.chains(each.fan_out_id), keys.chain(each.fan_out_id, each.name))
)
_END = keys.chains(f"~{keys.END}")
"""Each id begins with ``~``: it is of no partner."""


class Chains(Noun):
    """The rows of chains."""

    async def open(self, chains: Sequence[Chain]) -> None:
        """All of a fan-out, or raises Conflict if one of them is there."""
        await self._store.commit(Table.WORK, [Write(_ROWS.row(each)) for each in chains])

    async def get(self, fan_out_id: str, name: str) -> Chain | None:
        return await _ROWS.get(self._store, keys.chains(fan_out_id), keys.chain(fan_out_id, name))

    async def of(self, fan_out_id: str) -> list[Chain]:
        """All, or none: they come and go together."""
        return [each async for each in _ROWS.all_of(self._store, Span(keys.chains(fan_out_id)))]

    async def next_id(self, after: str) -> str | None:
        """Of the fan-outs that have chains, one after the other by id."""
        span = Span(partition_from=keys.after(after, keys.CHAINS), partition_to=_END)
        rows = await self._store.query(Table.WORK, span, 1, ["RowKey"])
        return rows[0].partition.removeprefix(keys.CHAINS) if rows else None

    async def advance(self, chain: Chain) -> str:
        """Note its progress over the version read; gives the new ETag or raises Conflict."""
        return await _ROWS.write(self._store, chain, chain.etag)

    async def close(self, chains: Sequence[Chain]) -> None:
        """Delete them as they were read; if one was written since, all stay."""
        if chains:
            with suppress(Conflict):
                writes = [Write(_ROWS.row(each), each.etag, deletes=True) for each in chains]
                await self._store.commit(Table.WORK, writes)
