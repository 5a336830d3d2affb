"""What deciding a customer gives: the outcome, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

type JsonObject = dict[str, Any]
type Value = str | int | list[str] | None
type Said = Value | Mapping[str, Value]
"""What a criterion required, or what was found, as JSON."""

DECISIONS = 2
"""The format number of decisions. It goes up in a version that, of the same facts and rules, makes another outcome or
writes other rows to find customers by; every customer is then decided once more (``shared/workflow/upgrade.py``)."""


_ONE_DAY = timedelta(days=1)


class Verdict(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Status(StrEnum):
    UNASSESSED = "unassessed"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The part of a decision whose change is recorded and notified."""

    status: Status
    eligible_projects: tuple[str, ...] = ()


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
    """A customer decided by one rule set on one date, not yet numbered or recorded; the reasons are apart from it."""

    outcome: Outcome
    on: date
    rule_set_version: int
    next_change_on: date | None
    known_until: date | None = None
    """How far the days ahead were looked at, where there are more than are looked at."""

    @property
    def due_on(self) -> date | None:
        """The day on which it is decided again if no event comes before."""
        if self.next_change_on or not self.known_until:
            return self.next_change_on
        return max(self.known_until, self.on + _ONE_DAY)
