"""A partner's summary: all that deciding needs of its facts, small enough to read once per decision.

Arrives: facts replacing facts. Leaves: the periods of competencies and designations, and how many deployments and
completions share the same dates, so that a replaced fact can be taken out again without reading the others.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from shared.domain.facts import Competency, Deployment, Designation, PartnerFact, Training

MAX_FACTS = 25_000

type DeploymentGroup = tuple[str, date]
"""(area, live_on) of eligible deployments."""
type TrainingGroup = tuple[str, str, date, date | None]
"""(course, part, completed_on, expires_on) of completions that are not revoked."""


@dataclass(frozen=True)
class Partner:
    """What deciding knows of a partner; ``revision`` goes up with each change that could matter (0: never heard of)."""

    partner_id: str
    revision: int = 0
    competencies: frozenset[Competency] = frozenset()
    designations: frozenset[Designation] = frozenset()
    deployments: Mapping[DeploymentGroup, int] = field(default_factory=dict)
    trainings: Mapping[TrainingGroup, int] = field(default_factory=dict)
    stored: int = field(default=0, compare=False)
    """How many facts are stored of it, those that the summary leaves out included."""

    @property
    def room(self) -> int:
        """How many facts more it may have."""
        summed = sum(self.deployments.values()) + sum(self.trainings.values())
        return MAX_FACTS - max(self.stored, len(self.competencies) + len(self.designations) + summed)

    def replacing(self, old: PartnerFact | None, new: PartnerFact | None) -> "Partner":
        """The summary with ``old`` taken out and ``new`` laid in; its revision is raised if that could matter."""
        return self.replacing_each([(old, new)])

    def replacing_each(
        self, changes: Iterable[tuple[PartnerFact | None, PartnerFact | None]], least: int = 0
    ) -> "Partner":
        """The same for several facts at once; the revision is raised once, to ``least`` if that is more than one up, if
        all of them together could matter."""
        changed = self
        for old, new in changes:
            if old == new:
                continue
            if old is not None:
                changed = changed._with(old, -1)
            if new is not None:
                changed = changed._with(new, +1)
        if changed is self:
            return self
        return changed.raised(least) if changed._decisive != self._decisive else changed

    def raised(self, least: int) -> "Partner":
        """The same with a revision that none of it had before: the next one, or ``least``."""
        return replace(self, revision=max(self.revision + 1, least))

    @property
    def _decisive(self) -> tuple[object, ...]:
        """What criteria can tell apart: how many learners completed a course on the same dates is not of it."""
        return self.competencies, self.designations, self.deployments, self.trainings.keys()

    def _with(self, fact: PartnerFact, count: int) -> "Partner":
        match fact:
            case Competency():
                return replace(self, competencies=_toggled(self.competencies, fact, count))
            case Designation():
                return replace(self, designations=_toggled(self.designations, fact, count))
            case Deployment():
                if not fact.eligible:
                    return self
                return replace(self, deployments=_counted(self.deployments, (fact.area, fact.live_on), count))
            case Training():
                if fact.revoked:
                    return self
                group = (fact.course, fact.part, fact.completed_on, fact.expires_on)
                return replace(self, trainings=_counted(self.trainings, group, count))

    @classmethod
    def of(cls, partner_id: str, facts: Iterable[PartnerFact]) -> "Partner":
        """The summary of all facts at once, for what-if questions and tests."""
        given = tuple(facts)
        competencies = frozenset(each for each in given if isinstance(each, Competency))
        designations = frozenset(each for each in given if isinstance(each, Designation))
        deployments = [each for each in given if isinstance(each, Deployment) and each.eligible]
        trainings = [each for each in given if isinstance(each, Training) and not each.revoked]
        return cls(
            partner_id,
            len(competencies) + len(designations) + len(deployments) + len(trainings),
            competencies,
            designations,
            dict(Counter((each.area, each.live_on) for each in deployments)),
            dict(Counter((each.course, each.part, each.completed_on, each.expires_on) for each in trainings)),
        )


def _toggled[T](values: frozenset[T], value: T, count: int) -> frozenset[T]:
    return values | {value} if count > 0 else values - {value}


def _counted[K](counts: Mapping[K, int], key: K, count: int) -> dict[K, int]:
    changed = dict(counts)
    changed[key] = changed.get(key, 0) + count
    if not changed[key]:
        del changed[key]
    return changed
