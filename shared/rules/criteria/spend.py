"""The criterion about a customer's money."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_CEILING, Context, Decimal, Inexact, InvalidOperation
from functools import cached_property
from typing import Annotated

from shared.domain.customer import Customer
from shared.domain.decision import Node, Value, Verdict
from shared.domain.declared import declared
from shared.domain.facts import Licence
from shared.domain.partner_days import day_after
from shared.rules.changes.customer import AddExchangeRate, SpendMore
from shared.rules.changes.plan import Plans
from shared.rules.checks import MONEY
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.base import Leaf, Subject, Weights, about
from shared.rules.criteria.phrase import Phrase
from shared.rules.criteria.scope import Scope, Terms, Test
from shared.rules.criteria.search import Search
from shared.rules.words import day, listed, separated

_EXACT = Context(prec=64, traps=[Inexact, InvalidOperation])
"""Sums of millions of the longest amounts times the longest rates fit; anything that would round fails loudly."""
_ROUNDING = Context(prec=64)
_ZERO = Decimal(0)
_CENT = Decimal("0.01")
_RATE_STEP = Decimal("0.00000001")
_HIGHEST_RATE = Decimal("999999.99999999")
_MOST_NAMED = 5
_MOST_NOT_COUNTED = 20

RENEWAL, UNLISTED, ENDED, NO_RATE = "renewal", "unlisted-application", "ended", "no-exchange-rate"
REASONS = (RENEWAL, UNLISTED, ENDED, NO_RATE)
"""Why a licence does not count: the first of these that is so."""


@declared
class AnnualSpendAtLeast(Leaf):
    """Met when the annual amounts of the licences that count come to the ``amount``, converted
    exactly into the rule set's currency. A licence counts if its application is listed, it is a new deployment and it
    has not ended. One in a currency without a rate is left out; if the others fall short, the verdict is unknown.
    """

    kind = "annual-spend-at-least"
    reads_money = True
    may_lack_facts = True

    amount: Annotated[str, MONEY]

    @cached_property
    def least(self) -> Decimal:
        return Decimal(self.amount)

    def sentence(self, currency: str) -> str:
        amount = f"{currency} {separated(self.amount)}"
        return f"New deployments of eligible applications come to at least {amount} a year"

    def compile(self) -> Test:
        """As ``_spend`` adds up, but only until it is enough: no amount is negative."""
        amount, add, multiply = self.least, _EXACT.add, _EXACT.multiply

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

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        (total, without_rate), currency = _spend(scope), scope.terms.currency
        actual: dict[str, Value] = {"amount": readable(total), "currency": currency}
        verdict = Verdict.MET if total >= self.least else Verdict.UNKNOWN if without_rate else Verdict.UNMET
        counted = _counted(scope.terms, scope.customer, scope.on)
        summed = {each.licence_id for each in counted} - {each.licence_id for each in without_rate}
        asked = about(subject, licences=_named(summed)) if summed else subject
        node = self.node(verdict, {"amount": self.amount, "currency": currency}, actual, asked)
        not_counted = _not_counted(scope)
        if not not_counted:
            return node
        more = max(0, len(not_counted) - _MOST_NOT_COUNTED)
        return node._replace(not_counted=tuple(not_counted[:_MOST_NOT_COUNTED]), not_counted_omitted=more)

    def phrase(self, node: Node, on: date) -> Phrase:
        match node.actual:
            case {"amount": str(amount), "currency": str(currency)}:
                spent, least = f"{self.title}: {currency} {separated(amount)}", separated(self.amount)
                if node.verdict is Verdict.MET:
                    return Phrase(f"{spent}, at least {least} needed")
                return Phrase(f"{spent} of the {least} needed{_words_of(node)}")
        return super().phrase(node, on)

    def add_dates(self, ahead: Ahead) -> None:
        on, areas_of = ahead.on, ahead.terms.areas_of
        for each in ahead.customer.licences:
            if each.ends_on and each.ends_on >= on and each.new_deployment and each.application in areas_of:
                ends = day_after(each.ends_on)
                if ends:
                    ahead.dates.add(ends)

    def met_on(self, ahead: Ahead) -> int:
        """From the last day backwards: on an earlier one the licences that end before the later count too."""
        days, terms = ahead.days, ahead.terms
        until = [_ZERO] * (len(days) + 1)
        for each in ahead.customer.licences:
            if each.new_deployment and each.application in terms.areas_of:
                last = len(days) if each.ends_on is None else bisect_right(days, each.ends_on)
                until[last] = _EXACT.add(until[last], _converted(each, terms))
        total = until[-1]
        for number in range(len(days), 0, -1):
            if total >= self.least:
                return (1 << number) - 1
            total = _EXACT.add(total, until[number - 1])
        return 0

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:  # noqa: ARG002  no licence starts later
        for each in ahead.customer.licences:
            if each.ends_on == ahead.days[0] and each.new_deployment and each.application in ahead.terms.areas_of:
                yield Turn(each.kind, False, {"licenceId": each.licence_id}, f"licence {each.licence_id} ends")

    def plans(self, search: Search) -> Plans:
        """The same wherever it is asked."""
        if self.id in search.spends:
            search.left -= search.weight
        else:
            search.spends[self.id] = super().plans(search)
        return search.spends[self.id]

    def missing(self, search: Search) -> Plans:
        """The missing amount rounded up to the cent; for a currency without a rate the least rate, rounded up too."""
        total, without_rate = _spend(search)
        missing = _ROUNDING.subtract(self.least, total)
        plans: Plans = [{SpendMore.key(): missing.quantize(_CENT, ROUND_CEILING, _ROUNDING)}]
        for currency in sorted({each.currency for each in without_rate}):
            amounts = (each.annual_amount for each in without_rate if each.currency == currency)
            amount = sum(amounts, _ZERO)
            least = _ROUNDING.divide(missing, amount).quantize(_RATE_STEP, ROUND_CEILING, _ROUNDING)
            if least <= _HIGHEST_RATE:
                plans.append({AddExchangeRate.key(currency): least})
        return plans


def _counted(terms: Terms, customer: Customer, on: date) -> list[Licence]:
    """The licences whose spend counts on the day, whatever their currency."""
    areas_of = terms.areas_of
    return [
        each
        for each in customer.licences
        if each.new_deployment and each.application in areas_of and (each.ends_on is None or on <= each.ends_on)
    ]


def _converted(licence: Licence, terms: Terms) -> Decimal:
    """In the rule set's currency; 0 without a rate."""
    if licence.currency == terms.currency:
        return licence.annual_amount
    return _EXACT.multiply(licence.annual_amount, terms.rates.get(licence.currency, _ZERO))


def _spend(scope: Scope) -> tuple[Decimal, list[Licence]]:
    """What the licences that count come to, and those left out for want of a rate."""
    return _sum(scope.terms, _counted(scope.terms, scope.customer, scope.on))


def _sum(terms: Terms, licences: Iterable[Licence]) -> tuple[Decimal, list[Licence]]:
    rates, currency = terms.rates, terms.currency
    total: Decimal = _ZERO
    without_rate = []
    for licence in licences:
        if licence.currency == currency:
            total = _EXACT.add(total, licence.annual_amount)
        elif rate := rates.get(licence.currency):
            total = _EXACT.add(total, _EXACT.multiply(licence.annual_amount, rate))
        elif licence.annual_amount > 0:
            without_rate.append(licence)
    return total, without_rate


def counted_spend(terms: Terms, customer: Customer, on: date) -> Decimal:
    """What the customer's licences that count on a day come to, in the rule set's currency; those without a rate are
    left out."""
    return spend_on(terms, customer, on)[0]


def spend_on(terms: Terms, customer: Customer, on: date) -> tuple[Decimal, bool]:
    """The same, and whether none was left out."""
    total, without_rate = _sum(terms, _counted(terms, customer, on))
    return total, not without_rate


def _not_counted(scope: Scope) -> list[Mapping[str, str]]:
    """The licences that do not count, those that come closest to counting first."""
    found = [(reason, each) for each in scope.customer.licences if (reason := _reason(each, scope))]
    found.sort(key=lambda pair: (-REASONS.index(pair[0]), pair[1].licence_id))
    return [{"licenceId": each.licence_id, "reason": reason, **_detail(reason, each)} for reason, each in found]


def _reason(licence: Licence, scope: Scope) -> str | None:
    """An amount of 0 counts in any currency."""
    terms = scope.terms
    if not licence.new_deployment:
        return RENEWAL
    if licence.application not in terms.areas_of:
        return UNLISTED
    if licence.ends_on is not None and licence.ends_on < scope.on:
        return ENDED
    known = licence.currency == terms.currency or licence.currency in terms.rates
    return None if known or not licence.annual_amount else NO_RATE


def _detail(reason: str, licence: Licence) -> Mapping[str, str]:
    if reason == UNLISTED:
        return {"application": licence.application}
    if reason == ENDED and licence.ends_on:
        return {"endsOn": licence.ends_on.isoformat()}
    return {"currency": licence.currency} if reason == NO_RATE else {}


def _words_of(node: Node) -> str:
    """Which licences do not count and why, those of one reason together."""
    licences: dict[str, list[str]] = {}
    named = node.not_counted[:_MOST_NAMED]
    for each in named:
        licences.setdefault(_reason_in_words(each), []).append(each["licenceId"])
    said = [f"{listed(ids, 'and')} ({reason})" for reason, ids in licences.items()]
    more = len(node.not_counted) - len(named) + node.not_counted_omitted
    return f"; not counted: {', '.join([*said, *([f'{more} more'] if more else [])])}" if said else ""


def _reason_in_words(licence: Mapping[str, str]) -> str:
    match licence:
        case {"application": application}:
            return f"{application} is not an eligible application"
        case {"endsOn": ends_on}:
            return f"ended on {day(ends_on)}"
        case {"currency": currency}:
            return f"no exchange rate for {currency}"
    return "renewal"


def readable(amount: Decimal) -> str:
    """The exact amount with at least two decimals and no zeros past them."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _named(names: Iterable[str]) -> str:
    named = sorted(set(names))
    more = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
