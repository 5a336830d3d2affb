"""Reads what a request needs of the store: each customer, partner and rule set once, however many questions name it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from shared.at_once import AtOnce
from shared.domain.customer_state import CustomerState
from shared.domain.facts import PartnerFact
from shared.domain.partner import Partner
from shared.domain.registers import Kind, partner_fact_of
from shared.errors import PassingError
from shared.ports import Ports
from shared.rule_books import RuleBook, compile_stored
from shared.rules.rule_set import RuleSet
from shared.storage.partners import PartnerState

type FactKey = tuple[Kind, str]
type Standing = Mapping[FactKey, PartnerFact]
_TRIES = 3


class Reading:
    """Reads some rows at a time; ``work`` counts the steps that its answers take, ``looked`` the
    stored facts that they are about."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.work = 0
        self.looked = 0
        self._begun: dict[tuple[str, object], asyncio.Future[Any]] = {}
        self._reads = AtOnce()

    async def customer(self, customer_id: str) -> CustomerState | None:
        """The customer if it was decided at least once."""
        return await self._once("customer", customer_id, lambda: self.ports.customers.head(customer_id))

    async def partners(self, partner_ids: Iterable[str]) -> list[Partner]:
        return await asyncio.gather(*(self._partner(each) for each in partner_ids))

    async def partner_with(self, partner_id: str, facts: Sequence[FactKey]) -> tuple[Partner, Standing]:
        """The partner, and which of these facts of it are stored: both of the same moment."""
        for _ in range(_TRIES):
            state = await self._once("partner", partner_id, lambda: self.ports.partners.load(partner_id))
            rows = await asyncio.gather(*(self._fact(partner_id, *each) for each in facts))
            found = {key: fact for key, fact in zip(facts, rows, strict=True) if fact is not None}
            if not found or await self._is_still(state, facts):
                return state.partner, found
            self._forget(partner_id, facts)
        raise PassingError(f"partner {partner_id} changed {_TRIES} times while it was read")

    async def book(self) -> RuleBook:
        return await self._once("book", "", lambda: self.ports.rule_books.book(None))

    async def rule_set(self, version: int) -> RuleSet | None:
        """Any stored version, in force or not."""
        await self.book()  # the first reading of the rules stores the shipped one
        return await self._once("rule set", version, lambda: self._compiled(version))

    async def _partner(self, partner_id: str) -> Partner:
        return (await self._once("partner", partner_id, lambda: self.ports.partners.load(partner_id))).partner

    async def _fact(self, partner_id: str, kind: Kind, key: str) -> PartnerFact | None:
        row = await self._once(
            "partner fact", (partner_id, kind, key), lambda: self.ports.partners.load_fact(partner_id, kind, key)
        )
        return partner_fact_of(row.kind, row.register.data) if row else None

    async def _is_still(self, state: PartnerState, facts: Sequence[FactKey]) -> bool:
        """Whether the summary read before these facts stands after them."""
        partner_id = state.partner.partner_id
        name = (partner_id, *facts)
        return (
            await self._once("partner again", name, lambda: self.ports.partners.load(partner_id))
        ).etag == state.etag

    def _forget(self, partner_id: str, facts: Sequence[FactKey]) -> None:
        self._begun.pop(("partner", partner_id), None)
        self._begun.pop(("partner again", (partner_id, *facts)), None)
        for each in facts:
            self._begun.pop(("partner fact", (partner_id, *each)), None)

    async def _compiled(self, version: int) -> RuleSet | None:
        stored = await self.ports.rule_sets.version(version)
        return compile_stored(stored) if stored else None

    async def _once[T](self, what: str, name: object, read: Callable[[], Awaitable[T]]) -> T:
        if (what, name) not in self._begun:
            self._begun[what, name] = asyncio.ensure_future(self._reads.one(read))
        found: T = await self._begun[what, name]
        return found
