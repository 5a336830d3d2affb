"""The criteria that go through the projects, partners, applications and areas of a customer.

Each sets the current one in the scope and asks its own criterion about it. Two of one kind never nest (the document's
checks refuse it), so nothing needs to be set back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from shared.domain.decision import Node
from shared.rules.criteria import BEST_FIRST, Criterion, Subject, verdict_of
from shared.rules.scope import Scope, Test

MOST_EXPLAINED = 20
"""Partners of one project that are explained; the tree counts the others. All are asked."""


@dataclass(frozen=True, slots=True)
class Quantified(Criterion):
    """A criterion that asks another one about each of several things."""

    criterion: Criterion

    @property
    def parts(self) -> tuple[Criterion, ...]:
        return (self.criterion,)


@dataclass(frozen=True, slots=True)
class AnyProject(Quantified):
    """``any-project``: at least one planned or active project meets the criterion; all such projects are evaluated."""

    def compile(self) -> Test:
        test = self.criterion.compile()

        def any_project(scope: Scope) -> bool:
            met = False
            for project in scope.customer.projects:
                if project.is_open:
                    scope.project = project
                    if test(scope):
                        scope.eligible.add(project.project_id)
                        met = True
            return met

        return any_project

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        children = []
        for project in sorted(scope.customer.projects, key=lambda each: each.project_id):
            if project.is_open:
                scope.project = project
                children.append(self.criterion.explain(scope, {"project": project.project_id}))
        return self.any_node(children, subject, "no planned or active project")

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        """The latest start first: of a partner's training it leaves nothing to add for the others."""
        for project in sorted(scope.customer.projects, key=lambda each: each.initiated_on, reverse=True):
            if project.is_open:
                scope.project = project
                self.criterion.add_changes(scope, dates)


@dataclass(frozen=True, slots=True)
class AnyPartner(Quantified):
    """``any-partner``: a single partner attached to the project, or to all projects, meets the criterion on its own."""

    reads_project = True

    def compile(self) -> Test:
        test = self.criterion.compile()

        def any_partner(scope: Scope) -> bool:
            for partner_id in scope.customer.partners_of(scope.project):
                scope.partner = scope.partner_of(partner_id)
                if test(scope):
                    return True
            return False

        return any_partner

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        partner_ids = scope.customer.partners_of(scope.project)
        shown = partner_ids if len(partner_ids) <= MOST_EXPLAINED else self._foremost(scope, partner_ids)
        children = []
        for partner_id in shown:
            scope.partner = scope.partner_of(partner_id)
            children.append(self.criterion.explain(scope, {"partner": partner_id}))
        node = self.any_node(children, subject, "no partner attached")
        return node._replace(omitted=len(partner_ids) - len(shown)) if len(shown) < len(partner_ids) else node

    def _foremost(self, scope: Scope, partner_ids: Sequence[str]) -> list[str]:
        """The first partners by id, those before all that decide: met, else unknown."""
        test, may_be_unknown = self.criterion.compile(), self.criterion.may_be_unknown

        def verdict(partner_id: str) -> int:
            scope.partner = scope.partner_of(partner_id)
            if may_be_unknown:
                return BEST_FIRST.index(self.criterion.explain(scope).verdict)
            return BEST_FIRST.index(verdict_of(test(scope)))

        return sorted(partner_ids, key=verdict)[:MOST_EXPLAINED]

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        for partner_id in scope.customer.partners_of(scope.project):
            scope.partner = scope.partner_of(partner_id)
            self.criterion.add_changes(scope, dates)


@dataclass(frozen=True, slots=True)
class EveryApplication(Quantified):
    """``every-application``: all listed applications of the project meet the criterion, and there is at least one.

    What it says of a partner and an application is the same for every project if nothing below reads the project: it is
    explained once, or hundreds of projects with hundreds of partners would fill the memory.
    """

    reads_project = True
    inner_depends_on_project: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inner_depends_on_project", self.criterion.depends_on_project)

    def compile(self) -> Test:
        test = self.criterion.compile()

        def every_application(scope: Scope) -> bool:
            areas_of = scope.terms.areas_of
            listed = False
            for application in scope.project.applications:
                areas = areas_of.get(application)
                if areas is not None:
                    listed = True
                    scope.areas = areas
                    if not test(scope):
                        return False
            return listed

        return every_application

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        explained = {} if self.inner_depends_on_project else scope.explained
        children = []
        for application in listed_applications(scope):
            key = (self.id, scope.partner.partner_id, application)
            if key not in explained:
                scope.areas = scope.terms.areas_of[application]
                explained[key] = self.criterion.explain(scope, {"application": application})
            children.append(explained[key])
        return self.all_node(children, subject, "no listed application")

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        added = set[tuple[str, str, str]]() if self.inner_depends_on_project else scope.changes_added
        for application in listed_applications(scope):
            key = (self.id, scope.partner.partner_id, application)
            if key not in added:
                added.add(key)
                scope.areas = scope.terms.areas_of[application]
                self.criterion.add_changes(scope, dates)


@dataclass(frozen=True, slots=True)
class AnyArea(Quantified):
    """``any-area``: the criterion is met in at least one of the application's areas."""

    def compile(self) -> Test:
        test = self.criterion.compile()

        def any_area(scope: Scope) -> bool:
            for area in scope.areas:
                scope.area = area
                if test(scope):
                    return True
            return False

        return any_area

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        children = []
        for area in scope.areas:
            scope.area = area
            children.append(self.criterion.explain(scope, {"area": area}))
        return self.any_node(children, subject)

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        for area in scope.areas:
            scope.area = area
            self.criterion.add_changes(scope, dates)


def listed_applications(scope: Scope) -> list[str]:
    """The current project's applications that the rule set lists, each once."""
    return [each for each in dict.fromkeys(scope.project.applications) if each in scope.terms.areas_of]
