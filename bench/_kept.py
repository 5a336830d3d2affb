"""How many partners a customer that is decided again has read: the real ``Gathering`` over partners drawn by size.

The k-th largest partner has customers in proportion to 1 / k ** s; s is what gives the largest its number. A process
decides customers at its rate, in an order that has nothing to do with their partners.
"""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from bench._load import Programme
from shared.domain.partner import Partner
from shared.gathering import KEPT_FOR, Gathering
from shared.storage.partners import Partners, PartnerState

LEAST_CUSTOMERS = 6_000
"""Decided to see it; more if the time for which a partner is kept is that of more, as then all are read again."""


def sizes(programme: Programme) -> list[float]:
    """Each partner's share of all attachments, the largest first."""
    wanted = programme.largest / (programme.customers * programme.each)
    low, high = 0.0, 4.0
    for _ in range(40):
        exponent = (low + high) / 2
        shares = _shares(programme.partners, exponent)
        low, high = (exponent, high) if shares[0] < wanted else (low, exponent)
    return shares


def _shares(partners: int, exponent: float) -> list[float]:
    weights = [number**-exponent for number in range(1, partners + 1)]
    whole = sum(weights)
    return [each / whole for each in weights]


class _Partners:
    """Has every partner, and counts who is read."""

    def __init__(self) -> None:
        self.reads = 0

    async def load(self, partner_id: str) -> PartnerState:
        self.reads += 1
        return PartnerState(Partner(partner_id))


def reads_each(shares: Sequence[float], each: int, a_second: float) -> float:
    """Reads of partners by a customer with ``each`` of them, in a process that decides so many customers a second."""
    return asyncio.run(_reads_each(shares, each, a_second))


async def _reads_each(shares: Sequence[float], each: int, a_second: float) -> float:
    now, chance, partners = datetime(2026, 6, 1, tzinfo=UTC), Random(1), _Partners()
    gathering = Gathering(cast(Partners, partners), lambda: now)
    names = [f"P-{number}" for number in range(len(shares))]
    upper = list(itertools.accumulate(shares))
    customers = max(LEAST_CUSTOMERS, int(KEPT_FOR.total_seconds() * a_second))
    for _ in range(customers):
        now += timedelta(seconds=1 / a_second)
        chosen = dict.fromkeys(chance.choices(names, cum_weights=upper, k=each))
        await gathering.partners(chosen, dict.fromkeys(chosen, 0))
    return partners.reads / customers
