"""Events of a believable programme, one function per type: what differs is given, the rest is as it mostly is."""

import itertools
import json
from typing import Any

_numbers = itertools.count(1)


def event(name: str, data: dict[str, Any], time: str = "2026-03-01T09:30:00Z", **members: Any) -> bytes:
    """The message of one CloudEvent with an id of its own; ``members`` replace those of the envelope."""
    envelope = {"specversion": "1.0", "id": f"e-{next(_numbers)}", "source": "/tests", "type": f"fasttrack.{name}.v1"}
    return json.dumps({**envelope, "time": time, "data": data, **members}, ensure_ascii=False).encode()


def spend(customer: str, amount: str = "300000", time: str = "2026-03-01T09:30:00Z", **data: Any) -> bytes:
    licence = {"licenceId": "L-1", "application": "finance", "currency": "USD", "newDeployment": True}
    return event("spend.updated", {"customerId": customer, "annualAmount": amount, **licence, **data}, time)


def project(customer: str, name: str = "J-1", **data: Any) -> bytes:
    planned = {"applications": ["finance"], "initiatedOn": "2026-04-01", "status": "planned"}
    return event("project.updated", {"customerId": customer, "projectId": name, **planned, **data})


def attached(customer: str, partner: str = "P-1", time: str = "2026-03-01T09:30:00Z") -> bytes:
    return event("partner.attached", {"customerId": customer, "partnerId": partner}, time)


def detached(customer: str, partner: str = "P-1", time: str = "2026-03-02T09:30:00Z") -> bytes:
    return event("partner.detached", {"customerId": customer, "partnerId": partner}, time)


def described(customer: str, name: str | None, owner: str | None = None, time: str = "2026-03-01T09:30:00Z") -> bytes:
    return event("customer.described", {"customerId": customer, "name": name, "owner": owner}, time)


def partner_described(
    partner: str, name: str | None, owner: str | None = None, time: str = "2026-03-01T09:30:00Z"
) -> bytes:
    return event("partner.described", {"partnerId": partner, "name": name, "owner": owner}, time)


def certified(partner: str = "P-1", level: str = "gold", **data: Any) -> bytes:
    gold = {"competency": "cloud-business-applications", "area": "finance-and-operations", "level": level}
    return event("partner.certified", {"partnerId": partner, **gold, "validFrom": "2025-01-01", **data})


def designated(partner: str = "P-1") -> bytes:
    name = "solutions-partner-business-applications"
    return event(
        "partner.designated",
        {"partnerId": partner, "designation": name, "active": True, "validFrom": "2025-01-01"},
    )


def deployed(partner: str = "P-1", name: str = "D-1") -> bytes:
    data = {"deploymentId": name, "area": "customer-engagement", "liveOn": "2025-06-01", "eligible": True}
    return event("deployment.recorded", {"partnerId": partner, **data})


def trained(partner: str = "P-1") -> list[bytes]:
    learner = {"course": "success-by-design", "learnerId": "T-1", "completedOn": "2026-01-10"}
    return [
        event("training.completed", {"partnerId": partner, **learner, "part": part})
        for part in ("training", "knowledge-check")
    ]


def qualified(partner: str = "P-1") -> list[bytes]:
    """A partner that meets all that is asked of one for finance and operations."""
    return [certified(partner), *trained(partner)]


def covered(customer: str, partner: str = "P-1") -> list[bytes]:
    """A customer that is eligible if ``partner`` is qualified."""
    return [spend(customer), project(customer), attached(customer, partner)]
