"""Finds the partners of a page of a list: of whom anything is stored, or to whom a customer is or was attached; and how
many customers they work for."""

import asyncio
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from shared.at_once import at_once
from shared.domain.customer_state import CustomerState
from shared.domain.facts import Kind
from shared.domain.named import folded
from shared.ports import Ports
from shared.storage import keys
from shared.storage.names import in_key
from shared.workflow.population.survey import MOST_NAMES

MOST_READ = 1000
"""Rows read to count the customers of partners, for one answer, where nobody was counted yet."""
MOST_READ_BESIDE = 3
"""The same, where the last survey has counted: those of partners of few customers, which it leaves out of very many."""


async def ids_of_partners(ports: Ports, owner: str, after: str, limit: int) -> Sequence[str]:
    """The next ids after one, of more partners than are in the list; those that may have an ``owner``, if one is
    given."""
    if owner:
        (partition,) = keys.NAMED_PARTNERS
        return await ports.names.owned(partition, in_key(folded(owner)), after, limit)
    stored, attached = await asyncio.gather(ports.partners.ids(after, limit), ports.indexes.ids(after, limit))
    return list(dict.fromkeys(heapq.merge(stored, attached)))[:limit]


async def attached_now(ports: Ports, partner_id: str, customer_ids: Sequence[str]) -> list[CustomerState]:
    """Those attached now: the index also names those that once were."""
    states = await at_once(ports.customers.head, customer_ids)
    return [state for state in states if state and partner_id in state.customer.partner_ids]


@dataclass(frozen=True, slots=True)
class Attached:
    """How many customers a partner works for, or more; counted at that time by the last survey, or now (None)."""

    customers: int
    is_at_least: bool = False
    counted_at: str | None = None


class Counts:
    """How many customers partners work for, for one answer: as the last survey counted, or by reading them, in at most
    so many reads that are ``left``."""

    def __init__(self, ports: Ports, counted_at: str | None, found: Mapping[str, Mapping[str, int]]) -> None:
        self._ports, self._counted_at, self._found = ports, counted_at, found
        self._has_all = counted_at is not None and len(found) < MOST_NAMES
        self._left = MOST_READ_BESIDE if counted_at else MOST_READ

    @property
    def left(self) -> int:
        return max(0, self._left)

    @property
    def are_of_now(self) -> bool:
        """Nobody was counted yet."""
        return self._counted_at is None

    @classmethod
    async def load(cls, ports: Ports) -> Self:
        last = await ports.statistics.last()
        return cls(ports, last.counted_at if last else None, last.found["byPartner"] if last else {})

    def knows(self, partner_id: str) -> bool:
        """Whether the last survey found customers of it."""
        return partner_id in self._found

    async def lacks(self, partner_id: str, kind: Kind) -> bool:
        """Whether no fact of that kind, of which a partner has one at most, is stored of it."""
        self._left -= 1
        return await self._ports.partners.load_fact(partner_id, kind, "") is None

    async def any_of(self, partner_id: str) -> bool:
        """Whether customers are, or were, attached to it."""
        self._left -= 1
        return bool(await self._ports.indexes.attached(partner_id, "", 1))

    async def of(self, partner_id: str, most: int) -> Attached:
        """If it has to read, at most so many customers."""
        if self._has_all or partner_id in self._found:
            return Attached(sum(self._found.get(partner_id, {}).values()), counted_at=self._counted_at)
        most = min(most, self.left - 1)
        if most <= 0:
            return Attached(0, is_at_least=True)
        indexed = await self._ports.indexes.attached(partner_id, "", most + 1)
        self._left -= 1 + min(len(indexed), most)
        now = await attached_now(self._ports, partner_id, indexed[:most])
        return Attached(len(now), is_at_least=len(indexed) > most)
