"""The members of each event's ``data``, as the contract lists them, with what is right for each.

Arrives: a JSON object without nulls. Leaves: nothing but the verdict; the known members are kept as they were written.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel


def _calendar_date(value: str) -> str:
    date.fromisoformat(value)
    return value


Identifier = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
    Field(description='an identifier: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, such as "C-1001"'),
]
Application = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$"),
    Field(description='an application id: 1 to 64 of a-z 0-9 -, the first a letter or digit, such as "finance"'),
]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_calendar_date),
    Field(description='a date of the calendar, such as "2026-03-02"', json_schema_extra={"format": "date"}),
]
Money = Annotated[
    str,
    StringConstraints(pattern=r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$"),
    Field(description='a decimal string from "0" to "999999999999999.99", such as "180000.00"'),
]
Currency = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description='a currency code of ISO 4217, such as "USD"')
]
Flag = Annotated[bool, Field(description="true or false")]
Area = Annotated[
    Literal["customer-engagement", "finance-and-operations"],
    Field(description='"customer-engagement" or "finance-and-operations"'),
]

IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class EventData(BaseModel):
    """What all have in common: camel-case members, no coercion, unknown members ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, alias_generator=to_camel, defer_build=True)


class SpendUpdated(EventData):
    customer_id: Identifier
    licence_id: Identifier
    application: Application
    annual_amount: Money
    currency: Currency
    new_deployment: Flag
    ends_on: Day | None = None


class ProjectUpdated(EventData):
    customer_id: Identifier
    project_id: Identifier
    applications: Annotated[
        list[Application], Field(min_length=1, max_length=32, description="a list of 1 to 32 application ids")
    ]
    initiated_on: Day
    status: Annotated[
        Literal["planned", "active", "completed", "cancelled"],
        Field(description='"planned", "active", "completed" or "cancelled"'),
    ]


class PartnerAttached(EventData):
    customer_id: Identifier
    partner_id: Identifier
    project_id: Identifier | None = None


class PartnerDetached(PartnerAttached):
    pass


class PartnerCertified(EventData):
    partner_id: Identifier
    competency: Annotated[Literal["cloud-business-applications"], Field(description='"cloud-business-applications"')]
    area: Area
    level: Annotated[Literal["gold", "silver", "none"], Field(description='"gold", "silver" or "none"')]
    valid_from: Day
    valid_until: Day | None = None


class PartnerDesignated(EventData):
    partner_id: Identifier
    designation: Annotated[
        Literal["solutions-partner-business-applications"],
        Field(description='"solutions-partner-business-applications"'),
    ]
    active: Flag
    valid_from: Day
    valid_until: Day | None = None


class DeploymentRecorded(EventData):
    partner_id: Identifier
    deployment_id: Identifier
    area: Area
    live_on: Day
    eligible: Flag
    customer_id: Identifier | None = None


class TrainingCompleted(EventData):
    partner_id: Identifier
    course: Annotated[Literal["success-by-design"], Field(description='"success-by-design"')]
    part: Annotated[Literal["training", "knowledge-check"], Field(description='"training" or "knowledge-check"')]
    learner_id: Identifier
    completed_on: Day
    expires_on: Day | None = None
    revoked: Flag = False
