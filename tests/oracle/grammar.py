"""The table of events in section 1 of the contract: a type's register, its key and what its members may be."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

type Check = Callable[[Any], bool]


def matches(pattern: str) -> Check:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def one_of(*allowed: str) -> Check:
    return lambda value: isinstance(value, str) and value in allowed


def truth(value: Any) -> bool:
    return value is True or value is False


def day(value: Any) -> bool:
    if not matches(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")(value):
        return False
    try:
        date(int(value[0:4]), int(value[5:7]), int(value[8:10]))
    except ValueError:
        return False
    return True


def application_list(value: Any) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= 32 and all(application(item) for item in value)


def line(value: Any) -> bool:
    """1 to 200 characters, none a control character or one that changes text direction."""
    return isinstance(value, str) and 1 <= len(value) <= 200 and all(map(is_plain, value))


def is_plain(character: str) -> bool:
    turns = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    marks = ("LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK", "ARABIC LETTER MARK")
    is_mark = unicodedata.name(character, "") in marks
    return unicodedata.category(character) != "Cc" and unicodedata.bidirectional(character) not in turns and not is_mark


identifier = matches(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
application = matches(r"[a-z0-9][a-z0-9-]{0,63}")
money = matches(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?")
currency = matches(r"[A-Z]{3}")
area = one_of("customer-engagement", "finance-and-operations")


@dataclass(frozen=True)
class Kind:
    """One row of the contract's table: which register is written, its key, and the members of `data`."""

    register: str
    owner: str
    key: tuple[str, ...]
    required: dict[str, Check]
    optional: dict[str, Check]


ATTACHMENT = Kind(
    "attachment",
    "customerId",
    ("partnerId", "projectId"),
    {"customerId": identifier, "partnerId": identifier},
    {"projectId": identifier},
)
KINDS = {
    "fasttrack.spend.updated.v1": Kind(
        "licence",
        "customerId",
        ("licenceId",),
        {
            "customerId": identifier,
            "licenceId": identifier,
            "application": application,
            "annualAmount": money,
            "currency": currency,
            "newDeployment": truth,
        },
        {"endsOn": day},
    ),
    "fasttrack.project.updated.v1": Kind(
        "project",
        "customerId",
        ("projectId",),
        {
            "customerId": identifier,
            "projectId": identifier,
            "applications": application_list,
            "initiatedOn": day,
            "status": one_of("planned", "active", "completed", "cancelled"),
        },
        {},
    ),
    "fasttrack.partner.attached.v1": ATTACHMENT,
    "fasttrack.partner.detached.v1": ATTACHMENT,
    "fasttrack.exception.granted.v1": Kind(
        "exception",
        "customerId",
        ("exceptionId",),
        {
            "customerId": identifier,
            "exceptionId": identifier,
            "reason": line,
            "approvedBy": line,
            "validFrom": day,
            "validUntil": day,
        },
        {"revoked": truth},
    ),
    "fasttrack.partner.certified.v1": Kind(
        "competency",
        "partnerId",
        ("competency", "area", "validFrom"),
        {
            "partnerId": identifier,
            "competency": one_of("cloud-business-applications"),
            "area": area,
            "level": one_of("gold", "silver", "none"),
            "validFrom": day,
        },
        {"validUntil": day},
    ),
    "fasttrack.partner.designated.v1": Kind(
        "designation",
        "partnerId",
        ("designation", "validFrom"),
        {
            "partnerId": identifier,
            "designation": one_of("solutions-partner-business-applications"),
            "active": truth,
            "validFrom": day,
        },
        {"validUntil": day},
    ),
    "fasttrack.deployment.recorded.v1": Kind(
        "deployment",
        "partnerId",
        ("deploymentId",),
        {"partnerId": identifier, "deploymentId": identifier, "area": area, "liveOn": day, "eligible": truth},
        {"customerId": identifier},
    ),
    "fasttrack.training.completed.v1": Kind(
        "training",
        "partnerId",
        ("course", "part", "learnerId", "completedOn"),
        {
            "partnerId": identifier,
            "course": one_of("success-by-design"),
            "part": one_of("training", "knowledge-check"),
            "learnerId": identifier,
            "completedOn": day,
        },
        {"expiresOn": day, "revoked": truth},
    ),
    "fasttrack.customer.described.v1": Kind(
        "description", "customerId", (), {"customerId": identifier}, {"name": line, "owner": line}
    ),
    "fasttrack.partner.described.v1": Kind(
        "description", "partnerId", (), {"partnerId": identifier}, {"name": line, "owner": line}
    ),
}
