"""The schema of what would help: sets of changes, each one action of the customer, a partner or the programme."""

from collections.abc import Iterator

from shared.api.schemas.parts import (
    APPLICATION,
    AREA,
    CURRENCY,
    DAY,
    IDENTIFIER,
    MONEY,
    Schema,
    list_of,
    nullable,
    number,
    record,
    ref,
    text,
)
from shared.rules.help_changes import CUSTOMER, PARTNER, PROGRAMME

_PROJECT = {"projectId": IDENTIFIER}
_COURSE = {"course": text("which course"), "part": text("which part of it")}
_COMPETENCY = {
    "competency": text("which competency"),
    "area": AREA,
    "levels": list_of(text("a level"), "the levels that do"),
}
_DESIGNATION = {"designation": text("which designation")}
_DEPLOYMENTS = {"area": AREA, "count": number("how many more", 1)}

ACTIONS: dict[str, tuple[str, dict[str, Schema]]] = {
    "spend-more": (CUSTOMER, {"amount": MONEY, "currency": CURRENCY, "application": APPLICATION}),
    "add-exchange-rate": (
        PROGRAMME,
        {"currency": CURRENCY, "toCurrency": CURRENCY, "leastRate": text("the least rate that does")},
    ),
    "start-project": (CUSTOMER, {**_PROJECT, "application": APPLICATION, "initiatedOn": DAY}),
    "reopen-project": (CUSTOMER, _PROJECT),
    "add-application": (CUSTOMER, {**_PROJECT, "application": APPLICATION}),
    "attach-partner": (CUSTOMER, {"partnerId": IDENTIFIER, **_PROJECT}),
    "attach-qualified-partner": (
        CUSTOMER,
        {**_PROJECT, "qualifications": list_of(ref("qualification"), "what the partner must have")},
    ),
    "gain-competency": (PARTNER, {"partnerId": IDENTIFIER, **_COMPETENCY, "validFrom": DAY}),
    "gain-designation": (PARTNER, {"partnerId": IDENTIFIER, **_DESIGNATION, "validFrom": DAY}),
    "complete-deployments": (PARTNER, {"partnerId": IDENTIFIER, **_DEPLOYMENTS, "liveOn": DAY}),
    "complete-course": (
        PARTNER,
        {"partnerId": IDENTIFIER, **_COURSE, "completedOn": DAY, "completedBefore": nullable(DAY)},
    ),
}


def help_schemas() -> Iterator[tuple[str, Schema]]:
    kinds = (_COMPETENCY, _DESIGNATION, _DEPLOYMENTS, {**_COURSE, "completedBefore": DAY})
    yield (
        "qualification",
        {
            "description": "What a partner must have.",
            "anyOf": [record("a qualification", each) for each in kinds],
        },
    )
    yield (
        "helpful-change",
        {
            "description": "One thing that somebody can do.",
            "oneOf": [_change(action, by, members) for action, (by, members) in ACTIONS.items()],
        },
    )
    members = {
        "changes": list_of(ref("helpful-change"), "all of them are needed", minItems=1),
        "eligibleProjects": list_of(IDENTIFIER, "the projects eligible then", minItems=0),
    }
    yield "would-help", record("A smallest set of changes that makes the customer eligible.", members)


def _change(action: str, by: str, members: dict[str, Schema]) -> Schema:
    told = text("the same in words")
    all_members = {"by": {"const": by}, "action": {"const": action}, **members, "text": told}
    return record(action, all_members, optional=("completedBefore",))
