"""What a search for plans knows while it goes through the criteria."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from shared.domain.facts import Project
from shared.domain.partner import Partner
from shared.rules.changes.base import Plan
from shared.rules.changes.limits import Limits
from shared.rules.changes.named import NamedPlans, without_names
from shared.rules.changes.plan import MET, MOST_PLANS, Plans, merged, smallest
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
    """Whether all competencies are asked for at the same levels, only one partner is asked for on a project, and only
    one criterion asks about projects.

    Then it does not matter which level is gained, nobody needs to be found where somebody is known, and what helps
    with one project helps as well with another that lacks the same.
    """

    levels: bool
    partners: bool
    projects: bool


@dataclass(frozen=True, slots=True)
class Keep:
    """Ids of what no way may change: no change names one of them."""

    partners: Collection[str] = frozenset()
    projects: Collection[str] = frozenset()

    def allows(self, plan: Plan) -> bool:
        for key in plan:
            partner, project = without_names(key)[1]
            if partner in self.partners or project in self.projects:
                return False
        return True


NOTHING_KEPT = Keep()


@dataclass(slots=True)
class Search(Scope):
    """One search; ``known`` are partners that could be attached, ``anyone`` is set while one is made up."""

    known: Sequence[Partner] = ()
    options: Sequence[ProjectOption] = ()
    has_choices: bool = False
    """Whether a project is among the options more than once: the partners named for it with an application may be
    others than those named without."""
    later: Sequence[Collection[str]] = ()
    """The applications that each later rule set lists."""
    alike: Alike = Alike(True, True, True)
    keep: Keep = NOTHING_KEPT
    anyone: bool = False
    left: int = MOST_STEPS
    weight: int = 1
    """The steps that one criterion of the current partner takes: more if it has very many facts."""
    cut: bool = False
    limits: Limits | None = None
    spends: dict[str, Plans] = field(default_factory=dict)
    named: NamedPlans = field(default_factory=NamedPlans)
    """Of plans for projects that differ only in whom they name one is searched further; these are the names."""

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
        plans = _together(found)
        return plans if plans is MET else self.smallest(plans)

    def any_project(self, found: Iterable[Plans]) -> Plans:
        """The same of projects, each of which lacks something of its own or the same as others."""
        plans = _together(found)
        if plans is MET or not self.alike.projects:
            return plans if plans is MET else self.smallest(plans)
        return self.smallest(self.named.new(self.possible(plans)))

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
        if plans is MET:
            return plans
        if self.keep is not NOTHING_KEPT:
            plans = [plan for plan in plans if self.keep.allows(plan)]
        return plans if self.limits is None else [plan for plan in plans if self.limits.allow(plan)]

    def consider(self, partner: Partner) -> None:
        """Make it the current one."""
        self.partner = partner
        self.weight = 1 + partner.entries // _FACTS_A_STEP

    def attached(self) -> list[Partner]:
        """The partners on the current project, nearest to being qualified first if there are many."""
        found = [self.partner_of(each) for each in self.customer.partners_of(self.project)]
        return found if len(found) <= MANY else sorted(found, key=_distance)


def _together(found: Iterable[Plans]) -> Plans:
    plans: Plans = []
    for each in found:
        if each is MET:
            return MET
        plans += each
    return plans


def _distance(partner: Partner) -> tuple[bool, bool, str]:
    """What is missing: a competency or designation, a completed course."""
    return (not partner.is_candidate, not partner.trainings, partner.partner_id)
