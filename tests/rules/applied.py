"""Ask what would help, and apply what was answered: the changes are read from their JSON and applied to facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Outcome, Status
from shared.domain.declared import fields_of, json_name
from shared.domain.partner import Partner
from shared.rules.changes.base import CHANGES, Change, PartnerChange
from shared.rules.changes.plan import Applied, applied
from shared.rules.criteria.search import NOTHING_KEPT, Keep
from shared.rules.forecast import Rules, assess
from shared.rules.rule_set import RuleSet, decide, with_rates, work_of
from shared.rules.would_help import Situation, would_help, would_keep

from .given import Json

_BY_ACTION = {each.action: each for each in CHANGES.values()}


def ways(
    rules: Rules | RuleSet,
    customer: Customer,
    partners: Mapping[str, Partner],
    on: date,
    candidates: Sequence[Partner] = (),
    keep: Keep = NOTHING_KEPT,
) -> list[JsonObject]:
    """What would help a customer that is not eligible, or keep one that will not be."""
    rules = Rules(rules) if isinstance(rules, RuleSet) else rules
    ahead = assess(rules, customer, partners, on)
    work = work_of(rules.rule_set, customer, partners)
    situation = Situation(rules, customer, partners, on, ahead.gains_on, work, keep=keep)
    if ahead.outcome.status is Status.INELIGIBLE:
        found = would_help(situation, candidates)
    elif ahead.loses_on:
        found = would_keep(situation, ahead.loses_on, candidates)
    else:
        found = []
    assert found is not None
    return found


def alternatives(way: JsonObject) -> Iterator[tuple[list[Json], list[str]]]:
    """The changes of a way and the projects that are eligible then, with each of the names with which it does."""
    others = way.get("oneOf", [])[1:]
    yield way["changes"], way["eligibleProjects"]
    for each in others:
        names = {name: each[name] for name in ("partnerId", "projectId") if name in each}
        yield (
            [{**change, **{name: names[name] for name in names if name in change}} for change in way["changes"]],
            each["eligibleProjects"],
        )


def outcome_with(
    rules: RuleSet, changes: Iterable[Json], customer: Customer, partners: Mapping[str, Partner], on: date
) -> Outcome:
    """What is decided with the changes."""
    found = apply(changes, customer, partners)
    return decide(with_rates(rules, found.rates), found.customer, found.partners, on)


def apply(changes: Iterable[Json], customer: Customer, partners: Mapping[str, Partner]) -> Applied:
    """The facts with the changes; ``partners`` has to hold those that ``attach-partner`` names."""
    return applied([_read(_BY_ACTION[each["action"]], each) for each in changes], customer, partners)


def _read(change: type[Change], value: Json) -> Change:
    return change(
        **{each.name: _member(get_args(each.type)[0], value.get(json_name(each.name))) for each in fields_of(change)}
    )


def _member(kind: Any, value: Any) -> Any:
    if kind is Decimal:
        return Decimal(value)
    if kind in (date, date | None):
        return date.fromisoformat(value) if value else None
    if kind == tuple[PartnerChange, ...]:
        return tuple(map(_qualification, value))
    return tuple(value) if isinstance(value, list) else value


def _qualification(value: Json) -> Change:
    """The change whose members it has, since long ago."""
    of_partners = [each for each in CHANGES.values() if issubclass(each, PartnerChange)]
    (change,) = [each for each in of_partners if set(each.of_qualification(each.member_schemas())) == value.keys()]
    return _read(change, {"partnerId": "", json_name(change.since): date.min.isoformat(), **value})
