"""The members of each event's ``data``, as the contract lists them, with what is right for each.

The kinds are plain data, and their check is a few lines: an event is often a worker's first, and a library for it would
be loaded before it. Questions and schemas make theirs of the same members.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

type Wrong = tuple[str, Any, "MemberKind"]
"""Where something is not right, what is there, and the kind that it should be of."""


@dataclass(frozen=True)
class MemberKind(ABC):
    """What a member may be; ``right`` says so in an error."""

    right: str

    @abstractmethod
    def accepts(self, value: Any) -> bool:
        """Whether the value as a whole is of this kind."""

    def wrong(self, value: Any) -> Iterator[Wrong]:
        """What is not right in the member, by its place below it."""
        if not self.accepts(value):
            yield "", value, self


@dataclass(frozen=True)
class Text(MemberKind):
    """A string that as a whole is of the ``pattern``, which is compiled when the first such member comes."""

    pattern: str

    def accepts(self, value: Any) -> bool:
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


class Day(Text):
    """A string that is a date of the calendar as well."""

    def accepts(self, value: Any) -> bool:
        if not super().accepts(value):
            return False
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class Word(MemberKind):
    """One of the ``words``."""

    words: tuple[str, ...]

    def accepts(self, value: Any) -> bool:
        return value in self.words


@dataclass(frozen=True)
class Flag(MemberKind):
    """True or false; ``absent`` is what it means to leave it out where it may be."""

    absent: bool | None = None

    def accepts(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class ListOf(MemberKind):
    """A list of 1 to ``most`` of ``each``."""

    each: Text
    most: int

    def accepts(self, value: Any) -> bool:
        return isinstance(value, list) and 1 <= len(value) <= self.most

    def wrong(self, value: Any) -> Iterator[Wrong]:
        yield from super().wrong(value)
        if self.accepts(value):
            for index, each in enumerate(value):
                if not self.each.accepts(each):
                    yield f"[{index}]", each, self.each


@dataclass(frozen=True)
class EventData:
    """The members of one type's ``data``; there are no others."""

    required: Mapping[str, MemberKind]
    optional: Mapping[str, MemberKind]

    @cached_property
    def members(self) -> Mapping[str, MemberKind]:
        return {**self.required, **self.optional}

    def wrong(self, given: Mapping[str, Any]) -> Iterator[Wrong]:
        """As a kind's, for every known member; one that is missing is None."""
        for name, kind in self.members.items():
            if name in given:
                yield from ((f".{name}{place}", value, wanted) for place, value, wanted in kind.wrong(given[name]))
            elif name in self.required:
                yield f".{name}", None, kind


MAX_APPLICATIONS = 32
IDENTIFIER = Text(
    'an identifier: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, such as "C-1001"',
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
)
APPLICATION = Text(
    'an application id: 1 to 64 of a-z 0-9 -, the first a letter or digit, such as "finance"',
    r"[a-z0-9][a-z0-9-]{0,63}",
)
DAY = Day('a date of the calendar, such as "2026-03-02"', r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MONEY = Text(
    'a decimal string from "0" to "999999999999999.99", such as "180000.00"',
    r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?",
)
CURRENCY = Text('a currency code of ISO 4217, such as "USD"', r"[A-Z]{3}")
FLAG = Flag("true or false")
AREA = Word(
    '"customer-engagement" or "finance-and-operations"',
    ("customer-engagement", "finance-and-operations"),
)

SPEND_UPDATED = EventData(
    required={
        "customerId": IDENTIFIER,
        "licenceId": IDENTIFIER,
        "application": APPLICATION,
        "annualAmount": MONEY,
        "currency": CURRENCY,
        "newDeployment": FLAG,
    },
    optional={"endsOn": DAY},
)
PROJECT_UPDATED = EventData(
    required={
        "customerId": IDENTIFIER,
        "projectId": IDENTIFIER,
        "applications": ListOf(f"a list of 1 to {MAX_APPLICATIONS} application ids", APPLICATION, MAX_APPLICATIONS),
        "initiatedOn": DAY,
        "status": Word(
            '"planned", "active", "completed" or "cancelled"', ("planned", "active", "completed", "cancelled")
        ),
    },
    optional={},
)
PARTNER_ATTACHED = PARTNER_DETACHED = EventData(
    required={"customerId": IDENTIFIER, "partnerId": IDENTIFIER}, optional={"projectId": IDENTIFIER}
)
PARTNER_CERTIFIED = EventData(
    required={
        "partnerId": IDENTIFIER,
        "competency": Word('"cloud-business-applications"', ("cloud-business-applications",)),
        "area": AREA,
        "level": Word('"gold", "silver" or "none"', ("gold", "silver", "none")),
        "validFrom": DAY,
    },
    optional={"validUntil": DAY},
)
PARTNER_DESIGNATED = EventData(
    required={
        "partnerId": IDENTIFIER,
        "designation": Word('"solutions-partner-business-applications"', ("solutions-partner-business-applications",)),
        "active": FLAG,
        "validFrom": DAY,
    },
    optional={"validUntil": DAY},
)
DEPLOYMENT_RECORDED = EventData(
    required={"partnerId": IDENTIFIER, "deploymentId": IDENTIFIER, "area": AREA, "liveOn": DAY, "eligible": FLAG},
    optional={"customerId": IDENTIFIER},
)
TRAINING_COMPLETED = EventData(
    required={
        "partnerId": IDENTIFIER,
        "course": Word('"success-by-design"', ("success-by-design",)),
        "part": Word('"training" or "knowledge-check"', ("training", "knowledge-check")),
        "learnerId": IDENTIFIER,
        "completedOn": DAY,
    },
    optional={"expiresOn": DAY, "revoked": Flag("true or false", absent=False)},
)
