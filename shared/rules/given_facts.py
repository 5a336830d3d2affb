"""Read facts in the shape of a what-if question: the events' data gathered by kind, null the same as absent."""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.customer import Customer
from shared.domain.facts import CUSTOMER_FACTS, PARTNER_FACTS, Fact
from shared.domain.partner import Partner


def customer_from(value: Mapping[str, Any]) -> Customer:
    """The customer with these licences, projects and attachments and no others."""
    return Customer(value.get("customerId") or "", **{each.gathered: _facts(each, value) for each in CUSTOMER_FACTS})


def partner_from(value: Mapping[str, Any]) -> Partner:
    """The partner with these competencies, designations, deployments and trainings and no others."""
    return Partner.of(value["partnerId"], [fact for each in PARTNER_FACTS for fact in _facts(each, value)])


def _facts(form: type[Fact], value: Mapping[str, Any]) -> tuple[Any, ...]:
    given: Iterable[Mapping[str, Any]] = value.get(form.gathered) or ()
    return tuple(form.from_data(each) for each in given)
