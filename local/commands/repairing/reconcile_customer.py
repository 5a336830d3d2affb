"""A customer as it is stored, held against what its facts, its partners and the rules say. Only reads."""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta

from local.commands.repairing.reconcile_index import column_differences
from local.commands.repairing.reconcile_names import missing_names
from local.commands.repairing.reconcile_upcoming import missing_entries
from shared.domain.customer_state import CustomerState
from shared.domain.decision import Expiring, Outcome
from shared.domain.notification import is_notified
from shared.domain.partner import Partner
from shared.domain.partner_copies import copies_in
from shared.ports import Ports
from shared.rule_books import NoRuleSetInForceError, RuleBook
from shared.rules.forecast import assess
from shared.storage.fan_outs import FanOut
from shared.storage.names import Whose
from shared.storage.partners import of_copy
from shared.workflow.renew import of_facts

_MESSAGES_TAKE = timedelta(minutes=30)
"""At most, from a page of a fan-out until its customers are decided, unless something is wrong."""
_MOST_PARTNERS = 2000
"""Kept in memory at a time."""
_MOST_UNSENT = 100
"""Recorded decisions that are not notified, of which the rows are looked for."""


type UnderWay = Mapping[str | None, Sequence[FanOut]]
"""The fan-outs of each partner and, None, of the rules."""


class CustomerLook:
    """One look at customers by one book of rules; partners with a fan-out ``under_way`` may be ahead of the customers
    that it comes to, and those whose summaries are ``wrong`` are summed up from their facts."""

    def __init__(self, ports: Ports, book: RuleBook, under_way: UnderWay, wrong: Set[str]) -> None:
        self._ports = ports
        self._book = book
        self._under_way = under_way
        self._wrong = wrong
        self._partners: dict[str, Partner] = {}

    async def differences(self, customer_id: str) -> list[str]:
        """What differs, in words."""
        state = (await self._ports.customers.load(customer_id)).state
        if state.decision is None:
            return await self._undecided(state)
        partners = {each: await self._partner(each) for each in state.customer.partner_ids}
        return [
            *self._evidence(state, partners),
            *self._copies(state, partners),
            *await self._decision(state, partners),
            *await self._rows(state),
            *await column_differences(self._ports, state),
            *await missing_entries(self._ports, state),
            *await self._names(state),
            *await self._recorded(state),
        ]

    async def _undecided(self, state: CustomerState) -> list[str]:
        if state.has_facts:
            return ["has facts and no decision"]
        newest = await self._ports.customers.newest_recorded(state.customer_id)
        if state.erased_at:
            return [] if newest == state.sequence else [f"was erased, and recorded decision {newest} is the last"]
        if newest:
            return [f"recorded decisions up to {newest} are there, and no state that counts them"]
        if state.registers:
            return await self._names(state)
        return await self._in_directory(state.customer_id)

    async def _names(self, state: CustomerState) -> list[str]:
        return await missing_names(self._ports, Whose.CUSTOMER, state.customer_id, state.named)

    async def _in_directory(self, customer_id: str) -> list[str]:
        """Also of whom a fan-out found when the state was lost: without it an empty directory seems to be lost."""
        is_there = await self._ports.indexes.is_in_directory(customer_id)
        return [] if is_there else ["is not in the directory"]

    async def _partner(self, partner_id: str) -> Partner:
        if len(self._partners) >= _MOST_PARTNERS:
            self._partners.clear()
        if partner_id not in self._partners:
            state = await self._ports.partners.load(partner_id)
            partner = state.partner
            if partner_id in self._wrong:
                partner = replace((await of_facts(self._ports, state))[0].partner, revision=partner.revision)
            self._partners[partner_id] = partner
        return self._partners[partner_id]

    def _evidence(self, state: CustomerState, partners: Mapping[str, Partner]) -> list[str]:
        """What the decision was made from is what is stored, or a fan-out is on its way."""
        evidence, found = state.evidence, []
        for name, partner in partners.items():
            used, stored = evidence.partners.get(name), partner.revision
            if used is None or used > stored or (used < stored and not self._comes(state.customer_id, name, stored)):
                found.append(f"is decided by revision {used} of {name}, stored is {stored}")
        used, stored = evidence.epoch, self._book.epoch
        if used > stored or (used < stored and None not in self._under_way):
            found.append(f"is decided by epoch {used} of the rules, stored is {stored}")
        if evidence.is_of_the_future(self._ports.today()):
            found.append(f"is decided as of {evidence.on}, which has not come: a clock was ahead")
        return found

    def _copies(self, state: CustomerState, partners: Mapping[str, Partner]) -> Iterator[str]:
        """Those of the stored revision: one of another revision than the evidence is not used."""
        for name, copy in copies_in(state.copies).items():
            partner = partners.get(name)
            if partner is None or copy.revision != partner.revision:
                continue
            if not of_copy(name, copy).decides_as(partner):
                yield f"has a copy of {name} as of revision {copy.revision} that is not what is stored"

    def _comes(self, customer_id: str, partner_id: str, revision: int) -> bool:
        """Whether a fan-out will have the customer decided by that revision, or has sent the message a while ago."""
        return any(
            each.asks_for >= revision
            and not (each.has_passed(customer_id) and self._ports.is_older(each.at, _MESSAGES_TAKE))
            for each in self._under_way.get(partner_id, ())
        )

    async def _decision(self, state: CustomerState, partners: Mapping[str, Partner]) -> list[str]:
        on = state.evidence.next_on(self._ports.today())
        try:
            rules = await self._ports.rule_books.rules(self._book, on)
        except NoRuleSetInForceError as fault:
            return [str(fault)]
        right = assess(rules, state.customer, partners, on)
        found = []
        if state.outcome != right.outcome:
            found.append(f"is decided {_said(state.outcome)}, its facts say {_said(right.outcome)}")
        by, day = (state.decision or {})["ruleSetVersion"], state.evidence.on
        in_force = self._book.timeline.in_force(day)
        if by != in_force:
            found.append(f"is decided by rule set {by}, in force was {in_force} on {day}")
        if _is_later(state.due_on, right.due_on):
            found.append(f"is decided next on {_day(state.due_on)}, its facts change it on {_day(right.due_on)}")
        return found

    async def _rows(self, state: CustomerState) -> list[str]:
        """The rows that must stand beside the state."""
        ports, customer_id = self._ports, state.customer_id
        found = await self._in_directory(customer_id)
        for partner_id in state.customer.partner_ids:
            if not await ports.indexes.is_attached(partner_id, customer_id):
                found.append(f"is not in the index of {partner_id}")
        if state.due_on and not await ports.work.is_due(customer_id, state.due_on):
            found.append(f"nothing will decide it on {state.due_on}")
        if state.sent < state.sequence and not await ports.work.is_in_outbox(customer_id, state.sequence):
            found.append(f"nothing will notify its recorded decision {state.sequence}")
        return found

    async def _recorded(self, state: CustomerState) -> list[str]:
        """The recorded decisions, the last one and those to be notified, are those that the state counts."""
        customers, customer_id, last = self._ports.customers, state.customer_id, state.sequence
        found = []
        if await customers.recorded(customer_id, last + 1) is not None:
            found.append(f"recorded decision {last + 1} is there, and the state counts {last}")
        unsent = range(state.sent + 1, min(last, state.sent + 1 + _MOST_UNSENT))
        for sequence in unsent:
            if await customers.recorded(customer_id, sequence) is None:
                found.append(f"recorded decision {sequence} is not there, and not notified")
        recorded = await customers.recorded(customer_id, last)
        if recorded is None:
            return [*found, f"recorded decision {last} is not there"]
        notified, status = json.loads(recorded.notification)["data"], state.outcome.status.value
        if notified["status"] != status:
            found.append(f"recorded decision {last} is {notified['status']}, the current one {status}")
        elif Outcome.of(notified).by_exception is not state.outcome.by_exception:
            ways = [_way(each) for each in (Outcome.of(notified), state.outcome)]
            found.append(f"recorded decision {last} is {ways[0]}, the current one {ways[1]}")
        elif not is_notified(state.outcome.of_rules, {**notified, "expiring": None}):
            found.append(f"recorded decision {last} is for other projects than the current one")
        elif not is_notified(state.outcome, notified):
            losses = _loss(Expiring.of(notified.get("expiring"))), _loss(state.outcome.expiring)
            found.append(f"recorded decision {last} has {losses[0]}, the current one {losses[1]}")
        return found


def _said(outcome: Outcome) -> str:
    projects = f" for {', '.join(outcome.eligible_projects)}" if outcome.eligible_projects else ""
    status = f"{outcome.status.value}{f' {_way(outcome)}' if outcome.by_exception else ''}"
    return f"{status}{projects}{f', {_loss(outcome.expiring)}' if outcome.expiring else ''}"


def _way(outcome: Outcome) -> str:
    return "by exception" if outcome.by_exception else "without an exception"


def _loss(expiring: Expiring | None) -> str:
    return f"a loss on {expiring.loses_on} within {expiring.within} days" if expiring else "no loss near"


def _is_later(stored: date | None, right: date | None) -> bool:
    """An earlier day does no harm: versions before this one decided again whenever any fact started or stopped."""
    return right is not None and (stored is None or stored > right)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "no day"
