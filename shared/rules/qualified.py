"""In which areas a partner is qualified by what rules ask of it alone, and until when if no event comes."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice

from shared.domain.customer import Customer
from shared.domain.partner import Partner
from shared.rules.criteria.ahead import MOST_DATES
from shared.rules.criteria.quantified import AnyArea
from shared.rules.criteria.scope import Scope
from shared.rules.forecast import Rules
from shared.rules.rule_set import RuleSet

_NOBODY = Customer("")
_ONE_DAY = timedelta(days=1)


def qualified_until(rules: Rules, partner: Partner, on: date) -> Mapping[str, date | None]:
    """By area that the partner is qualified in on a date, the last day of that; None where no end is known. Only the
    nearest dates are looked at."""
    dates = sorted({each for each in _dates(rules, partner) if each > on})
    found: dict[str, date | None] = {}
    for area in _areas(rules.rule_set):
        if not _is_qualified(rules.rule_set, partner, area, on):
            continue
        looked_at = islice(dates, MOST_DATES)
        ends = (each for each in looked_at if not _is_qualified(rules.in_force(each), partner, area, each))
        end = next(ends, None) or (dates[MOST_DATES] if len(dates) > MOST_DATES else None)
        found[area] = end and end - _ONE_DAY
    return found


def _dates(rules: Rules, partner: Partner) -> Iterator[date]:
    """Those on which it may stop: a deployment that is live stays so."""
    yield from (start for start, _ in rules.later)
    for periods in (*partner.days.competencies.values(), *partner.days.designations.values()):
        yield from periods.dates


def _areas(rule_set: RuleSet) -> list[str]:
    return sorted({area for areas in rule_set.document.terms.areas_of.values() for area in areas})


def _is_qualified(rule_set: RuleSet | None, partner: Partner, area: str, on: date) -> bool:
    """By one of the criteria that are asked per area; a rule set that cannot be read here qualifies nobody."""
    if rule_set is None:
        return False
    document = rule_set.document
    scope = Scope(document.terms, _NOBODY, {}, on, partner=partner, areas=(area,), area=area)
    asked = [each.criterion for each in document.criteria.with_all_below() if isinstance(each, AnyArea)]
    return any(each.test(scope) for each in asked)
