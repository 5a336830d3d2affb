"""One customer's story in six events, all it takes to be eligible; and the messages that tell it or change it."""

import json
from datetime import UTC, date, datetime
from typing import Any

from .oracle import Oracle
from .programme_rules import programme_rules

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LICENCE = {
    "customerId": "C-1",
    "licenceId": "L-1",
    "application": "finance",
    "annualAmount": "300000",
    "currency": "USD",
    "newDeployment": True,
}
PROJECT = {
    "customerId": "C-1",
    "projectId": "J-1",
    "applications": ["finance"],
    "initiatedOn": "2026-04-01",
    "status": "planned",
}
ATTACHED = {"customerId": "C-1", "partnerId": "P-1"}
GOLD = {
    "partnerId": "P-1",
    "competency": "cloud-business-applications",
    "area": "finance-and-operations",
    "level": "gold",
    "validFrom": "2025-01-01",
}
DESIGNATED = {
    "partnerId": "P-1",
    "designation": "solutions-partner-business-applications",
    "active": True,
    "validFrom": "2025-01-01",
}
DEPLOYED = {
    "partnerId": "P-1",
    "deploymentId": "D-1",
    "area": "finance-and-operations",
    "liveOn": "2025-06-01",
    "eligible": True,
}
TRAINED = {
    "partnerId": "P-1",
    "course": "success-by-design",
    "part": "training",
    "learnerId": "E-1",
    "completedOn": "2025-05-01",
}
CHECKED = TRAINED | {"part": "knowledge-check"}
STORY = (
    ("certified", GOLD),
    ("training", TRAINED),
    ("training", CHECKED),
    ("attached", ATTACHED),
    ("project", PROJECT),
    ("spend", LICENCE),
)
TYPES = {
    "spend": "fasttrack.spend.updated.v1",
    "project": "fasttrack.project.updated.v1",
    "attached": "fasttrack.partner.attached.v1",
    "detached": "fasttrack.partner.detached.v1",
    "certified": "fasttrack.partner.certified.v1",
    "designated": "fasttrack.partner.designated.v1",
    "deployed": "fasttrack.deployment.recorded.v1",
    "training": "fasttrack.training.completed.v1",
}
ELIGIBLE = ("eligible", ["J-1"])
INELIGIBLE: tuple[str, list[str]] = ("ineligible", [])


def message(kind: str, data: Any, **envelope: Any) -> bytes:
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "/test",
        "type": TYPES[kind],
        "time": "2026-02-01T00:00:00Z",
        "data": data,
    }
    return json.dumps(event | envelope).encode()


def told(*messages: bytes, story: bool = True, on: date = TODAY) -> Oracle:
    oracle = Oracle(programme_rules(), on, NOW)
    for kind, data in STORY if story else ():
        oracle.post(message(kind, data))
    for each in messages:
        oracle.post(each)
    return oracle


def outcome(oracle: Oracle, customer: str = "C-1") -> tuple[str, list[str]]:
    final = oracle.final(customer)
    return final.status, final.eligible_projects


def later(kind: str, data: dict[str, Any], **changes: Any) -> bytes:
    return message(kind, data | changes, time="2026-02-02T00:00:00Z")
