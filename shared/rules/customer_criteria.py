"""The criteria about a customer's money and about what a project covers."""

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from shared.domain.decision import Node, Verdict
from shared.domain.facts import Licence
from shared.rules.criteria import Criterion, Subject, Weights, about, verdict_of
from shared.rules.scope import Scope, Test, day_after

_EXACT = Context(prec=64, traps=[Inexact, InvalidOperation])
"""Sums of millions of the longest amounts times the longest rates fit; anything that would round fails loudly."""
_ZERO = Decimal(0)
_MOST_NAMED = 5


type Spend = tuple[Decimal, list[Licence]]
"""What the licences that count come to, and those left out for want of a rate."""


@dataclass(frozen=True, slots=True)
class AnnualSpendAtLeast(Criterion):
    """``annual-spend-at-least``: the annual amounts of the licences that count come to the ``amount``, converted
    exactly into the rule set's currency. A licence counts if its application is listed, it is a new deployment and it
    has not ended. One in a currency without a rate is left out; if the others fall short, the verdict is unknown.
    """

    amount: Decimal
    stated: str
    may_lack_facts = True

    def compile(self) -> Test:
        """As ``_spend`` adds up, but only until it is enough: no amount is negative."""
        amount, add, multiply = self.amount, _EXACT.add, _EXACT.multiply

        def annual_spend_at_least(scope: Scope) -> bool:
            on, terms, total = scope.on, scope.terms, _ZERO
            areas_of, rates, currency = terms.areas_of, terms.rates, terms.currency
            for each in scope.customer.licences:
                if (
                    each.new_deployment
                    and each.application in areas_of
                    and (each.ends_on is None or on <= each.ends_on)
                ):
                    if each.currency == currency:
                        total = add(total, each.annual_amount)
                    elif each.currency in rates:
                        total = add(total, multiply(each.annual_amount, rates[each.currency]))
                    if total >= amount:
                        return True
            return total >= amount or (scope.lenient and bool(_spend(scope)[1]))

        return annual_spend_at_least

    def size(self, _: Scope, weights: Weights | None = None) -> int:
        return weights.licences if weights else 1

    def _verdict(self, total: Decimal, without_rate: list[Licence]) -> Verdict:
        if total >= self.amount:
            return Verdict.MET
        return Verdict.UNKNOWN if without_rate else Verdict.UNMET

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        (total, without_rate), currency = _spend(scope), scope.terms.currency
        actual: dict[str, Any] = {"amount": readable(total), "currency": currency}
        if without_rate:
            actual["leftOut"] = f"no exchange rate for {_named({each.currency for each in without_rate})}"
        required = {"amount": self.stated, "currency": currency}
        summed = {each.licence_id for each in _counted(scope)} - {each.licence_id for each in without_rate}
        asked = about(subject, licences=_named(summed)) if summed else subject
        return self.node(self._verdict(total, without_rate), required, actual, asked)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        for licence in scope.customer.licences:
            ends = day_after(licence.ends_on)
            if ends and licence.new_deployment and licence.application in scope.terms.areas_of:
                dates.add(ends)


def _counted(scope: Scope) -> list[Licence]:
    """The licences whose spend counts on the day, whatever their currency."""
    on, areas_of = scope.on, scope.terms.areas_of
    return [
        each
        for each in scope.customer.licences
        if each.new_deployment and each.application in areas_of and (each.ends_on is None or on <= each.ends_on)
    ]


def _spend(scope: Scope) -> Spend:
    rates, currency = scope.terms.rates, scope.terms.currency
    total: Decimal = _ZERO
    without_rate = []
    for licence in _counted(scope):
        if licence.currency == currency:
            total = _EXACT.add(total, licence.annual_amount)
        elif rate := rates.get(licence.currency):
            total = _EXACT.add(total, _EXACT.multiply(licence.annual_amount, rate))
        elif licence.annual_amount > 0:
            without_rate.append(licence)
    return total, without_rate


def readable(amount: Decimal) -> str:
    """The exact amount with at least two decimals and no zeros past them."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _named(names: set[str]) -> str:
    named = sorted(names)
    more = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class CoversEligibleApplication(Criterion):
    """``covers-eligible-application``: the project has at least one application that the rule set lists."""

    reads_project = True

    def compile(self) -> Test:
        def covers_eligible_application(scope: Scope) -> bool:
            return not scope.terms.areas_of.keys().isdisjoint(scope.project.applications)

        return covers_eligible_application

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        listed = scope.listed_of_project().applications
        asked = about(subject, project=scope.project.project_id)
        return self.node(verdict_of(bool(listed)), "a listed application", listed, asked)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        """What a project covers does not depend on the date."""
