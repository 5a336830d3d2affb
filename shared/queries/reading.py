"""What one request reads of the store, each customer, partner and rule set once, however many questions name it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from shared.domain.customer_state import CustomerState
from shared.domain.facts import PartnerFact
from shared.domain.partner import Partner
from shared.domain.registers import Kind, partner_fact_of
from shared.ports import Ports
from shared.rule_books import RuleBook, compile_stored
from shared.rules.rule_set import RuleSet

AT_ONCE = 16

type PartnerFacts = Mapping[tuple[Kind, str], PartnerFact]


class Reading:
    """Reads at most ``AT_ONCE`` rows at a time; ``pairs`` counts what its answers have to explain."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.pairs = 0
        self._begun: dict[tuple[str, object], asyncio.Future[Any]] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def customer(self, customer_id: str) -> CustomerState | None:
        """The customer if it was decided at least once."""
        return await self._once("customer", customer_id, lambda: self.ports.customers.head(customer_id))

    async def partners(self, partner_ids: Iterable[str]) -> list[Partner]:
        return await asyncio.gather(*(self._partner(each) for each in partner_ids))

    async def partner_facts(self, partner_id: str) -> PartnerFacts:
        """Every stored fact of a partner by kind and key."""
        return await self._once("partner facts", partner_id, lambda: self._facts(partner_id))

    async def book(self) -> RuleBook:
        return await self._once("book", "", lambda: self.ports.rule_books.book(None))

    async def rule_set(self, version: int) -> RuleSet | None:
        """Any stored version, in force or not."""
        await self.book()  # the first reading of the rules stores the shipped one
        return await self._once("rule set", version, lambda: self._compiled(version))

    async def _partner(self, partner_id: str) -> Partner:
        return (await self._once("partner", partner_id, lambda: self.ports.partners.load(partner_id))).partner

    async def _facts(self, partner_id: str) -> PartnerFacts:
        return {
            (row.kind, row.key): partner_fact_of(row.kind, row.register.data)
            async for row in self.ports.partners.facts(partner_id)
        }

    async def _compiled(self, version: int) -> RuleSet | None:
        stored = await self.ports.rule_sets.version(version)
        return compile_stored(stored) if stored else None

    async def _once[T](self, what: str, name: object, read: Callable[[], Awaitable[T]]) -> T:
        if (what, name) not in self._begun:
            self._begun[what, name] = asyncio.ensure_future(self._in_turn(read))
        found: T = await self._begun[what, name]
        return found

    async def _in_turn[T](self, read: Callable[[], Awaitable[T]]) -> T:
        async with self._turn:
            return await read()
