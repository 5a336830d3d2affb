"""The criteria that go through the projects, partners, applications and areas of a customer.

Each sets the current one in the scope and asks its own criterion about it. Two of one kind never nest (the document's
checks refuse it), so nothing needs to be set back.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.domain.decision import Node
from shared.domain.facts import Project
from shared.rules.criteria import ALL, ANY, Child, Criterion, Subject, Weights
from shared.rules.scope import Memo, Scope, Test


@dataclass(frozen=True, slots=True)
class Quantified(Criterion):
    """A criterion that asks another one about each of several things."""

    criterion: Criterion

    @property
    def parts(self) -> tuple[Criterion, ...]:
        return (self.criterion,)

    @abstractmethod
    def things(self, scope: Scope) -> Sequence[Any]:
        """What its criterion is asked about, in the order of the nodes."""

    def children(self, scope: Scope) -> Sequence[Child]:
        return [(self.criterion, thing) for thing in self.things(scope)]

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        nodes = [self.criterion.explain(scope, self.enter(scope, thing)) for thing in self.things(scope)]
        return self.parent(nodes, subject)

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        total = 1
        for thing in self.things(scope):
            self.enter(scope, thing)
            total += self.criterion.size(scope, weights)
        return total


@dataclass(frozen=True, slots=True)
class AnyProject(Quantified):
    """``any-project``: at least one planned or active project meets the criterion; all such projects are evaluated."""

    requires = ANY
    if_none = "no planned or active project"

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

    def things(self, scope: Scope) -> Sequence[Project]:
        return sorted((each for each in scope.customer.projects if each.is_open), key=_project_id)

    def enter(self, scope: Scope, thing: Project) -> Subject:
        scope.project = thing
        return {"project": thing.project_id}

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        """The latest start first: of a partner's training it leaves nothing to add for the others."""
        for project in sorted(scope.customer.projects, key=lambda each: each.initiated_on, reverse=True):
            if project.is_open:
                scope.project = project
                self.criterion.add_changes(scope, dates)


@dataclass(frozen=True, slots=True)
class AnyPartner(Quantified):
    """``any-partner``: a single partner attached to the project, or to all projects, meets the criterion on its own."""

    requires = ANY
    if_none = "no partner attached"
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

    def things(self, scope: Scope) -> Sequence[str]:
        return scope.customer.partners_of(scope.project)

    def enter(self, scope: Scope, thing: str) -> Subject:
        scope.partner = scope.partner_of(thing)
        return {"partner": thing}

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        """As many times that of one partner: it is the same for all."""
        partner_ids = self.things(scope)
        count = sum([weights.partners[each] for each in partner_ids]) if weights else len(partner_ids)
        return 1 + count * self.criterion.size(scope, weights)

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

    requires = ALL
    if_none = "no listed application"
    reads_project = True
    inner_depends_on_project: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inner_depends_on_project", self.criterion.depends_on_project)

    def compile(self) -> Test:
        test = self.criterion.compile()

        of_many = None if self.inner_depends_on_project else self._of_many(test)

        def every_application(scope: Scope) -> bool:
            if scope.memo is not None and of_many:
                return of_many(scope, scope.memo)
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

    def _of_many(self, test: Test) -> Callable[[Scope, Memo], bool]:
        """What is found of a partner and areas is remembered: many projects ask for it."""
        own_id = self.id

        def every_application(scope: Scope, memo: Memo) -> bool:
            partner_id, lenient = scope.partner.partner_id, scope.lenient
            listed = scope.listed_of_project().areas
            for areas in listed:
                key = (own_id, partner_id, areas, lenient)
                if key not in memo:
                    scope.areas = areas
                    memo[key] = test(scope)
                if not memo[key]:
                    return False
            return bool(listed)

        return every_application

    def things(self, scope: Scope) -> Sequence[str]:
        return scope.listed_of_project().applications

    def enter(self, scope: Scope, thing: str) -> Subject:
        scope.areas = scope.terms.areas_of[thing]
        return {"application": thing}

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        explained = {} if self.inner_depends_on_project else scope.explained
        children = []
        for application in scope.listed_of_project().applications:
            key = (self.id, scope.partner.partner_id, application)
            if key not in explained:
                explained[key] = self.criterion.explain(scope, self.enter(scope, application))
            children.append(explained[key])
        return self.parent(children, subject)

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        """That of an application depends on its areas alone if nothing below reads the project."""
        total, sizes = 1, {} if self.inner_depends_on_project else scope.sizes
        remembered = weights is not None and scope.memo is not None and sizes is scope.sizes
        for areas, count in scope.listed_of_project().areas.items():
            key = (self.id, areas)
            if key not in sizes:
                scope.areas = areas
                sizes[key] = self.criterion.size(scope, weights)
                if weights and remembered:
                    weights.once += sizes[key] * sum(weights.partners.values())
            total += count if remembered else count * sizes[key]
        return total

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        own_id, partner_id, of_partner = self.id, scope.partner.partner_id, not self.inner_depends_on_project
        for areas in scope.listed_of_project().areas:
            if of_partner:
                key = (own_id, partner_id, areas)
                if key in scope.changes_added:
                    continue
                scope.changes_added.add(key)
            scope.areas = areas
            self.criterion.add_changes(scope, dates)


@dataclass(frozen=True, slots=True)
class AnyArea(Quantified):
    """``any-area``: the criterion is met in at least one of the application's areas."""

    requires = ANY

    def compile(self) -> Test:
        test = self.criterion.compile()

        def any_area(scope: Scope) -> bool:
            for area in scope.areas:
                scope.area = area
                if test(scope):
                    return True
            return False

        return any_area

    def things(self, scope: Scope) -> Sequence[str]:
        return scope.areas

    def enter(self, scope: Scope, thing: str) -> Subject:
        scope.area = thing
        return {"area": thing}

    def add_changes(self, scope: Scope, dates: set[date]) -> None:
        for area in scope.areas:
            scope.area = area
            self.criterion.add_changes(scope, dates)


def _project_id(project: Project) -> str:
    return project.project_id
