"""Reads the partners that decisions need, each once, and at least as new as the evidence already used.

One reader serves one attempt at one customer, or one page of customers with partners in common.
"""

import asyncio
from collections.abc import Iterable, Mapping

from shared.at_once import AtOnce
from shared.domain.cause import Cause
from shared.domain.partner import Partner
from shared.errors import WentBackError
from shared.storage.partners import Partners


class Gathering:
    """Partner summaries read so far."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._read: dict[str, Partner] = {}
        self.causes: dict[str, Cause | None] = {}
        self._reads = AtOnce()

    async def partners(self, partner_ids: Iterable[str], seen: Mapping[str, int]) -> dict[str, Partner]:
        """The partners by id; one not yet ``seen`` is read again: its index row may be newer than the last read."""
        found = await asyncio.gather(*(self.partner(each, seen.get(each)) for each in partner_ids))
        return {partner.partner_id: partner for partner in found}

    async def partner(self, partner_id: str, at_least: int | None) -> Partner:
        kept = self._read.get(partner_id)
        if kept is not None and at_least is not None and kept.revision >= at_least:
            return kept
        state = await self._reads.one(lambda: self._partners.load(partner_id))
        partner = state.partner
        if at_least is not None and partner.revision < at_least:
            raise WentBackError(partner_id, at_least, partner.revision)
        self._read[partner_id] = partner
        self.causes[partner_id] = state.cause
        return partner
