"""Changes as a caller sees them: one domain action each, its members typed.

Arrives: a plan and the projects it makes eligible. Leaves: JSON objects with ``by`` (who must act), ``action``, the
members of that action and ``text``. Members have the names and forms that the events have.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.rules import help_plans as kinds
from shared.rules.help_plans import Key, Plan
from shared.rules.help_texts import text_of

CUSTOMER = "customer"
PARTNER = "partner"
PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Setting:
    """What changes take members from: the day, currency and titles, an application to spend on, starts of projects."""

    on: date
    currency: str
    titles: Mapping[str, str]
    application: str
    starts: Mapping[str, date]


def changes_of(plan: Plan, eligible: Iterable[str], customer: Customer, setting: Setting) -> list[JsonObject]:
    """In the order in which they are read: the customer's first, about projects before partners."""
    changes = []
    for key in sorted(plan, key=_in_order):
        change = _CHANGES[key[0]](key, plan[key], setting)
        if key[0] == kinds.COURSE and (starts := _starts(key[1], eligible, customer, setting)):
            change["completedBefore"] = min(starts).isoformat()
        change["text"] = text_of(change, setting.titles)
        changes.append(change)
    return changes


def _starts(partner_id: str, eligible: Iterable[str], customer: Customer, setting: Setting) -> list[date]:
    """The starts to come of the partner's projects that would be eligible."""
    attached = customer.partners_by_project
    everywhere = partner_id in attached.get(None, ())
    starts = [setting.starts[each] for each in eligible if everywhere or partner_id in attached.get(each, ())]
    return [each for each in starts if each > setting.on]


def _spend(_: Key, amount: Decimal, setting: Setting) -> JsonObject:
    return {
        "by": CUSTOMER,
        "action": "spend-more",
        "amount": f"{amount:f}",
        "currency": setting.currency,
        "application": setting.application,
    }


def _rate(key: Key, least: Decimal, setting: Setting) -> JsonObject:
    return {
        "by": PROGRAMME,
        "action": "add-exchange-rate",
        "currency": key[1],
        "toCurrency": setting.currency,
        "leastRate": _plain(least),
    }


def _plain(rate: Decimal) -> str:
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _start(key: Key, application: str, setting: Setting) -> JsonObject:
    return {
        "by": CUSTOMER,
        "action": "start-project",
        "projectId": key[1],
        "application": application,
        "initiatedOn": setting.starts[key[1]].isoformat(),
    }


def _reopen(key: Key, _: Any, __: Setting) -> JsonObject:
    return {"by": CUSTOMER, "action": "reopen-project", "projectId": key[1]}


def _cover(key: Key, application: str, _: Setting) -> JsonObject:
    return {"by": CUSTOMER, "action": "add-application", "projectId": key[1], "application": application}


def _attach(key: Key, _: Any, __: Setting) -> JsonObject:
    return {"by": CUSTOMER, "action": "attach-partner", "partnerId": key[1], "projectId": key[2]}


def _attach_any(key: Key, needs: Plan, setting: Setting) -> JsonObject:
    return {
        "by": CUSTOMER,
        "action": "attach-qualified-partner",
        "projectId": key[1],
        "qualifications": [_qualification(each, needs[each], setting, key[1]) for each in sorted(needs, key=_in_order)],
    }


def _in_order(key: Key) -> tuple[int, Key]:
    return (_ORDER[key[0]], key)


def _qualification(key: Key, value: Any, setting: Setting, project_id: str) -> JsonObject:
    """What the partner to attach must have, in the members of the change that would give it to a partner."""
    if key[0] == kinds.COURSE:
        return {"course": key[2], "part": key[3], "completedBefore": setting.starts[project_id].isoformat()}
    left_out = ("by", "action", "partnerId", "validFrom", "liveOn")
    change = _CHANGES[key[0]](key, value, setting)
    return {name: each for name, each in change.items() if name not in left_out}


def _competency(key: Key, levels: tuple[str, ...], setting: Setting) -> JsonObject:
    return {
        "by": PARTNER,
        "action": "gain-competency",
        "partnerId": key[1],
        "competency": key[2],
        "area": key[3],
        "levels": list(levels),
        "validFrom": setting.on.isoformat(),
    }


def _designation(key: Key, _: Any, setting: Setting) -> JsonObject:
    return {
        "by": PARTNER,
        "action": "gain-designation",
        "partnerId": key[1],
        "designation": key[2],
        "validFrom": setting.on.isoformat(),
    }


def _deployments(key: Key, count: int, setting: Setting) -> JsonObject:
    return {
        "by": PARTNER,
        "action": "complete-deployments",
        "partnerId": key[1],
        "area": key[2],
        "count": count,
        "liveOn": setting.on.isoformat(),
    }


def _course(key: Key, _: Any, setting: Setting) -> JsonObject:
    return {
        "by": PARTNER,
        "action": "complete-course",
        "partnerId": key[1],
        "course": key[2],
        "part": key[3],
        "completedOn": setting.on.isoformat(),
    }


_CHANGES: Mapping[str, Callable[[Key, Any, Setting], JsonObject]] = {
    kinds.SPEND: _spend,
    kinds.START: _start,
    kinds.REOPEN: _reopen,
    kinds.COVER: _cover,
    kinds.ATTACH: _attach,
    kinds.ATTACH_ANY: _attach_any,
    kinds.COMPETENCY: _competency,
    kinds.DESIGNATION: _designation,
    kinds.DEPLOYMENTS: _deployments,
    kinds.COURSE: _course,
    kinds.RATE: _rate,
}
_ORDER = {kind: number for number, kind in enumerate(_CHANGES)}
