"""Facts gathered by kind, in the shape of the events' data without the owner: as questions and answers have them."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.customer import Customer
from shared.domain.customer_state import Registers
from shared.domain.decision import JsonObject
from shared.domain.facts import CUSTOMER, CUSTOMER_FACTS, FACTS, PARTNER_FACTS, Data, Fact, Kind, fact_of
from shared.domain.partner import Partner
from shared.domain.registers import Register

CUSTOMER_LISTS: Mapping[str, Kind] = {each.gathered: each.kind for each in CUSTOMER_FACTS}
PARTNER_LISTS: Mapping[str, Kind] = {each.gathered: each.kind for each in PARTNER_FACTS}

type PartnerFacts = Mapping[tuple[Kind, str], Fact]
"""A partner's facts by kind and key."""


def customer_from(value: JsonObject) -> Customer:
    """The customer with these facts and no others; null is the same as absent."""
    return Customer(value.get("customerId") or "", **{each.gathered: _read(each, value) for each in CUSTOMER_FACTS})


def partner_from(value: JsonObject) -> Partner:
    """The partner with these competencies, designations, deployments and trainings and no others."""
    return Partner.of(value["partnerId"], [fact for each in PARTNER_FACTS for fact in _read(each, value)])


def _read(fact: type[Fact], value: JsonObject) -> tuple[Any, ...]:
    given: Iterable[Data] = value.get(fact.gathered) or ()
    return tuple(fact.from_data(each) for each in given)


def customer_facts(registers: Registers, given: JsonObject | None = None) -> JsonObject:
    """A customer's facts by list, where those ``given`` replace others of the same key."""
    facts: JsonObject = {}
    for name, kind in CUSTOMER_LISTS.items():
        stored = {key: _fact(register) for key, register in registers.get(kind, {}).items()}
        facts[name] = list({**stored, **keyed(kind, (given or {}).get(name) or ())}.values())
    return facts


def _fact(register: Register) -> Data:
    return {name: value for name, value in register.whole_data.items() if name != CUSTOMER}


def keyed(kind: Kind, given: Iterable[Data]) -> dict[str, Data]:
    """Facts given, each without nulls, by the key of its register."""
    facts = [{name: value for name, value in fact.items() if value is not None} for fact in given]
    return {"~".join(fact.get(member, "") for member in FACTS[kind].key): fact for fact in facts}


def partner_facts(given: JsonObject) -> PartnerFacts:
    """The facts of a partner as they are given."""
    return {
        (kind, key): fact_of(kind, data)
        for name, kind in PARTNER_LISTS.items()
        for key, data in keyed(kind, given.get(name) or ()).items()
    }
