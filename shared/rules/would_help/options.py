"""The projects and partners that a search for what would help considers."""

from collections.abc import Iterable

from shared.domain.event_data import MAX_APPLICATIONS
from shared.domain.facts import Project
from shared.domain.partner import Partner
from shared.domain.partner_days import day_after
from shared.rules.changes.base import Plan
from shared.rules.changes.customer import AddApplication, ReopenProject, StartProject
from shared.rules.criteria.search import MANY, ProjectOption, Search

_LONGEST_ID = 64


def project_options(search: Search) -> list[ProjectOption]:
    """The open projects, as they are and with a listed application; without any, those to reopen or to start."""
    projects = sorted(search.customer.projects, key=lambda each: each.project_id)
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
            options += _with_coverage(search, {ReopenProject.key(project.project_id): True}, planned)
    return options + _to_start(search)


def _distance_of_project(search: Search, project: Project) -> tuple[bool, bool, bool]:
    """What is missing: a listed application, a partner of its own, time before its start."""
    listed = not search.terms.areas_of.keys().isdisjoint(project.applications)
    own_partner = project.project_id in search.customer.partners_by_project
    return (not listed, not own_partner, project.initiated_on <= search.on)


def _with_coverage(search: Search, needed: Plan, project: Project) -> list[ProjectOption]:
    options: list[ProjectOption] = [(needed, project)]
    if search.terms.areas_of.keys().isdisjoint(project.applications) and len(project.applications) < MAX_APPLICATIONS:
        for application in applications_to_name(search):
            applications = (*project.applications, application)
            covered = Project(project.project_id, applications, project.initiated_on, project.status)
            options.append(({**needed, AddApplication.key(project.project_id): application}, covered))
    return options


def _to_start(search: Search) -> list[ProjectOption]:
    tomorrow = day_after(search.on)
    if tomorrow is None:
        return []
    options: list[ProjectOption] = []
    for application in applications_to_name(search):
        project_id = _free_id(search, application)
        project = Project(project_id, (application,), tomorrow, "planned")
        options.append(({StartProject.key(project_id): application}, project))
    return options


def _free_id(search: Search, application: str) -> str:
    taken = {each.project_id for each in search.customer.projects}.union(search.keep.projects)
    taken |= {each.project_id for each in search.customer.attachments if each.project_id}
    name, number = f"new-{application}"[:_LONGEST_ID], 1
    while name in taken:
        number += 1
        name = f"new-{number}-{application}"[:_LONGEST_ID]
    return name


def applications_to_name(search: Search) -> list[str]:
    """A listed application for each combination of areas: one that later rule sets list too, and for which the customer
    has licences, if there is one."""
    licensed = {each.application for each in search.customer.licences}
    lasting = [
        application for application in search.terms.areas_of if all(application in each for each in search.later)
    ]

    def comes_last(application: str) -> tuple[bool, bool]:
        return application not in lasting, application not in licensed

    named: dict[frozenset[str], str] = {}
    for application, areas in search.terms.areas_of.items():
        combination = frozenset(areas)
        if combination not in named or comes_last(application) < comes_last(named[combination]):
            named[combination] = application
    return sorted(named.values(), key=comes_last)


def partners_to_attach(search: Search, qualified: Iterable[Partner]) -> list[Partner]:
    """The candidates given and the partners that work on something of the customer: those first that hold what they
    hold for longest, of equals by id."""
    own = {each: search.partners[each] for each in search.customer.partner_ids if each in search.partners}
    known = {each.partner_id: each for each in qualified} | own
    kept = search.keep.partners
    return sorted([each for name, each in known.items() if name not in kept], key=_by_end)


def _by_end(partner: Partner) -> tuple[int, str]:
    return -partner.holds_until.toordinal(), partner.partner_id
