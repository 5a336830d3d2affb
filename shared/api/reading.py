"""Reads what a request needs of the store: each customer, partner and rule set once, however many questions name it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from shared.at_once import AtOnce
from shared.domain.facts import Fact, Kind, fact_of
from shared.domain.gathered import PartnerFacts
from shared.domain.partner import Partner
from shared.errors import PassingError
from shared.ports import Ports
from shared.rule_books import compile_stored
from shared.rules.rule_set import RuleSet

type FactKey = tuple[Kind, str]
_TRIES = 3


class _Once[K: Hashable, V]:
    """Reads what a key names when it is first asked for."""

    def __init__(self, reads: AtOnce, read: Callable[[K], Awaitable[V]]) -> None:
        self._reads, self._read = reads, read
        self._begun: dict[K, asyncio.Future[V]] = {}

    async def __call__(self, key: K) -> V:
        if key not in self._begun:
            self._begun[key] = asyncio.ensure_future(self._reads.one(lambda: self._read(key)))
        return await self._begun[key]

    def forget(self, key: K) -> None:
        self._begun.pop(key, None)


class Reading:
    """Reads some rows at a time; ``work`` counts the steps that its answers take, ``looked`` the
    stored facts that they are about."""

    def __init__(self, ports: Ports) -> None:
        reads = AtOnce()
        self.ports = ports
        self.work = 0
        self.looked = 0
        self.customer = _Once(reads, ports.customers.head)
        self.book = _Once(reads, ports.rule_books.book)
        self._compiled = _Once(reads, self._compile)
        self._partner = _Once(reads, ports.partners.load)
        self._partner_after = _Once(reads, self._load_after)
        self._fact = _Once(reads, self._load_fact)

    async def partner(self, partner_id: str) -> Partner:
        return (await self._partner(partner_id)).partner

    async def partner_with(self, partner_id: str, facts: tuple[FactKey, ...]) -> tuple[Partner, PartnerFacts]:
        """The partner, and which of these facts of it are stored: both of the same moment."""
        for _ in range(_TRIES):
            state = await self._partner(partner_id)
            rows = await asyncio.gather(*(self._fact((partner_id, each)) for each in facts))
            found = {key: fact for key, fact in zip(facts, rows, strict=True) if fact is not None}
            if not found or await self._partner_after((partner_id, facts)) == state.etag:
                return state.partner, found
            self._partner.forget(partner_id)
            self._partner_after.forget((partner_id, facts))
            for each in facts:
                self._fact.forget((partner_id, each))
        raise PassingError(f"partner {partner_id} changed {_TRIES} times while it was read")

    async def rule_set(self, version: int) -> RuleSet | None:
        """A stored version, in force or not."""
        await self.book(None)  # the first reading of the rules stores the shipped one
        return await self._compiled(version)

    async def _compile(self, version: int) -> RuleSet | None:
        stored = await self.ports.rule_sets.version(version)
        return compile_stored(stored) if stored else None

    async def _load_after(self, read: tuple[str, tuple[FactKey, ...]]) -> str | None:
        """The ETag of the partner's summary after these facts of it were read."""
        return (await self.ports.partners.load(read[0])).etag

    async def _load_fact(self, fact: tuple[str, FactKey]) -> Fact | None:
        partner_id, (kind, key) = fact
        row = await self.ports.partners.load_fact(partner_id, kind, key)
        return fact_of(row.kind, row.register.data) if row else None
