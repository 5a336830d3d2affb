"""The criteria about a customer's money and about what a project covers."""

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from shared.domain.decision import Node, Verdict
from shared.rules.criteria import Criterion, Subject, verdict_of
from shared.rules.quantified import listed_applications
from shared.rules.scope import Scope, Test, day_after

_EXACT = Context(prec=64, traps=[Inexact, InvalidOperation])
"""Sums of millions of the longest amounts times the longest rates fit; anything that would round fails loudly."""
_ZERO = Decimal(0)
_CURRENCIES_NAMED = 5


type Spend = tuple[Decimal, list[str]]
"""What the licences that count come to, and the currencies of those left out for want of a rate."""


@dataclass(frozen=True, slots=True)
class AnnualSpendAtLeast(Criterion):
    """``annual-spend-at-least``: the licences that count, converted exactly, come to the amount."""

    amount: Decimal
    stated: str

    def compile(self) -> Test:
        amount = self.amount

        def annual_spend_at_least(scope: Scope) -> bool:
            total, _ = _spend(scope)
            return total >= amount

        return annual_spend_at_least

    def _verdict(self, total: Decimal, without_rate: list[str]) -> Verdict:
        if total >= self.amount:
            return Verdict.MET
        return Verdict.UNKNOWN if without_rate else Verdict.UNMET

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        (total, without_rate), currency = _spend(scope), scope.terms.currency
        actual: dict[str, Any] = {"amount": readable(total), "currency": currency}
        if without_rate:
            actual["leftOut"] = f"no exchange rate for {_named(without_rate)}"
        required = {"amount": self.stated, "currency": currency}
        return self.node(self._verdict(total, without_rate), required, actual, subject)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        for licence in scope.customer.licences:
            ends = day_after(licence.ends_on)
            if ends and licence.new_deployment and licence.application in scope.terms.areas_of:
                dates.add(ends)


def _spend(scope: Scope) -> Spend:
    on, terms = scope.on, scope.terms
    areas_of, currency = terms.areas_of, terms.currency
    total, without_rate = _ZERO, []
    for licence in scope.customer.licences:
        if not licence.new_deployment or licence.application not in areas_of:
            continue
        if licence.ends_on is not None and on > licence.ends_on:
            continue
        if licence.currency == currency:
            total = _EXACT.add(total, licence.annual_amount)
        elif rate := terms.rates.get(licence.currency):
            total = _EXACT.add(total, _EXACT.multiply(licence.annual_amount, rate))
        elif licence.annual_amount > 0:
            without_rate.append(licence.currency)
    return total, without_rate


def readable(amount: Decimal) -> str:
    """The exact amount with at least two decimals and no zeros past them."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _named(currencies: list[str]) -> str:
    named = sorted(set(currencies))
    more = len(named) - _CURRENCIES_NAMED
    return ", ".join(named[:_CURRENCIES_NAMED]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class CoversEligibleApplication(Criterion):
    """``covers-eligible-application``: the project has at least one listed application."""

    reads_project = True

    def compile(self) -> Test:
        def covers_eligible_application(scope: Scope) -> bool:
            return not scope.terms.areas_of.keys().isdisjoint(scope.project.applications)

        return covers_eligible_application

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        listed = listed_applications(scope)
        return self.node(verdict_of(bool(listed)), "a listed application", listed, subject)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        """What a project covers does not depend on the date."""
