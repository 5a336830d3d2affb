"""The criteria that ask another one about each of several things: projects, areas.

Each makes one thing after another the current one in the scope. Two of one kind never nest (the document's check
refuses it), so nothing needs to be set back.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial

from shared.domain.decision import Node
from shared.domain.declared import declared
from shared.domain.facts import Project
from shared.rules.changes.plan import MET, Plans
from shared.rules.criteria.ahead import Ahead
from shared.rules.criteria.base import ANY, Child, Criterion, Subject, Weights
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search


@declared
class Quantified[T](Criterion):
    """A criterion that asks another one about each of several things."""

    below = "criterion"

    criterion: Criterion

    @property
    def parts(self) -> tuple[Criterion, ...]:
        return (self.criterion,)

    @abstractmethod
    def things(self, scope: Scope) -> Sequence[T]:
        """What its criterion is asked about, in the order of the nodes."""

    @abstractmethod
    def enter(self, thing: T, scope: Scope) -> Subject:
        """Make a thing the current one; gives the subject of its node."""

    def children(self, scope: Scope) -> Sequence[Child]:
        return [(self.criterion, partial(self.enter, thing)) for thing in self.things(scope)]

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        nodes = [self.criterion.explain(scope, self.enter(thing, scope)) for thing in self.things(scope)]
        return self.parent(nodes, subject)

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        total = 1
        for thing in self.things(scope):
            self.enter(thing, scope)
            total += self.criterion.size(scope, weights)
        return total

    def add_dates(self, ahead: Ahead) -> None:
        for thing in self.things(ahead):
            self.enter(thing, ahead)
            self.criterion.add_dates(ahead)


class AnyProject(Quantified[Project]):
    """Met when at least one planned or active project meets the criterion; all such projects are evaluated."""

    kind = "any-project"
    says = "At least one planned or active project meets this"
    sets = "project"
    requires = ANY
    if_none = "no planned or active project"

    def compile(self) -> Test:
        test = self.criterion.test

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
        return sorted((each for each in scope.customer.projects if each.is_open), key=lambda each: each.project_id)

    def enter(self, thing: Project, scope: Scope) -> Subject:
        scope.project = thing
        return {"project": thing.project_id}

    def add_dates(self, ahead: Ahead) -> None:
        """The latest start first: of a partner's training it leaves nothing to add for the others."""
        for project in sorted(ahead.customer.projects, key=lambda each: each.initiated_on, reverse=True):
            if project.is_open:
                ahead.project = project
                self.criterion.add_dates(ahead)

    def met_on(self, ahead: Ahead) -> int:
        found, known, eligible_on = 0, ahead.found, ahead.eligible_on
        for project in ahead.customer.projects:
            if project.is_open:
                name = project.project_id
                key = (self.id, name)
                met = known.get(key)
                if met is None:
                    ahead.project = project
                    met = known[key] = self.criterion.met_on(ahead)
                if met:
                    eligible_on[name] = eligible_on.get(name, 0) | met
                    found |= met
        return found

    def plans(self, search: Search) -> Plans:
        search.left -= search.weight
        found: list[Plans] = []
        for needed, project in search.options:
            if search.left < 0:
                search.cut = True
                found.append(MET if self.test(search) else [])
                break
            search.project = project
            plans = self.criterion.plans(search)
            found.append([{**needed, **plan} for plan in plans] if needed else plans)
        return search.any_project(found)


class AnyArea(Quantified[str]):
    """Met when the criterion is met in at least one of the application's areas."""

    kind = "any-area"
    says = "In at least one area of the application this is met"
    inside = ("application",)
    sets = "area"
    requires = ANY

    def compile(self) -> Test:
        test = self.criterion.test

        def any_area(scope: Scope) -> bool:
            for area in scope.areas:
                scope.area = area
                if test(scope):
                    return True
            return False

        return any_area

    def things(self, scope: Scope) -> Sequence[str]:
        return scope.areas

    def enter(self, thing: str, scope: Scope) -> Subject:
        scope.area = thing
        return {"area": thing}

    def met_on(self, ahead: Ahead) -> int:
        found = 0
        for area in ahead.areas:
            ahead.area = area
            found |= self.criterion.met_on(ahead)
        return found

    def plans(self, search: Search) -> Plans:
        search.left -= search.weight

        def in_each_area() -> Iterator[Plans]:
            for area in search.areas:
                search.area = area
                yield self.criterion.plans(search)

        return search.any(in_each_area())
