"""A naive count of a population: every customer is judged twice by the oracle, which shares no code with the app."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.decide import Json, Place, decide, judge, listed, rate_of
from tests.oracle.oracle import Oracle

_KEYS = {
    "competencies": ("competency", "area", "validFrom"),
    "designations": ("designation", "validFrom"),
    "deployments": ("deploymentId",),
    "trainings": ("course", "part", "learnerId", "completedOn"),
}


class Side(NamedTuple):
    """A rule-set document, a day, and partners' facts in place of those of the same keys."""

    document: Json
    on: date
    partners: Sequence[Json] = ()


class Counted(NamedTuple):
    """By kind of change the customers' ids, and the spend of those that lose."""

    gained: list[str]
    lost: list[str]
    changed_projects: list[str]
    others: list[str]
    spend: Fraction
    by_partner: dict[str, dict[str, int]]


def compared(oracle: Oracle, before: Side, after: Side, only: Sequence[str] = ()) -> Counted:
    kinds: dict[str, list[str]] = {"gained": [], "lost": [], "changedProjects": [], "others": []}
    spend, partners = Fraction(0), Counter[tuple[str, str]]()
    for customer_id in sorted(oracle.customers()):
        attached = oracle.partners_of(customer_id)
        if only and not set(only) & set(attached):
            continue
        old, new = decided(oracle, customer_id, before), decided(oracle, customer_id, after)
        kind = "others" if old[:2] == new[:2] else "changedProjects"
        if old[0] != new[0]:
            kind = "gained" if new[0] == "eligible" else "lost"
            partners.update((partner, kind) for partner in attached)
        kinds[kind].append(customer_id)
        spend += spend_of(oracle, customer_id, before) if kind == "lost" else 0
    tallies = {name: {each: partners[name, each] for each in ("gained", "lost")} for name, _ in partners}
    return Counted(kinds["gained"], kinds["lost"], kinds["changedProjects"], kinds["others"], spend, tallies)


def decided(oracle: Oracle, customer_id: str, side: Side) -> tuple[str, list[str], bool]:
    return decide(_facts(oracle, customer_id, side.partners), side.document, side.on)


def spend_of(oracle: Oracle, customer_id: str, side: Side) -> Fraction:
    place = _place(oracle, customer_id, side)
    counted = [
        each
        for each in place.facts["customer"]["licences"]
        if listed(each["application"], place) and each["newDeployment"] and place.on <= (each.get("endsOn") or "9999")
    ]
    rates = [(each, rate_of(each["currency"], side.document)) for each in counted]
    return sum((Fraction(each["annualAmount"]) * rate for each, rate in rates if rate is not None), Fraction(0))


def verdict(oracle: Oracle, customer_id: str, side: Side) -> str:
    return judge(side.document["criteria"], _place(oracle, customer_id, side))


def _place(oracle: Oracle, customer_id: str, side: Side) -> Place:
    return Place(_facts(oracle, customer_id, side.partners), side.document, side.on.isoformat(), set())


def _facts(oracle: Oracle, customer_id: str, given: Sequence[Json]) -> Json:
    facts = oracle.evidence(customer_id)
    others = {each["partnerId"]: each for each in given}
    partners = [_replaced(each, others.get(each["partnerId"], {})) for each in facts["partners"]]
    return {**facts, "partners": partners}


def _replaced(partner: Json, given: Json) -> Json:
    replaced: dict[str, Any] = dict(partner)
    for name, members in _KEYS.items():
        by_key = {tuple(each[member] for member in members): each for each in partner.get(name, ())}
        by_key |= {tuple(each[member] for member in members): each for each in given.get(name, ())}
        replaced[name] = list(by_key.values())
    return replaced
