"""The criteria that combine others about the same things."""

from collections.abc import Iterator

from shared.domain.decision import Node
from shared.domain.declared import declared
from shared.rules.changes.plan import Plans
from shared.rules.criteria.ahead import Ahead
from shared.rules.criteria.base import ALL, ANY, Criterion, Subject
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search


@declared
class Combination(Criterion):
    """A criterion over a list of others in the same scope."""

    below = "criteria"

    criteria: tuple[Criterion, ...]

    @property
    def parts(self) -> tuple[Criterion, ...]:
        return self.criteria

    def compile(self) -> Test:
        first, *others = tests = [each.test for each in self.criteria]
        decisive = self.requires == ANY
        if len(others) == 1:
            (second,) = others
            if decisive:
                return lambda scope: first(scope) or second(scope)
            return lambda scope: first(scope) and second(scope)

        def combined(scope: Scope) -> bool:
            for test in tests:
                if test(scope) is decisive:
                    return decisive
            return not decisive

        return combined

    def met_on(self, ahead: Ahead) -> int:
        decisive = ahead.every if self.requires == ANY else 0
        found = ahead.every - decisive
        for each in self.criteria:
            found = found | each.met_on(ahead) if decisive else found & each.met_on(ahead)
            if found == decisive:
                break
        return found

    def plans(self, search: Search) -> Plans:
        search.left -= search.weight
        found = (each.plans(search) for each in self.criteria)
        return search.any(found) if self.requires == ANY else search.all(found)

    def explain(self, scope: Scope, subject: Subject = None) -> Node:
        return self.parent([each.explain(scope) for each in self.criteria], subject)


class AllOf(Combination):
    """Met when all are met; unmet if one is unmet, otherwise unknown if one is unknown."""

    kind = "all-of"
    says = "All of these are met"
    requires = ALL


class AnyOf(Combination):
    """Met when at least one is met; otherwise unknown if one is unknown, otherwise unmet."""

    kind = "any-of"
    says = "At least one of these is met"
    requires = ANY


def optional_parts(criterion: Criterion, optional: bool = False) -> Iterator[Criterion]:
    """The criteria that may not have been evaluated though the root is met: those below some ``any-of``."""
    if optional:
        yield criterion
    for each in criterion.parts:
        yield from optional_parts(each, optional or isinstance(criterion, AnyOf))
