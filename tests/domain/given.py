"""Events for the tests: one good one of each type with every member given, to change at will, and how to read it.

It is noon on 2026-03-02 (UTC).
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.events import Event, parse_event
from shared.errors import PermanentError

type Json = dict[str, Any]

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

SPEND = "fasttrack.spend.updated.v1"
PROJECT = "fasttrack.project.updated.v1"
ATTACHED = "fasttrack.partner.attached.v1"
DETACHED = "fasttrack.partner.detached.v1"
CERTIFIED = "fasttrack.partner.certified.v1"
DESIGNATED = "fasttrack.partner.designated.v1"
DEPLOYMENT = "fasttrack.deployment.recorded.v1"
TRAINING = "fasttrack.training.completed.v1"
EXCEPTION = "fasttrack.exception.granted.v1"
CUSTOMER_DESCRIBED = "fasttrack.customer.described.v1"
PARTNER_DESCRIBED = "fasttrack.partner.described.v1"

ABSENT = object()
"""In place of a member's value: leave the member out."""

GOOD: Mapping[str, Json] = {
    SPEND: {
        "customerId": "C-1",
        "licenceId": "L-1",
        "application": "finance",
        "annualAmount": "180000.00",
        "currency": "USD",
        "newDeployment": True,
        "endsOn": "2026-12-31",
    },
    PROJECT: {
        "customerId": "C-1",
        "projectId": "J-1",
        "applications": ["finance", "sales"],
        "initiatedOn": "2026-04-01",
        "status": "planned",
    },
    ATTACHED: {"customerId": "C-1", "partnerId": "P-1", "projectId": "J-1"},
    DETACHED: {"customerId": "C-1", "partnerId": "P-1", "projectId": "J-1"},
    EXCEPTION: {
        "customerId": "C-1",
        "exceptionId": "E-1",
        "reason": "agreed by the regional lead",
        "approvedBy": "Ada Lovelace",
        "validFrom": "2026-01-01",
        "validUntil": "2026-12-31",
        "revoked": False,
    },
    CERTIFIED: {
        "partnerId": "P-1",
        "competency": "cloud-business-applications",
        "area": "customer-engagement",
        "level": "gold",
        "validFrom": "2026-01-01",
        "validUntil": "2026-12-31",
    },
    DESIGNATED: {
        "partnerId": "P-1",
        "designation": "solutions-partner-business-applications",
        "active": True,
        "validFrom": "2026-01-01",
        "validUntil": "2026-12-31",
    },
    DEPLOYMENT: {
        "partnerId": "P-1",
        "deploymentId": "D-1",
        "area": "finance-and-operations",
        "liveOn": "2026-01-01",
        "eligible": True,
        "customerId": "C-1",
    },
    TRAINING: {
        "partnerId": "P-1",
        "course": "success-by-design",
        "part": "training",
        "learnerId": "A-1",
        "completedOn": "2026-01-01",
        "expiresOn": "2026-12-31",
        "revoked": False,
    },
    CUSTOMER_DESCRIBED: {"customerId": "C-1", "name": "Contoso Groep", "owner": "Ada Lovelace"},
    PARTNER_DESCRIBED: {"partnerId": "P-1", "name": "Fabrikam Europe", "owner": "Ada Lovelace"},
}

OPTIONAL: Mapping[str, frozenset[str]] = {
    SPEND: frozenset({"endsOn"}),
    PROJECT: frozenset(),
    ATTACHED: frozenset({"projectId"}),
    DETACHED: frozenset({"projectId"}),
    EXCEPTION: frozenset({"revoked"}),
    CERTIFIED: frozenset({"validUntil"}),
    DESIGNATED: frozenset({"validUntil"}),
    DEPLOYMENT: frozenset({"customerId"}),
    TRAINING: frozenset({"expiresOn", "revoked"}),
    CUSTOMER_DESCRIBED: frozenset({"name", "owner"}),
    PARTNER_DESCRIBED: frozenset({"name", "owner"}),
}


def members(optional: bool) -> Iterator[tuple[str, str]]:
    """(type, member) of all members of ``data`` that are optional, or of all that are not."""
    for name, data in GOOD.items():
        yield from ((name, member) for member in data if (member in OPTIONAL[name]) is optional)


def changed(value: Mapping[str, Any], changes: Mapping[str, Any]) -> Json:
    return {name: each for name, each in {**value, **changes}.items() if each is not ABSENT}


def event(name: str = ATTACHED, /, envelope: Mapping[str, Any] | None = None, **data: Any) -> Json:
    """The good event of that type with other members in its envelope or its data."""
    good = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/crm",
        "type": name,
        "subject": "customers/C-1",
        "time": "2026-03-02T09:30:00Z",
        "datacontenttype": "application/json",
        "data": changed(GOOD[name], data),
    }
    return changed(good, envelope or {})


def in_base64(data: Any, name: str = SPEND, **envelope: Any) -> Json:
    """The event with its data (a value, or its JSON) as .NET's client writes what is made of bytes."""
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return event(name, {"data": ABSENT, "data_base64": base64.b64encode(text).decode(), **envelope})


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


def accepted(value: Json | bytes) -> Event:
    return parse_event(value if isinstance(value, bytes) else body(value), NOW)


def either(message: bytes) -> Event | PermanentError:
    """The event in the message or the refusal of it; any other exception is a failure of the test."""
    try:
        return parse_event(message, NOW)
    except PermanentError as fault:
        return fault


def refusal(value: Any) -> PermanentError:
    """The error that parsing the message (bytes, or a value to be written as JSON) ends in."""
    with pytest.raises(PermanentError) as caught:
        parse_event(value if isinstance(value, bytes) else body(value), NOW)
    return caught.value


def faults(value: Any) -> dict[str, str]:
    """The messages of that error by JSON path."""
    return {each.path: each.message for each in refusal(value).errors}
