"""What a search for plans knows while it goes through the criteria."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.domain.facts import Project
from shared.domain.partner import Partner
from shared.rules.changes.base import Plan
from shared.rules.changes.plan import MET, MOST_PLANS, Limits, Plans, merged, smallest
from shared.rules.criteria.scope import Scope

MOST_STEPS = 150_000
"""After so many criteria and facts looked at and plans combined, no further project or partner is considered."""
MANY = 8
"""More projects or partners than these are ordered by how near they are to being met."""
_FACTS_A_STEP = 32

type ProjectOption = tuple[Plan, Project]
"""What has to be done for the project to be as given, and the project."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Whether all competencies are asked for at the same levels, and only one partner is asked for on a project.

    Then it does not matter which level is gained, and nobody needs to be found where somebody is known.
    """

    levels: bool
    partners: bool


@dataclass(slots=True)
class Search(Scope):
    """One search; ``known`` are partners that could be attached, ``anyone`` is set while one is made up."""

    known: Sequence[Partner] = ()
    options: Sequence[ProjectOption] = ()
    alike: Alike = Alike(True, True)
    anyone: bool = False
    left: int = MOST_STEPS
    weight: int = 1
    """The steps that one criterion of the current partner takes: more if it has very many facts."""
    cut: bool = False
    limits: Limits | None = None
    spends: dict[str, Plans] = field(default_factory=dict)
    by_project: list[tuple[str, Plans]] = field(default_factory=list)
    """What would make each project meet what is asked of projects."""

    def all(self, found: Iterable[Plans]) -> Plans:
        """One plan of each, together."""
        plans = MET
        for each in found:
            if not each:
                return []
            if each is not MET:
                plans = each if plans is MET else self._product(plans, each)
        return plans

    def _product(self, some: Plans, others: Plans) -> Plans:
        self.left -= len(some) * len(others)
        return self.smallest([both for one in some for other in others if (both := merged(one, other)) is not None])

    def any(self, found: Iterable[Plans]) -> Plans:
        """The plans of all, unless one is met."""
        plans: Plans = []
        for each in found:
            if each is MET:
                return MET
            plans += each
        return self.smallest(plans)

    def smallest(self, plans: Plans) -> Plans:
        """The plans that can be carried out, cut to the smallest if there are too many."""
        plans = self.possible(plans)
        if len(plans) <= MOST_PLANS:
            return plans
        self.left -= len(plans)
        kept, cut = smallest(plans)
        self.cut |= cut
        return kept

    def possible(self, plans: Plans) -> Plans:
        """Those that can be carried out."""
        if self.limits is None or plans is MET:
            return plans
        return [plan for plan in plans if self.limits.allow(plan)]

    def consider(self, partner: Partner) -> None:
        """Make it the current one."""
        self.partner = partner
        self.weight = 1 + partner.entries // _FACTS_A_STEP

    def attached(self) -> list[Partner]:
        """The partners on the current project, nearest to being qualified first if there are many."""
        found = [self.partner_of(each) for each in self.customer.partners_of(self.project)]
        return found if len(found) <= MANY else sorted(found, key=_distance)


def _distance(partner: Partner) -> tuple[bool, bool, str]:
    """What is missing: a competency or designation, a completed course."""
    return (not partner.is_candidate, not partner.trainings, partner.partner_id)
