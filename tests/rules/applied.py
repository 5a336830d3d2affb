"""Apply what ``would_help`` answered: the changes are read from their JSON and applied to facts."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from shared.domain.customer import Customer
from shared.domain.declared import fields_of, json_name
from shared.domain.partner import Partner
from shared.rules.changes.base import CHANGES, Change, PartnerChange
from shared.rules.changes.plan import applied

from .given import Json

_BY_ACTION = {each.action: each for each in CHANGES.values()}


def apply(
    changes: Iterable[Json], customer: Customer, partners: Mapping[str, Partner]
) -> tuple[Customer, dict[str, Partner]]:
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
