"""Facts in the shape of a what-if question (contract section 4).

Arrives: valid JSON, the events' data gathered by kind, null the same as absent. Leaves: a customer or a partner.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared.domain.customer import Customer
from shared.domain.facts import Attachment, Competency, Data, Deployment, Designation, Licence, Project, Training
from shared.domain.partner import Partner


def customer_from(value: Mapping[str, Any]) -> Customer:
    """The customer with these licences, projects and attachments and no others."""
    return Customer(
        value.get("customerId") or "",
        _facts(value, "licences", Licence.from_data),
        _facts(value, "projects", Project.from_data),
        _facts(value, "attachments", _attachment),
    )


def partner_from(value: Mapping[str, Any]) -> Partner:
    """The partner with these competencies, designations, deployments and trainings and no others."""
    return Partner.of(
        value["partnerId"],
        [
            *_facts(value, "competencies", Competency.from_data),
            *_facts(value, "designations", Designation.from_data),
            *_facts(value, "deployments", Deployment.from_data),
            *_facts(value, "trainings", Training.from_data),
        ],
    )


def _facts[F](value: Mapping[str, Any], kind: str, read: Callable[[Data], F]) -> tuple[F, ...]:
    return tuple(read(_without_nulls(data)) for data in value.get(kind) or ())


def _without_nulls(data: Data) -> Data:
    return {name: each for name, each in data.items() if each is not None}


def _attachment(data: Data) -> Attachment:
    return Attachment(data["partnerId"], data.get("projectId"), data.get("attached", True))
