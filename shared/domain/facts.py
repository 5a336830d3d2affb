"""Facts: the latest value of one register each, as the events' ``data`` give them.

Arrives: the known members of an event's ``data`` (already validated). Leaves: frozen values that ``decide`` reads.
Dates are UTC calendar dates, both ends of an interval included, ``None`` meaning no end; money is exact (``Decimal``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

type Data = Mapping[str, Any]
"""The known members of an event's ``data`` without nulls, as JSON gives them."""


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


@dataclass(frozen=True, slots=True)
class Licence:
    """What a customer spends a year on one application under one licence."""

    licence_id: str
    application: str
    annual_amount: Decimal
    currency: str
    new_deployment: bool
    ends_on: date | None = None

    @classmethod
    def from_data(cls, data: Data) -> "Licence":
        return cls(
            data["licenceId"],
            data["application"],
            Decimal(data["annualAmount"]),
            data["currency"],
            data["newDeployment"],
            _date(data.get("endsOn")),
        )


@dataclass(frozen=True, slots=True)
class Project:
    """An implementation of some applications with a start date; open while planned or active."""

    project_id: str
    applications: tuple[str, ...]
    initiated_on: date
    status: str

    @property
    def is_open(self) -> bool:
        return self.status in ("planned", "active")

    @classmethod
    def from_data(cls, data: Data) -> "Project":
        initiated_on = date.fromisoformat(data["initiatedOn"])
        return cls(data["projectId"], tuple(data["applications"]), initiated_on, data["status"])


@dataclass(frozen=True, slots=True)
class Attachment:
    """Whether a partner works on one project of the customer, or on all of them (``project_id`` None)."""

    partner_id: str
    project_id: str | None
    attached: bool


@dataclass(frozen=True, slots=True)
class Competency:
    """A period of a partner's competency in an area, in force from ``valid_from`` until the next one starts."""

    competency: str
    area: str
    level: str
    valid_from: date
    valid_until: date | None = None

    @classmethod
    def from_data(cls, data: Data) -> "Competency":
        valid_from = date.fromisoformat(data["validFrom"])
        return cls(data["competency"], data["area"], data["level"], valid_from, _date(data.get("validUntil")))


@dataclass(frozen=True, slots=True)
class Designation:
    """A period of a partner's designation, in force from ``valid_from`` until the next one starts."""

    designation: str
    active: bool
    valid_from: date
    valid_until: date | None = None

    @classmethod
    def from_data(cls, data: Data) -> "Designation":
        valid_from = date.fromisoformat(data["validFrom"])
        return cls(data["designation"], data["active"], valid_from, _date(data.get("validUntil")))


@dataclass(frozen=True, slots=True)
class Deployment:
    """A customer deployment of a partner in an area; counts from ``live_on`` if eligible."""

    deployment_id: str
    area: str
    live_on: date
    eligible: bool
    customer_id: str | None = None

    @classmethod
    def from_data(cls, data: Data) -> "Deployment":
        live_on = date.fromisoformat(data["liveOn"])
        return cls(data["deploymentId"], data["area"], live_on, data["eligible"], data.get("customerId"))


@dataclass(frozen=True, slots=True)
class Training:
    """One learner's completion of one part of a course."""

    course: str
    part: str
    learner_id: str
    completed_on: date
    expires_on: date | None = None
    revoked: bool = False

    @classmethod
    def from_data(cls, data: Data) -> "Training":
        return cls(
            data["course"],
            data["part"],
            data["learnerId"],
            date.fromisoformat(data["completedOn"]),
            _date(data.get("expiresOn")),
            data.get("revoked", False),
        )


type PartnerFact = Competency | Designation | Deployment | Training
