"""What it takes to decide many customers again: finding them (a walk), and each of them, for every reason there is.

A walk is what the steps of a fan-out, or the timer of due dates, do until every customer is in a message. It is
measured over two numbers of customers, with as many handlers as there are steps at a time. What the second takes more
is what each customer more takes.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Any

from bench._again import DecidedAgain, Everybody, Walked
from bench._counted import PARTNER, CountedWorld, Place, Profile
from bench._day import HANDLERS, NOW
from shared.domain.recompute import CUSTOMERS_PER_MESSAGE, Reason, Recompute, parse_recompute
from shared.messaging.sender import Queue
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.store import Table
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from shared.workflow.receive_event import receive_event
from shared.workflow.recompute import recompute
from shared.workflow.sweep import sweep_due
from tests import events

THE_PARTNER = "P-of-all"
LAST_DAY = date(2026, 8, 31)
MOST_DECIDED = 600
"""Customers of each reason that are decided again to see what that takes: so many fill the partitions of an index."""
GROUPS = 5
DATE, RULES, A_PARTNER = "a rule date", "an activation", "a partner's change"


def group_of(customers: int) -> int:
    """So many are decided again for a reason, where there are so many customers or twice as many."""
    return min(MOST_DECIDED, customers // (2 * GROUPS))


def customer(number: int) -> str:
    return f"C-{number:07}"


async def programme(customers: int, poor: int) -> CountedWorld:
    """All of one partner. The first, who are ``poor``, spend too little for today's rules, the others enough until a
    date."""
    world = CountedWorld(NOW)
    world.owners.customers = {customer(number) for number in range(customers)}
    world.owners.partners = {THE_PARTNER}
    await world.post(*events.qualified(THE_PARTNER))
    for number in range(customers):
        more: dict[str, Any] = {"amount": "250000"} if number < poor else {"endsOn": LAST_DAY.isoformat()}
        name = customer(number)
        bodies = [events.spend(name, **more), events.project(name), events.attached(name, THE_PARTNER)]
        await asyncio.gather(*(receive_event(world.ports, body, 1) for body in bodies))
    world.sent.queues[Queue.NOTIFICATIONS].clear()
    return world


async def everybody(customers: int, latency: float) -> Everybody:
    """Of half as many and of so many customers; a call takes ``latency`` seconds."""
    walked: dict[str, Walked] = {name: Walked() for name in (A_PARTNER, RULES, DATE)}
    decided: dict[str, DecidedAgain] = {}
    group = group_of(customers)
    for number in (customers // 2, customers):
        measuring = _Measuring(await programme(number, group), number, group, latency)
        for reason, measure in ((A_PARTNER, measuring.partner), (RULES, measuring.rules), (DATE, measuring.due)):
            walk, decided[reason] = await measure()
            walked[reason].walks.append(walk)
    return Everybody(walked, decided)


class _Measuring:
    """One programme; each group of customers is decided again once, so that one reason leaves the others theirs."""

    def __init__(self, world: CountedWorld, customers: int, group: int, latency: float) -> None:
        self._world, self._customers, self._latency = world, customers, latency
        self._groups = batched((customer(number) for number in range(customers)), group, strict=False)
        self._poor = next(self._groups)

    async def partner(self) -> tuple[Profile, DecidedAgain]:
        silver = events.certified(THE_PARTNER, level="silver", time="2026-03-01T12:00:00Z")
        walk, stays = await self._walk(lambda: receive_event(self._world.ports, silver, 1))
        stay = await self._decided(next(self._groups), stays)
        lost = events.certified(THE_PARTNER, level="none", time="2026-03-02T00:00:00Z")
        _, changes = await self._walk(lambda: receive_event(self._world.ports, lost, 1))
        change = await self._decided(next(self._groups), changes)
        again = events.certified(THE_PARTNER, time="2026-03-03T00:00:00Z")
        await self._walk(lambda: receive_event(self._world.ports, again, 1))
        return walk, DecidedAgain(stay, change)

    async def rules(self) -> tuple[Profile, DecidedAgain]:
        document = json.loads(SHIPPED.read_bytes())
        document["criteria"]["criteria"][0]["amount"] = "200000"
        draft = await store_draft(self._world.ports, parse_document(document), ChangeNote("bench", "less spend"))
        walk, reason = await self._walk(lambda: activate(self._world.ports, draft.version))
        change = await self._decided(self._poor, reason)
        return walk, DecidedAgain(await self._decided(next(self._groups), reason), change)

    async def due(self) -> tuple[Profile, DecidedAgain]:
        self._world.now = datetime.combine(LAST_DAY + timedelta(days=1), NOW.timetz())
        self._customers -= len(self._poor)  # who have no date
        walk, reason = await self._walk(_nothing, begins=lambda: sweep_due(self._world.ports))
        change = await self._decided(next(self._groups), reason)
        return walk, DecidedAgain(change, change)

    async def _walk(
        self, cause: Callable[[], Awaitable[None]], begins: Callable[[], Awaitable[None]] | None = None
    ) -> tuple[Profile, Reason]:
        """Until all are in messages, which are put aside; gives why they are decided. ``begins`` is a part of it."""
        await cause()
        with self._world.counting(self._customers, self._latency) as profile:
            steps = {asyncio.ensure_future(begins())} if begins else self._steps()
            reason = None
            while steps:
                done, steps = await asyncio.wait(steps, return_when=asyncio.FIRST_COMPLETED)
                for each in done:
                    each.result()
                reason = self._put_aside() or reason
                steps |= self._steps()
        assert reason is not None, "nobody was found"
        return profile, reason

    def _steps(self) -> set[asyncio.Future[None]]:
        ports, queues = self._world.ports, self._world.sent.queues
        found = {queue: [each for each in queues[queue] if not _customers_of(each.body)] for queue in HANDLERS}
        for queue, steps in found.items():
            for each in steps:
                queues[queue].remove(each)
        return {asyncio.ensure_future(HANDLERS[queue](ports, each.body, 1)) for queue in found for each in found[queue]}

    def _put_aside(self) -> Reason | None:
        reason = None
        for queue in HANDLERS:
            waiting = self._world.sent.queues[queue]
            for each in list(waiting):
                if (message := _customers_of(each.body)) is not None:
                    reason = message.reason
                    waiting.remove(each)
        return reason

    async def _decided(self, customers: Sequence[str], reason: Reason) -> Profile:
        """By messages as they are sent, one after the other; without the reads of partners, which depend on how many
        partners there are."""
        with self._world.counting(len(customers), self._latency) as profile:
            for some in batched(customers, CUSTOMERS_PER_MESSAGE, strict=False):
                profile.handled[Queue.RECOMPUTE] += 1
                await recompute(self._world.ports, Recompute(some, reason).to_bytes(), 1)
        profile.requests -= profile.rows.pop(Place(Table.PARTNERS, PARTNER), 0)
        return profile


def _customers_of(body: bytes) -> Recompute | None:
    message = parse_recompute(body)
    return message if isinstance(message, Recompute) else None


async def _nothing() -> None:
    return None
