"""What deciding a customer gives: the outcome, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

type JsonObject = dict[str, Any]
type Value = str | int | list[str] | None
type Said = Value | Mapping[str, Value]
"""What a criterion required, or what was found, as JSON."""

DECISIONS = 2
"""The format number of decisions. It goes up in a version that, of the same facts and rules, makes another outcome or
writes other rows to find customers by; every customer is then decided once more (``shared/workflow/upgrade.py``)."""


class Verdict(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Status(StrEnum):
    UNASSESSED = "unassessed"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


class Expiring(NamedTuple):
    """That an eligible customer loses eligibility soon: on which day if no event comes, and within how many days, the
    smallest of the steps at which it is warned."""

    loses_on: date
    within: int

    @classmethod
    def on(cls, day: date, loses_on: date, steps: Sequence[int]) -> "Expiring | None":
        """On an earlier day, by the ``steps`` of the rule set in force on it; None if the loss is not near."""
        left = (loses_on - day).days
        within = min([each for each in steps if each >= left], default=None)
        return cls(loses_on, within) if within else None

    @classmethod
    def of(cls, value: JsonObject | None) -> "Expiring | None":
        """As a decision has it; null, or absent in decisions of older versions, is none."""
        return cls(date.fromisoformat(value["losesOn"]), value["within"]) if value else None

    def to_json(self) -> JsonObject:
        return {"losesOn": self.loses_on.isoformat(), "within": self.within}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The part of a decision whose change is recorded and notified.

    What a rule set decides as of a day has no ``expiring``: that takes the time ahead.
    """

    status: Status
    eligible_projects: tuple[str, ...] = ()
    expiring: Expiring | None = None
    by_exception: bool = False
    """Whether the customer is eligible, and would not be if no exception held."""

    @classmethod
    def of(cls, decision: JsonObject) -> "Outcome":
        """That of a decision as JSON; in those of older versions nobody is eligible by exception."""
        expiring = Expiring.of(decision.get("expiring"))
        projects, by_exception = tuple(decision["eligibleProjects"]), decision.get("byException", False)
        return cls(Status(decision["status"]), projects, expiring, by_exception)

    @property
    def of_rules(self) -> "Outcome":
        """Without ``expiring``."""
        return replace(self, expiring=None) if self.expiring else self


UNASSESSED = Outcome(Status.UNASSESSED)


class Node(NamedTuple):
    """One criterion's verdict with what it required and what was found (JSON values), about ``subject``.

    ``not_needed``: it and all below it missed nothing, since another branch met what any one of them would have.
    A tuple, because a customer has dozens of nodes and tuples are made several times faster than dataclasses.
    """

    id: str
    title: str
    verdict: Verdict
    required: Said
    actual: Said
    subject: Mapping[str, str] | None = None
    children: tuple["Node", ...] = ()
    omitted: int = 0
    not_needed: bool = False
    not_counted: tuple[Mapping[str, str], ...] = ()
    """Of money: the licences that do not count, each with its reason, and how many are not named."""
    not_counted_omitted: int = 0
    by_exception: bool = False
    """Whether it is met, and would not be if no exception held."""

    def to_json(self) -> JsonObject:
        node: JsonObject = {
            "id": self.id,
            "title": self.title,
            "verdict": self.verdict.value,
            "required": self.required,
            "actual": self.actual,
        }
        if self.subject:
            node["subject"] = dict(self.subject)
        if self.children:
            node["children"] = [child.to_json() for child in self.children]
        if self.omitted:
            node["omitted"] = self.omitted
        if self.not_needed:
            node["notNeeded"] = True
        if self.not_counted:
            node["notCounted"] = [dict(each) for each in self.not_counted]
        if self.not_counted_omitted:
            node["notCountedOmitted"] = self.not_counted_omitted
        return node


@dataclass(frozen=True, slots=True)
class Assessment:
    """A customer decided by one rule set on one date, not yet numbered or recorded; the reasons are apart from it.

    ``loses_on`` (of an eligible customer) and ``gains_on`` (of another) are the first later dates with the other
    status, ``next_change_on`` the first with another outcome; None if there is none, with ``known_until`` none by then.
    ``due_on`` is the day on which it is decided again if no event comes before.
    """

    outcome: Outcome
    on: date
    rule_set_version: int
    next_change_on: date | None = None
    known_until: date | None = None
    loses_on: date | None = None
    gains_on: date | None = None
    due_on: date | None = None
    undecided: bool = False
    """Whether the root's verdict is unknown, which takes the tree to know."""
