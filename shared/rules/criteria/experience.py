"""The criteria about what one partner has done: deployments, training."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from itertools import islice
from operator import itemgetter
from typing import Annotated

from shared.domain import event_data
from shared.domain.decision import Node, Verdict
from shared.domain.declared import declared
from shared.domain.facts import Deployment, Training
from shared.domain.partner_days import Completions, day_after
from shared.rules.changes.partner import CompleteCourse, CompleteDeployments
from shared.rules.changes.plan import Plans
from shared.rules.checks import one_of, whole_number
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.base import Leaf, Subject, about, verdict_of
from shared.rules.criteria.phrase import Phrase, in_area
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search
from shared.rules.words import day, name_of, words


@declared
class DeploymentsAtLeast(Leaf):
    """Met when the partner has at least ``count`` eligible deployments that are live in the area."""

    kind = "deployments-at-least"
    inside = ("partner", "area")

    count: Annotated[int, whole_number(1, 1_000_000, "how many")]

    @property
    def most_asked(self) -> int:
        return self.count

    def sentence(self, currency: str) -> str:  # noqa: ARG002
        many = "deployments that are" if self.count > 1 else "deployment that is"
        return f"The partner has at least {self.count} eligible customer {many} live in the area"

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

    def phrase(self, node: Node, on: date) -> Phrase:  # noqa: ARG002
        area = in_area(node)
        if node.verdict is Verdict.MET:
            live = f"{node.actual:,} eligible customer deployment{'' if node.actual == 1 else 's'}"
            return Phrase(f"{live}{area}, at least {self.count:,} needed")
        needed = f"{self.count:,} eligible customer deployment{'' if self.count == 1 else 's'}"
        return Phrase(f"{node.actual:,} of the {needed} needed{area}")

    def add_dates(self, ahead: Ahead) -> None:
        live = ahead.partner.days.deployments.get(ahead.area)
        if live:
            ahead.add_nearest(live.dates)

    def met_on(self, ahead: Ahead) -> int:
        live = ahead.partner.days.deployments.get(ahead.area)
        enough = bisect_left(live.counts, self.count) if live else 0
        return ahead.bits(live.dates[enough], None) if live and enough < len(live.dates) else 0

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:  # noqa: ARG002  what is live stays live
        partner_id, area = ahead.partner.partner_id, ahead.area
        if count := ahead.partner.deployments.get((area, ahead.days[1])):
            go = f"{count} deployments of partner {partner_id} in {words(area)} go live"
            goes = f"a deployment of partner {partner_id} in {words(area)} goes live"
            names: dict[str, str | int] = {"partnerId": partner_id, "area": area, "count": count}
            yield Turn(Deployment.kind, True, names, go if count > 1 else goes)

    def missing(self, search: Search) -> Plans:
        return [{CompleteDeployments.key(search.partner.partner_id, search.area): self.count - _live(search)}]


def _live(scope: Scope) -> int:
    total = 0
    for (area, live_on), count in scope.partner.deployments.items():
        if area == scope.area and live_on <= scope.on:
            total += count
    return total


type Completion = tuple[date, date | None]
"""(completed_on, expires_on)"""


@declared
class TrainingBeforeProject(Leaf):
    """Met when at least one completion of the part by the partner is from before the day on which
    the project is initiated, is not revoked and has not expired.
    """

    kind = "training-before-project"
    inside = ("partner", "project")
    reads_project = True

    course: Annotated[str, one_of(*event_data.COURSE.words)]
    part: Annotated[str, one_of(*event_data.PART.words)]

    def sentence(self, currency: str) -> str:  # noqa: ARG002
        what = f"the {name_of(self.course)} {words(self.part)}"
        return f"Somebody at the partner completed {what} before the project started, and it is still valid"

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
        actual = best and {"completedOn": best[0].isoformat(), "expiresOn": best[1].isoformat() if best[1] else None}
        before = scope.project.initiated_on.isoformat()
        required = {"course": self.course, "part": self.part, "completedBefore": before}
        asked = about(subject, project=scope.project.project_id, partner=scope.partner.partner_id)
        return self.node(verdict_of(met), required, actual, asked)

    @cached_property
    def _name(self) -> str:
        return f"{name_of(self.course)} {words(self.part)}"

    def phrase(self, node: Node, on: date) -> Phrase:
        required, found = node.required, node.actual
        if not isinstance(required, dict):
            return super().phrase(node, on)
        start = required["completedBefore"]
        if not isinstance(found, dict):
            return self._none_before(start)
        completed, expires = found["completedOn"], found["expiresOn"]
        if node.verdict is Verdict.MET:
            until = f", valid until {day(expires)}" if expires else ""
            return Phrase(f"{self._name} completed", f" on {day(completed)}{until}")
        return self._not_enough(start, completed, expires, on.isoformat())

    def _not_enough(self, start: str, completed: str, expires: str, on: str) -> Phrase:
        """Said of the completion that comes closest to being enough."""
        if completed >= start and completed > on:
            return self._none_before(start)
        if completed >= start:
            late = f"{self._name} completed on {day(completed)}, not before the project's start"
            return Phrase(late, f" on {day(start)}")
        if completed > on:
            return Phrase(f"no {self._name} yet; one is dated {day(completed)}")
        return Phrase(f"{self._name} expired on {day(expires)}")

    def _none_before(self, start: str) -> Phrase:
        return Phrase(f"no {self._name} before the project's start", f" on {day(start)}")

    def add_dates(self, ahead: Ahead) -> None:
        """What counts before one project's start counts before every later one's: the latest adds them all."""
        initiated_on, own = ahead.project.initiated_on, self._days_of(ahead)
        if own is None or own.dates[0] >= initiated_on:
            return
        if not ahead.is_new((self.id, ahead.partner.partner_id)):
            return
        ahead.add_nearest(own.dates, initiated_on)
        after = bisect_right(own.stops, ahead.on, key=itemgetter(0))
        stops = islice(own.stops, after, None)
        ahead.add_first(end for end, completed_on in stops if completed_on < initiated_on)

    def met_on(self, ahead: Ahead) -> int:
        """Those completed by the first day hold until the last of their last days; then there may be later ones."""
        days, own = ahead.days, self._days_of(ahead)
        if own is None:
            return 0
        before = bisect_left(own.dates, ahead.project.initiated_on)
        by_now = min(bisect_right(own.dates, days[0]), before)
        found = ahead.bits(days[0], day_after(own.last_days[by_now - 1])) if by_now else 0
        for number in range(by_now, before):
            if own.dates[number] > days[-1] or found == ahead.every:
                break
            found |= ahead.bits(own.dates[number], day_after(own.last_days[number]))
        return found

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:
        partner_id, (before, day) = ahead.partner.partner_id, ahead.days
        for completed_on, expires_on in self._completions(ahead):
            if (completed_on == day if starts else expires_on == before) and completed_on < ahead.project.initiated_on:
                names = {"partnerId": partner_id, "course": self.course, "part": self.part}
                named = f"the {name_of(self.course)} {words(self.part)} of partner {partner_id}"
                yield Turn(Training.kind, starts, names, f"{named} {'counts' if starts else 'expires'}")
                return

    def _days_of(self, ahead: Ahead) -> Completions | None:
        return ahead.partner.days.completions.get((self.course, self.part))

    def missing(self, search: Search) -> Plans:
        completed_on = date.min if search.anyone else search.on
        possible = completed_on < search.project.initiated_on
        return [{CompleteCourse.key(search.partner.partner_id, self.course, self.part): True}] if possible else []
