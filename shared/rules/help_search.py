"""What a search for plans knows while it walks the criteria.

Arrives: a customer, its partners, candidates to attach, a date, the terms of a rule set. Leaves: the projects to think
about, nearest to being met first, and the partners that could be attached.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from shared.domain.facts import Project
from shared.domain.partner import Partner
from shared.rules.help_limits import Limits, has_room_for_application
from shared.rules.help_plans import COVER, MET, MOST_PLANS, REOPEN, START, Plan, Plans, smallest
from shared.rules.scope import Scope, day_after

MOST_STEPS = 150_000
"""After so many criteria and facts looked at and plans put together, no further project or partner is thought about."""
MANY = 8
"""More projects or partners than these are ordered by how near they are to being met."""
_LONGEST_ID = 64
_FACTS_A_STEP = 32

type ProjectOption = tuple[Plan, Project]
"""What has to be done for the project to be as given, and the project."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Whether all competencies are asked for at the same levels, and only one partner is asked for on a project.

    Then it does not matter which level is gained, and who would have to be found does not matter where one is known.
    """

    levels: bool
    partners: bool


@dataclass(slots=True)
class Search(Scope):
    """One search; ``known`` are partners that could be attached, ``anyone`` is set while one is made up.

    ``by_project`` gathers what would have to change for each project to meet what is asked of projects.
    """

    known: Sequence[Partner] = ()
    options: Sequence[ProjectOption] = ()
    alike: Alike = Alike(True, True)
    anyone: bool = False
    left: int = MOST_STEPS
    weight: int = 1
    """What looking at one criterion of the current partner takes: more if it has very many facts."""
    cut: bool = False
    limits: Limits | None = None
    spends: dict[str, Plans] = field(default_factory=dict)
    by_project: list[tuple[str, Plans]] = field(default_factory=list)

    def smallest(self, plans: Plans) -> Plans:
        """The plans, cut to the smallest if there are too many."""
        if self.limits and plans is not MET:
            plans = [plan for plan in plans if self.limits.allow(plan)]
        if len(plans) <= MOST_PLANS:
            return plans
        self.left -= len(plans)
        kept, cut = smallest(plans)
        self.cut |= cut
        return kept

    def consider(self, partner: Partner) -> None:
        """Make it the current one."""
        self.partner = partner
        self.weight = (
            1 + (len(partner.deployments) + len(partner.trainings) + len(partner.competencies)) // _FACTS_A_STEP
        )

    def attached(self) -> list[Partner]:
        """The partners on the current project, nearest to being qualified first if there are many."""
        found = [self.partner_of(each) for each in self.customer.partners_of(self.project)]
        return found if len(found) <= MANY else sorted(found, key=_distance_of_partner)


type Ways = Callable[[Search], Plans]
"""The plans for a criterion; ``MET`` if it is met, none if nothing can be done."""


def _distance_of_partner(partner: Partner) -> tuple[bool, bool, str]:
    """What is missing: a competency or designation, a completed course."""
    return (not (partner.competencies or partner.designations), not partner.trainings, partner.partner_id)


def project_options(search: Search) -> list[ProjectOption]:
    """The open projects, as they are and with a listed application; without any, those to reopen or to start."""
    projects = sorted(search.customer.projects, key=_project_id)
    if len(projects) > MANY:
        projects.sort(key=lambda each: _distance_of_project(search, each))
    options: list[ProjectOption] = []
    for project in projects:
        if project.is_open:
            options += _with_coverage(search, {}, project)
    if options:
        return options
    for project in projects:
        if project.status == "cancelled":
            planned = Project(project.project_id, project.applications, project.initiated_on, "planned")
            options += _with_coverage(search, {(REOPEN, project.project_id): True}, planned)
    return options + _to_start(search)


def _project_id(project: Project) -> str:
    return project.project_id


def _distance_of_project(search: Search, project: Project) -> tuple[bool, bool, bool]:
    """What is missing: a listed application, a partner of its own, time before its start."""
    listed = not search.terms.areas_of.keys().isdisjoint(project.applications)
    own_partner = project.project_id in search.customer.partners_by_project
    return (not listed, not own_partner, project.initiated_on <= search.on)


def _with_coverage(search: Search, needed: Plan, project: Project) -> list[ProjectOption]:
    options: list[ProjectOption] = [(needed, project)]
    if search.terms.areas_of.keys().isdisjoint(project.applications) and has_room_for_application(project):
        for application in applications_to_name(search):
            applications = (*project.applications, application)
            covered = Project(project.project_id, applications, project.initiated_on, project.status)
            options.append(({**needed, (COVER, project.project_id): application}, covered))
    return options


def _to_start(search: Search) -> list[ProjectOption]:
    tomorrow = day_after(search.on)
    if tomorrow is None:
        return []
    options: list[ProjectOption] = []
    for application in applications_to_name(search):
        project_id = _free_id(search, application)
        project = Project(project_id, (application,), tomorrow, "planned")
        options.append(({(START, project_id): application}, project))
    return options


def _free_id(search: Search, application: str) -> str:
    taken = {each.project_id for each in search.customer.projects}
    taken |= {each.project_id for each in search.customer.attachments if each.project_id}
    name, number = f"new-{application}"[:_LONGEST_ID], 1
    while name in taken:
        number += 1
        name = f"new-{number}-{application}"[:_LONGEST_ID]
    return name


def applications_to_name(search: Search) -> list[str]:
    """A listed application for each combination of areas, one the customer has licences for if there is one."""
    licensed = {each.application for each in search.customer.licences}
    named: dict[frozenset[str], str] = {}
    for application, areas in search.terms.areas_of.items():
        combination = frozenset(areas)
        if combination not in named or (application in licensed and named[combination] not in licensed):
            named[combination] = application
    return sorted(named.values(), key=lambda each: each not in licensed)


def partners_to_attach(search: Search, qualified: Iterable[Partner]) -> list[Partner]:
    """The candidates given and the partners that work on something of the customer, by id."""
    own = {each: search.partners[each] for each in search.customer.partner_ids if each in search.partners}
    known = {each.partner_id: each for each in qualified} | own
    return [known[each] for each in sorted(known)]
