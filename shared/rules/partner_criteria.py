"""The criteria about one partner: competency, designation, deployments and training."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.domain.decision import Node
from shared.domain.facts import Competency, Designation
from shared.rules.criteria import Criterion, Subject, about, verdict_of
from shared.rules.periods import changes, holds, interval_changes, later
from shared.rules.scope import Scope, Test, day_after


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@dataclass(frozen=True, slots=True)
class CompetencyHeld(Criterion):
    """``competency``: the partner's period in force in the area, the one with the latest ``validFrom`` not after the
    day, has not passed its ``validUntil`` and is at one of the ``levels``.
    """

    competency: str
    levels: tuple[str, ...]

    def compile(self) -> Test:
        """As ``_met`` of ``_in_force``, in one function: calls cost more than what they do."""
        name, levels = self.competency, self.levels

        def competency(scope: Scope) -> bool:
            on, area, found = scope.on, scope.area, None
            for each in scope.partner.competencies:
                if (
                    each.area == area
                    and each.valid_from <= on
                    and each.competency == name
                    and (found is None or each.valid_from > found.valid_from)
                ):
                    found = each
            return (
                found is not None and found.level in levels and (found.valid_until is None or on <= found.valid_until)
            )

        return competency

    def _periods(self, scope: Scope) -> list[Competency]:
        name, area = self.competency, scope.area
        return [each for each in scope.partner.competencies if each.area == area and each.competency == name]

    def _in_force(self, scope: Scope) -> Competency | None:
        on, name, area = scope.on, self.competency, scope.area
        found = None
        for each in scope.partner.competencies:
            if each.area == area and each.valid_from <= on and each.competency == name:
                found = later(found, each)
        return found

    def _met(self, period: Competency | None, on: date) -> bool:
        return period is not None and period.level in self.levels and holds(period, on)

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        period = self._in_force(scope)
        actual = period and {
            "level": period.level,
            "validFrom": period.valid_from.isoformat(),
            "validUntil": _iso(period.valid_until),
        }
        required = {"competency": self.competency, "levels": list(self.levels)}
        asked = about(subject, partner=scope.partner.partner_id, area=scope.area)
        return self.node(verdict_of(self._met(period, scope.on)), required, actual, asked)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        dates.update(changes(self._periods(scope)))


@dataclass(frozen=True, slots=True)
class DesignationHeld(Criterion):
    """``designation``: the partner's period in force, the one with the latest ``validFrom`` not after the day, has not
    passed its ``validUntil`` and is active.
    """

    designation: str

    def compile(self) -> Test:
        """As ``_active`` of ``_in_force``, in one function: calls cost more than what they do."""
        name = self.designation

        def designation(scope: Scope) -> bool:
            on, found = scope.on, None
            for each in scope.partner.designations:
                if (
                    each.valid_from <= on
                    and each.designation == name
                    and (found is None or each.valid_from > found.valid_from)
                ):
                    found = each
            return found is not None and found.active and (found.valid_until is None or on <= found.valid_until)

        return designation

    def _periods(self, scope: Scope) -> list[Designation]:
        return [each for each in scope.partner.designations if each.designation == self.designation]

    def _in_force(self, scope: Scope) -> Designation | None:
        on, name = scope.on, self.designation
        found = None
        for each in scope.partner.designations:
            if each.valid_from <= on and each.designation == name:
                found = later(found, each)
        return found

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        period = self._in_force(scope)
        actual = period and {
            "active": period.active,
            "validFrom": period.valid_from.isoformat(),
            "validUntil": _iso(period.valid_until),
        }
        asked = about(subject, partner=scope.partner.partner_id)
        return self.node(verdict_of(_active(period, scope.on)), {"designation": self.designation}, actual, asked)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        dates.update(changes(self._periods(scope)))


def _active(period: Designation | None, on: date) -> bool:
    return period is not None and period.active and holds(period, on)


@dataclass(frozen=True, slots=True)
class DeploymentsAtLeast(Criterion):
    """``deployments-at-least``: the partner has at least ``count`` eligible deployments that are live in the area."""

    count: int

    def compile(self) -> Test:
        count = self.count

        def deployments_at_least(scope: Scope) -> bool:
            on, its_area, missing = scope.on, scope.area, count
            for (area, live_on), number in scope.partner.deployments.items():
                if area == its_area and live_on <= on:
                    missing -= number
                    if missing <= 0:
                        return True
            return False

        return deployments_at_least

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        live = _live(scope)
        asked = about(subject, partner=scope.partner.partner_id, area=scope.area)
        return self.node(verdict_of(live >= self.count), self.count, live, asked)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        dates.update(live_on for area, live_on in scope.partner.deployments if area == scope.area)


def _live(scope: Scope) -> int:
    total = 0
    for (area, live_on), count in scope.partner.deployments.items():
        if area == scope.area and live_on <= scope.on:
            total += count
    return total


type Completion = tuple[date, date | None]
"""(completed_on, expires_on)"""


@dataclass(frozen=True, slots=True)
class TrainingBeforeProject(Criterion):
    """``training-before-project``: at least one completion of the part by the partner is from before the day on which
    the project is initiated, is not revoked and has not expired.
    """

    reads_project = True

    course: str
    part: str

    def compile(self) -> Test:
        course, part = self.course, self.part

        def training_before_project(scope: Scope) -> bool:
            on, initiated_on = scope.on, scope.project.initiated_on
            for its_course, its_part, completed_on, expires_on in scope.partner.trainings:
                if (
                    completed_on < initiated_on
                    and completed_on <= on
                    and its_part == part
                    and its_course == course
                    and (expires_on is None or on <= expires_on)
                ):
                    return True
            return False

        return training_before_project

    def _completions(self, scope: Scope) -> Iterator[Completion]:
        for course, part, completed_on, expires_on in scope.partner.trainings:
            if course == self.course and part == self.part:
                yield completed_on, expires_on

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        def merits(completion: Completion) -> tuple[bool, bool, date, date]:
            completed_on, expires_on = completion
            before = completed_on < scope.project.initiated_on
            last = expires_on or date.max
            return (before and completed_on <= scope.on <= last, before, last, completed_on)

        best = max(self._completions(scope), key=merits, default=None)
        met = best is not None and merits(best)[0]
        actual: Any = best and {"completedOn": best[0].isoformat(), "expiresOn": _iso(best[1])}
        before = scope.project.initiated_on.isoformat()
        required = {"course": self.course, "part": self.part, "completedBefore": before}
        asked = about(subject, project=scope.project.project_id, partner=scope.partner.partner_id)
        return self.node(verdict_of(met), required, actual, asked)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        """What counts before one project's start counts before every later one's: the latest adds them all."""
        key, initiated_on = (self.id, scope.partner.partner_id), scope.project.initiated_on
        if initiated_on <= scope.changes_before.get(key, date.min):
            return
        scope.changes_before[key] = initiated_on
        for completed_on, expires_on in self._completions(scope):
            if completed_on < initiated_on:
                dates.update(interval_changes(completed_on, day_after(expires_on)))
