"""The criteria about the applications of a project."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from shared.domain.decision import Node, Verdict
from shared.rules.changes.plan import Plans
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.base import ALL, Leaf, Subject, Weights, about, verdict_of
from shared.rules.criteria.phrase import Phrase
from shared.rules.criteria.quantified import Quantified
from shared.rules.criteria.scope import Memo, Scope, Test
from shared.rules.criteria.search import Search
from shared.rules.words import some_of

_NO_ELIGIBLE = "no eligible application in the project"
_MOST_NAMED = 3


class CoversEligibleApplication(Leaf):
    """Met when the project has at least one application that the rule set lists."""

    kind = "covers-eligible-application"
    says = "The project has at least one eligible application"
    inside = ("project",)
    reads_project = True

    def compile(self) -> Test:
        def covers_eligible_application(scope: Scope) -> bool:
            return not scope.terms.areas_of.keys().isdisjoint(scope.project.applications)

        return covers_eligible_application

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        listed = scope.listed_of_project().applications
        asked = about(subject, project=scope.project.project_id)
        return self.node(verdict_of(bool(listed)), "a listed application", listed, asked)

    def phrase(self, node: Node, on: date) -> Phrase:  # noqa: ARG002
        if node.verdict is not Verdict.MET or not isinstance(node.actual, list):
            return Phrase(_NO_ELIGIBLE)
        return Phrase(self.title, f": {some_of(node.actual, _MOST_NAMED)}")

    def add_dates(self, ahead: Ahead) -> None:
        """What a project covers does not depend on the date."""

    def met_on(self, ahead: Ahead) -> int:
        return ahead.every if self.test(ahead) else 0

    def turns(self, ahead: Ahead, *, starts: bool) -> Iterator[Turn]:  # noqa: ARG002  as it says of dates
        yield from ()

    def missing(self, _: Search) -> Plans:
        """None: a project without a listed application is searched once more with one, if it may have one."""
        return []


class EveryApplication(Quantified[str]):
    """Met when all listed applications of the project meet the criterion, and there is at least one.

    What it says of a partner and an application is the same for every project if nothing below reads the project: it is
    explained once, or hundreds of projects with hundreds of partners would fill the memory.
    """

    kind = "every-application"
    says = "For every eligible application of the project this is met"
    inside = ("project",)
    sets = "application"
    requires = ALL
    asks_of_all = True
    if_none = "no listed application"
    reads_project = True

    def phrase(self, node: Node, on: date) -> Phrase:
        return Phrase(_NO_ELIGIBLE) if node.actual == self.if_none else super().phrase(node, on)

    def compile(self) -> Test:
        test = self.criterion.test
        of_many = None if self.criterion.depends_on_project else self._of_many(test)

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

    def enter(self, thing: str, scope: Scope) -> Subject:
        scope.areas = scope.terms.areas_of[thing]
        return {"application": thing}

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        explained = {} if self.criterion.depends_on_project else scope.explained
        children = []
        for application in scope.listed_of_project().applications:
            key = (self.id, scope.partner.partner_id, application)
            if key not in explained:
                explained[key] = self.criterion.explain(scope, self.enter(application, scope))
            children.append(explained[key])
        return self.parent(children, subject)

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        """That of an application depends on its areas alone if nothing below reads the project."""
        total, sizes = 1, {} if self.criterion.depends_on_project else scope.sizes
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

    def add_dates(self, ahead: Ahead) -> None:
        of_partner, partner_id = not self.criterion.depends_on_project, ahead.partner.partner_id
        for areas in ahead.listed_of_project().areas:
            if not of_partner or ahead.is_new((self.id, partner_id, areas)):
                ahead.areas = areas
                self.criterion.add_dates(ahead)

    def met_on(self, ahead: Ahead) -> int:
        of_partner, partner_id = not self.criterion.depends_on_project, ahead.partner.partner_id
        listed = ahead.listed_of_project().areas
        found, key = ahead.every if listed else 0, None
        for areas in listed:
            if of_partner:
                key = (self.id, partner_id, areas)
            met = ahead.found.get(key) if key else None
            if met is None:
                ahead.areas = areas
                met = self.criterion.met_on(ahead)
            if key:
                ahead.found[key] = met
            found &= met
        return found

    def plans(self, search: Search) -> Plans:
        search.left -= search.weight

        def of_each(listed: Iterable[tuple[str, ...]]) -> Iterator[Plans]:
            """Applications that have the same areas ask for the same."""
            for areas in listed:
                search.areas = areas
                yield self.criterion.plans(search)

        listed = search.listed_of_project().areas
        return search.all(of_each(listed)) if listed else []
