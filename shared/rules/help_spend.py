"""How a customer's annual spend can come to an amount: by spending more, or by a rate for a currency that has none.

Arrives: a spend criterion that is not met. Leaves: its plans, exact: the missing amount rounded up to the cent, the
least rate rounded up to the eight decimals a rate may have.
"""

from decimal import ROUND_CEILING, Context, Decimal

from shared.rules.customer_criteria import AnnualSpendAtLeast
from shared.rules.help_plans import RATE, SPEND, Plans
from shared.rules.help_search import Search
from shared.rules.scope import Scope

_EXACT = Context(prec=64)
_CENT = Decimal("0.01")
_RATE_STEP = Decimal("0.00000001")
_HIGHEST_RATE = Decimal("999999.99999999")


def spend_plans(criterion: AnnualSpendAtLeast, search: Search) -> Plans:
    actual = criterion.explain(search).actual
    missing = _EXACT.subtract(criterion.amount, Decimal(actual["amount"]))
    plans: Plans = [{(SPEND,): missing.quantize(_CENT, ROUND_CEILING, _EXACT)}]
    if "leftOut" in actual:
        for currency, amount in sorted(_without_rate(search).items()):
            least = _least_rate(missing, amount)
            if least <= _HIGHEST_RATE:
                plans.append({(RATE, currency): least})
    return plans


def _without_rate(scope: Scope) -> dict[str, Decimal]:
    """What the licences that would count come to, by currency."""
    terms, sums = scope.terms, dict[str, Decimal]()
    for each in scope.customer.licences:
        counts = each.new_deployment and each.application in terms.areas_of and each.annual_amount > 0
        lasts = each.ends_on is None or scope.on <= each.ends_on
        if counts and lasts and each.currency != terms.currency and each.currency not in terms.rates:
            sums[each.currency] = _EXACT.add(sums.get(each.currency, Decimal(0)), each.annual_amount)
    return sums


def _least_rate(missing: Decimal, amount: Decimal) -> Decimal:
    return _EXACT.divide(missing, amount).quantize(_RATE_STEP, ROUND_CEILING, _EXACT)
