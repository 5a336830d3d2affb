"""The ways in which criteria over others can come to be met.

Arrives: a criterion. Leaves: a closure that gives the smallest plans for it in a search.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from shared.rules.criteria import AllOf, AnyOf, Criterion
from shared.rules.help_leaf_ways import LEAF_WAYS
from shared.rules.help_partner_ways import partner_ways
from shared.rules.help_plans import MET, Plans, merged
from shared.rules.help_search import Search, Ways
from shared.rules.quantified import AnyArea, AnyPartner, AnyProject, EveryApplication


def ways_of(criterion: Criterion) -> Ways:
    """The closure for a criterion and all below it, which counts what it takes."""
    ways = _WAYS[type(criterion)](criterion)

    def counted(search: Search) -> Plans:
        search.left -= search.weight
        return ways(search)

    return counted


def _all(found: Iterable[Plans], search: Search) -> Plans:
    """One plan of each, together."""
    plans = MET
    for each in found:
        if not each:
            return []
        if each is not MET:
            plans = each if plans is MET else _product(plans, each, search)
    return plans


def _product(some: Plans, others: Plans, search: Search) -> Plans:
    search.left -= len(some) * len(others)
    return search.smallest([both for one in some for other in others if (both := merged(one, other)) is not None])


def _any(found: Iterable[Plans], search: Search) -> Plans:
    """The plans of all, unless one is met."""
    plans: Plans = []
    for each in found:
        if each is MET:
            return MET
        plans += each
    return search.smallest(plans)


def _all_of(criterion: AllOf) -> Ways:
    parts = [ways_of(each) for each in criterion.criteria]
    return lambda search: _all((part(search) for part in parts), search)


def _any_of(criterion: AnyOf) -> Ways:
    parts = [ways_of(each) for each in criterion.criteria]
    return lambda search: _any((part(search) for part in parts), search)


def _any_project(criterion: AnyProject) -> Ways:
    test, inner = criterion.compile(), ways_of(criterion.criterion)

    def any_project(search: Search) -> Plans:
        found: list[Plans] = []
        for needed, project in search.options:
            if search.left < 0:
                search.cut = True
                found.append(MET if test(search) else [])
                break
            search.project = project
            plans = inner(search)
            found.append([{**needed, **plan} for plan in plans] if needed else plans)
            search.by_project.append((project.project_id, found[-1]))
        return _any(found, search)

    return any_project


def _any_partner(criterion: AnyPartner) -> Ways:
    return partner_ways(criterion, ways_of(criterion.criterion))


def _every_application(criterion: EveryApplication) -> Ways:
    inner = ways_of(criterion.criterion)

    def found(search: Search, of_each: Iterable[tuple[str, ...]]) -> Iterator[Plans]:
        """Applications that have the same areas ask for the same."""
        for areas in of_each:
            search.areas = areas
            yield inner(search)

    def every_application(search: Search) -> Plans:
        areas = search.listed_of_project().areas
        return _all(found(search, areas), search) if areas else []

    return every_application


def _any_area(criterion: AnyArea) -> Ways:
    inner = ways_of(criterion.criterion)

    def found(search: Search) -> Iterator[Plans]:
        for area in search.areas:
            search.area = area
            yield inner(search)

    return lambda search: _any(found(search), search)


_WAYS: Mapping[type[Criterion], Callable[[Any], Ways]] = {
    AllOf: _all_of,
    AnyOf: _any_of,
    AnyProject: _any_project,
    AnyPartner: _any_partner,
    EveryApplication: _every_application,
    AnyArea: _any_area,
    **LEAF_WAYS,
}
