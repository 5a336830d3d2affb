"""Reads the partners that decisions need, each once, and at least as new as the evidence already used.

One reader serves one attempt at one customer, or all recompute messages of a process, which have partners in common: a
partner that was read up to half a minute ago decides other customers too. A customer whose evidence, or a message whose
reason, names a later revision has it read again, and so has a customer whose evidence does not name it yet. What a
decision by an older revision got wrong the fan-out of the newer one puts right (``docs/decisions/0094``).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from shared.at_once import AtOnce, all_of
from shared.domain.cause import Cause
from shared.domain.partner import Partner
from shared.errors import WentBackError
from shared.storage.partners import Partners, PartnerState

KEPT_FOR = timedelta(seconds=30)
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
        if epoch > self._epoch:
            self._forget()
            self._epoch = epoch
        found = await all_of(self.partner(each, seen.get(each)) for each in partner_ids)
        return {state.partner.partner_id: state.partner for state in found}

    async def partner(self, partner_id: str, at_least: int | None) -> PartnerState:
        """Of revision ``at_least``; None always reads. Raises WentBackError."""
        if at_least is not None and (kept := self._kept(partner_id)) and kept.partner.revision >= at_least:
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

    def _kept(self, partner_id: str) -> PartnerState | None:
        state, read_at = self._read.get(partner_id, (None, None))
        return state if read_at and abs(self._now() - read_at) < KEPT_FOR else None

    def _keep(self, partner_id: str, state: PartnerState, read_at: datetime, epoch: int) -> None:
        kept = self._kept(partner_id)
        if epoch != self._epoch or (kept and kept.partner.revision > state.partner.revision):
            return  # other calls have read what is newer meanwhile
        self._drop(partner_id)
        self._read[partner_id] = state, read_at
        self._entries += state.partner.entries
        while len(self._read) > 1 and (len(self._read) > MOST or self._entries > MOST_ENTRIES):
            self._drop(next(iter(self._read)))

    def _drop(self, partner_id: str) -> None:
        if partner_id in self._read:
            self._entries -= self._read.pop(partner_id)[0].partner.entries

    def _forget(self) -> None:
        self._read.clear()
        self._entries = 0
