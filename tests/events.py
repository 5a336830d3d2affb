"""Event messages by their short names, valid unless a test says otherwise."""

import itertools
import json
from typing import Any

_numbers = itertools.count(1)
AREA = "finance-and-operations"


def event(kind: str, data: dict[str, Any], time: str = "2026-03-01T00:00:00Z", **envelope: Any) -> bytes:
    """A message body; ids are unique unless given, and of equal times the later made is the greater."""
    value = {
        "specversion": "1.0",
        "id": f"e-{next(_numbers):06d}",
        "source": "/test",
        "type": f"fasttrack.{kind}.v1",
        "time": time,
        "data": data,
        **envelope,
    }
    return json.dumps(value).encode()


def spend(customer: str = "C-1", amount: str = "300000", licence: str = "L-1", **more: Any) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    data = {"application": "finance", "annualAmount": amount, "currency": "USD", "newDeployment": True, **more}
    return event("spend.updated", {"customerId": customer, "licenceId": licence, **data}, time)


def project(customer: str = "C-1", project_id: str = "J-1", **more: Any) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    data = {"applications": ["finance"], "initiatedOn": "2026-05-01", "status": "active", **more}
    return event("project.updated", {"customerId": customer, "projectId": project_id, **data}, time)


def attached(customer: str = "C-1", partner: str = "P-1", time: str = "2026-03-01T00:00:00Z", **more: Any) -> bytes:
    return event("partner.attached", {"customerId": customer, "partnerId": partner, **more}, time)


def detached(customer: str = "C-1", partner: str = "P-1", time: str = "2026-03-02T00:00:00Z", **more: Any) -> bytes:
    return event("partner.detached", {"customerId": customer, "partnerId": partner, **more}, time)


def granted(customer: str = "C-1", exception: str = "X-1", **more: Any) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    data = {"reason": "agreed", "approvedBy": "Ada Lovelace", "validFrom": "2026-01-01", "validUntil": "2026-12-31"}
    return event("exception.granted", {"customerId": customer, "exceptionId": exception, **data, **more}, time)


def described(customer: str = "C-1", name: str | None = "Contoso", owner: str | None = None, **more: Any) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    return event("customer.described", {"customerId": customer, "name": name, "owner": owner}, time, **more)


def partner_described(
    partner: str = "P-1", name: str | None = "Fabrikam", owner: str | None = None, **more: Any
) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    return event("partner.described", {"partnerId": partner, "name": name, "owner": owner}, time, **more)


def certified(partner: str = "P-1", level: str = "gold", **more: Any) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    data = {
        "competency": "cloud-business-applications",
        "area": AREA,
        "level": level,
        "validFrom": "2026-01-01",
        **more,
    }
    return event("partner.certified", {"partnerId": partner, **data}, time)


def trained(partner: str = "P-1", part: str = "training", **more: Any) -> bytes:
    time = more.pop("time", "2026-03-01T00:00:00Z")
    data = {"course": "success-by-design", "part": part, "learnerId": "A-1", "completedOn": "2026-01-15", **more}
    return event("training.completed", {"partnerId": partner, **data}, time)


def qualified(partner: str = "P-1", **more: Any) -> list[bytes]:
    """All that makes a partner qualified for finance projects."""
    return [trained(partner), trained(partner, "knowledge-check"), certified(partner, **more)]


def eligible(customer: str = "C-1", partner: str = "P-1") -> list[bytes]:
    """All that makes a customer eligible with a qualified partner."""
    return [spend(customer), project(customer), attached(customer, partner)]
