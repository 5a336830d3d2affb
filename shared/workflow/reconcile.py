"""Reconciling: what is stored of each customer, held against what its facts say. Only reads.

Arrives: the ports. Leaves: each difference in words. One that is gone at a second look was work under way; one that
stays is a fault of the product or of someone's hand. A date that came today differs until the sweep was there.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from datetime import date

from shared.domain.customer_state import CustomerState
from shared.domain.decision import Outcome
from shared.domain.partner import Partner
from shared.domain.registers import partner_fact_of
from shared.ports import Ports
from shared.rule_books import NoRuleSetInForceError, RuleBook
from shared.rules.rule_set import assess

PAGE = 1000
AT_ONCE = 16


async def differences(ports: Ports) -> AsyncIterator[str]:
    """Every difference that two looks find."""
    if await ports.rule_sets.load() is None:
        yield "no rule set is stored: the app has never been asked for anything"
        return
    look = _Look(ports, await ports.rule_books.book(None))
    async for customer_ids in _all_customers(ports):
        for some in itertools.batched(customer_ids, AT_ONCE, strict=False):
            for customer_id, found in zip(some, await asyncio.gather(*map(look.customer, some)), strict=True):
                again = await _Look(ports, await ports.rule_books.book(None)).customer(customer_id) if found else []
                for each in found:
                    if each in again:
                        yield f"{customer_id}: {each}"


async def _all_customers(ports: Ports) -> AsyncIterator[list[str]]:
    """All in the directory, then those decided that are not in it."""
    after: str | None = ""
    while after is not None:
        page = await ports.indexes.directory(after, PAGE)
        yield page
        after = page[-1] if len(page) == PAGE else None
    after = ""
    while after is not None:
        ids = [head.customer_id for head in await ports.customers.heads(after, PAGE)]
        yield [each for each in ids if not await ports.indexes.is_in_directory(each)]
        after = ids[-1] if len(ids) == PAGE else None


class _Look:
    """One look at customers, with the partners summed up anew from their facts on the way."""

    def __init__(self, ports: Ports, book: RuleBook) -> None:
        self._ports = ports
        self._book = book
        self._partners: dict[str, tuple[Partner, bool]] = {}

    async def customer(self, customer_id: str) -> list[str]:
        """What differs, in words."""
        state = (await self._ports.customers.load(customer_id)).state
        if state.decision is None:
            return ["has facts and no decision"] if state.registers else []
        partners = {each: await self._partner(each) for each in state.customer.partner_ids}
        return [
            *[f"the summary of {name} is not that of its facts" for name, (_, right) in partners.items() if not right],
            *await self._decision(state, {name: partner for name, (partner, _) in partners.items()}),
            *await self._rows(state),
        ]

    async def _partner(self, partner_id: str) -> tuple[Partner, bool]:
        if partner_id not in self._partners:
            rows = self._ports.partners.facts(partner_id)
            whole = Partner.of(partner_id, [partner_fact_of(row.kind, row.register.data) async for row in rows])
            stored = (await self._ports.partners.load(partner_id)).partner
            self._partners[partner_id] = whole, _content(whole) == _content(stored)
        return self._partners[partner_id]

    async def _decision(self, state: CustomerState, partners: dict[str, Partner]) -> list[str]:
        on = state.evidence.next_on(self._ports.today())
        try:
            rule_set = await self._ports.rule_books.in_force(self._book, on)
        except NoRuleSetInForceError as fault:
            return [str(fault)]
        right = assess(rule_set, state.customer, partners, on, self._book.timeline.next_start(on))
        found = []
        if on < state.evidence.on:
            found.append(f"is decided as of {state.evidence.on}, which has not come: a clock was ahead")
        if state.outcome != right.outcome:
            found.append(f"is decided {_said(state.outcome)}, its facts say {_said(right.outcome)}")
        if state.decision and state.decision["ruleSetVersion"] != right.rule_set_version:
            found.append(
                f"is decided by rule set {state.decision['ruleSetVersion']}, in force is {right.rule_set_version}"
            )
        if state.next_change_on != right.next_change_on:
            found.append(f"changes next on {_day(state.next_change_on)}, its facts say {_day(right.next_change_on)}")
        return found

    async def _rows(self, state: CustomerState) -> list[str]:
        """The rows that must stand beside the state."""
        ports, customer_id, found = self._ports, state.customer_id, []
        if not await ports.indexes.is_in_directory(customer_id):
            found.append("is not in the directory")
        for partner_id in state.customer.partner_ids:
            if not await ports.indexes.is_attached(partner_id, customer_id):
                found.append(f"is not in the index of {partner_id}")
        if state.next_change_on and not await ports.work.is_due(customer_id, state.next_change_on):
            found.append(f"nothing will decide it on {state.next_change_on}")
        return found + await self._recorded(state)

    async def _recorded(self, state: CustomerState) -> list[str]:
        recorded = await self._ports.customers.recorded(state.customer_id, state.sequence)
        if recorded is None:
            return [f"recorded decision {state.sequence} is not there"]
        told, status = json.loads(recorded.notification)["data"]["status"], state.outcome.status.value
        return [] if told == status else [f"recorded decision {state.sequence} is {told}, the current one {status}"]


def _content(partner: Partner) -> tuple[object, ...]:
    return partner.competencies, partner.designations, dict(partner.deployments), dict(partner.trainings)


def _said(outcome: Outcome) -> str:
    projects = f" for {', '.join(outcome.eligible_projects)}" if outcome.eligible_projects else ""
    return f"{outcome.status.value}{projects}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else "no day"
