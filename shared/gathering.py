"""Reads the partners that decisions need, each once, and at least as new as the evidence already used.

One reader serves one attempt at one customer, or all recompute messages of a process, which have partners in common: a
partner that was read decides other customers too, and a customer may have copies of its own. A customer whose evidence,
or a message whose reason, names a later revision has it read again, and so has a customer whose evidence does not name
it yet. What a decision by an older revision got wrong the fan-out of the newer one puts right (``docs/decisions/0094``,
``0116``).
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from shared.at_once import AtOnce, all_of
from shared.domain.cause import Cause
from shared.domain.partner import Partner
from shared.domain.partner_copies import Copy
from shared.errors import WentBackError
from shared.storage.partners import Partners, PartnerState, of_copy
from shared.storage.rows import DamagedError

KEPT_FOR = timedelta(minutes=5)
MOST = 4_000
MOST_ENTRIES = 60_000
"""Partners kept at a time, and entries of all their lists, about 20 MiB; one that alone has more is kept alone."""


class Gathering:
    """Partner summaries read so far; those read first go first when there are too many."""

    def __init__(self, partners: Partners, now: Callable[[], datetime]) -> None:
        self._partners, self._now = partners, now
        self._read: dict[str, tuple[PartnerState, datetime]] = {}
        self._entries = 0
        self._epoch = 0
        self._reads = AtOnce()

    async def partners(self, partner_ids: Iterable[str], seen: Mapping[str, int], epoch: int = 0) -> dict[str, Partner]:
        """The partners by id, for a decision by the rules of ``epoch``, which no partner was read before; one not yet
        ``seen`` is read again: its index row may be newer than the last read."""
        self.begin(epoch)
        found = await all_of(self.partner(each, seen.get(each)) for each in partner_ids)
        return {state.partner.partner_id: state.partner for state in found}

    def begin(self, epoch: int) -> None:
        """What was kept before rules of a later epoch were seen is forgotten."""
        if epoch > self._epoch:
            self._read.clear()
            self._entries = 0
            self._epoch = epoch

    async def partner(self, partner_id: str, at_least: int | None) -> PartnerState:
        """Of revision ``at_least``; None always reads. Raises WentBackError."""
        if kept := self.kept(partner_id, at_least):
            return kept
        begun = self._now(), self._epoch
        state = await self._reads.one(lambda: self._partners.load(partner_id))
        if at_least is not None and state.partner.revision < at_least:
            raise WentBackError(partner_id, at_least, state.partner.revision)
        self._keep(partner_id, state, *begun)
        return state

    async def cause(self, partner_id: str, revision: int) -> Cause:
        """What made that revision of a partner, or the later one that is stored."""
        return (await self.partner(partner_id, revision)).cause or Cause({})

    def kept(self, partner_id: str, at_least: int | None) -> PartnerState | None:
        """If it is of that revision or a later one; None if it has to be read."""
        state, read_at = self._read.get(partner_id, (None, None))
        if state is None or at_least is None or state.partner.revision < at_least:
            return None
        return state if read_at and abs(self._now() - read_at) < KEPT_FOR else None

    def _keep(self, partner_id: str, state: PartnerState, read_at: datetime, epoch: int) -> None:
        if epoch != self._epoch or self.kept(partner_id, state.partner.revision + 1):
            return  # other calls have read what is newer meanwhile
        self._drop(partner_id)
        self._read[partner_id] = state, read_at
        self._entries += state.partner.entries
        while len(self._read) > 1 and (len(self._read) > MOST or self._entries > MOST_ENTRIES):
            self._drop(next(iter(self._read)))

    def _drop(self, partner_id: str) -> None:
        if partner_id in self._read:
            self._entries -= self._read.pop(partner_id)[0].partner.entries


class WithCopies:
    """Partners for one customer that has ``copies`` of some: of the revision in its evidence, or they are not used.

    Copies are not kept for others: a small partner has few customers, and there are many of these partners.
    """

    def __init__(self, gathering: Gathering, copies: Mapping[str, Copy]) -> None:
        self._gathering, self._copies = gathering, copies

    async def partners(self, partner_ids: Iterable[str], seen: Mapping[str, int], epoch: int = 0) -> dict[str, Partner]:
        """As ``Gathering`` gives them: kept, copied or read."""
        self._gathering.begin(epoch)
        found = await all_of(self._one(each, seen.get(each)) for each in partner_ids)
        return {each.partner_id: each for each in found}

    async def _one(self, partner_id: str, at_least: int | None) -> Partner:
        copy = self._copies.get(partner_id)
        if copy and copy.revision == at_least and not self._gathering.kept(partner_id, at_least):
            with suppress(DamagedError):
                return of_copy(partner_id, copy)
        return (await self._gathering.partner(partner_id, at_least)).partner
