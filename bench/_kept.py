"""How many partners a customer that is decided again has read: the real ``Gathering`` over partners drawn by size.

The k-th largest partner has customers in proportion to 1 / k ** s; s is what gives the largest its number. A process
decides customers at its rate, in an order that has nothing to do with their partners. It begins with nothing kept, as
after a change of rules. Customers have copies of partners that work for few.
"""

import asyncio
import itertools
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from bench._load import Programme
from shared.domain.partner import Partner
from shared.domain.partner_copies import Copy
from shared.gathering import KEPT_FOR, Gathering, WithCopies
from shared.storage.partners import Partners, PartnerState

LEAST_CUSTOMERS = 6_000
"""Decided to see it; more if the time for which a partner is kept is that of more, as then all are read again."""
SMALL = 300
"""Customers of a partner that is copied: if each gave it an eligible deployment on a day of its own, its summary would
take 1.8 KB, a third of what a customer copies."""


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


def small_from(shares: Sequence[float], programme: Programme) -> int:
    """The place of the first partner that is copied, the largest being the first of all."""
    return bisect_left(shares, -SMALL / (programme.customers * programme.each), key=lambda share: -share)


def reads_each(shares: Sequence[float], small: int, each: int, a_second: float, customers: float) -> float:
    """Reads of partners by a customer with ``each`` of them, in a process that decides so many customers, so many a
    second; customers have copies of the partners from ``small`` on."""
    return asyncio.run(_reads_each(shares, small, each, a_second, customers))


async def _reads_each(shares: Sequence[float], small: int, each: int, a_second: float, whole: float) -> float:
    now, chance, partners = datetime(2026, 6, 1, tzinfo=UTC), Random(1), _Partners()
    gathering = Gathering(cast(Partners, partners), lambda: now)
    names = [f"P-{number}" for number in range(len(shares))]
    copies = dict.fromkeys(names[small:], Copy(0, 0, b""))
    upper = list(itertools.accumulate(shares))
    customers = int(min(whole, max(LEAST_CUSTOMERS, KEPT_FOR.total_seconds() * a_second)))
    for _ in range(customers):
        now += timedelta(seconds=1 / a_second)
        chosen = dict.fromkeys(chance.choices(names, cum_weights=upper, k=each))
        of_customer = {name: copies[name] for name in chosen if name in copies}
        await WithCopies(gathering, of_customer).partners(chosen, dict.fromkeys(chosen, 0))
    return partners.reads / customers
