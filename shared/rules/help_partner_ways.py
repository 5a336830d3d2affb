"""The ways in which some partner on a project can come to meet a criterion.

Arrives: an ``any-partner`` criterion and the ways of the one inside. Leaves: a closure that gives the plans for the
current project: those of the partners attached, known partners to attach, or what one that nobody named must have.
"""

from datetime import date

from shared.domain.partner import Partner
from shared.rules.criteria import Criterion
from shared.rules.customer_criteria import AnnualSpendAtLeast
from shared.rules.help_plans import (
    ATTACH,
    ATTACH_ANY,
    COMPETENCY,
    COURSE,
    DEPLOYMENTS,
    DESIGNATION,
    MET,
    Plan,
    Plans,
    rank,
)
from shared.rules.help_search import Search, Ways
from shared.rules.quantified import AnyPartner

MOST_NAMED = 5
_MOST_REMEMBERED = 1000
_ANYONE = Partner("")
_OF_PARTNER = (COMPETENCY, DESIGNATION, DEPLOYMENTS, COURSE)


def partner_ways(criterion: AnyPartner, inner: Ways) -> Ways:
    test, anyone = criterion.compile(), _anyone(criterion, inner)

    def any_partner(search: Search) -> Plans:
        plans: Plans = []
        attached = search.attached()
        for partner in attached:
            if search.left < 0:
                search.cut = True
                if test(search):
                    return MET
                break
            search.left -= 1
            search.consider(partner)
            found = inner(search)
            if found is MET:
                return MET
            plans += found
        known = _known_to_attach(search, attached, inner)
        plans += known
        if not search.alike.partners or not any(len(plan) == 1 for plan in known):
            plans += anyone(search)
        return search.smallest(plans)

    return any_partner


def _known_to_attach(search: Search, attached: list[Partner], inner: Ways) -> Plans:
    """Attaching a known partner that qualifies for the current project."""
    plans: Plans = []
    already = {each.partner_id for each in attached}
    for partner in search.known:
        if partner.partner_id in already:
            continue
        if search.left < 0 or len(plans) >= MOST_NAMED:
            search.cut = True
            break
        search.left -= 1
        search.consider(partner)
        key = (ATTACH, partner.partner_id, search.project.project_id)
        plans += [{key: True, **plan} for plan in inner(search) if not _asked_of_partner(plan)]
    return plans


def _anyone(criterion: AnyPartner, inner: Ways) -> Ways:
    """Attaching a partner that nobody named, with what it must have.

    That depends only on what the project covers and the area in question, unless money plays a part: worked out once.
    """
    remembered: dict[tuple[object, ...], list[tuple[Plan, Plan]]] = {}
    memorable = not _asks_for_spend(criterion)

    def anyone(search: Search) -> Plans:
        project = search.project
        about = (project.initiated_on > date.min, project.applications, search.areas, search.area)
        asked = remembered.get(about) if memorable else None
        if asked is None:
            asked = _least_asking(inner, search)
            if len(remembered) < _MOST_REMEMBERED:
                remembered[about] = asked
        key = (ATTACH_ANY, project.project_id)
        return [{key: of_partner, **others} for of_partner, others in asked]

    return anyone


def _least_asking(inner: Ways, search: Search) -> list[tuple[Plan, Plan]]:
    """What is asked of the partner and what besides: of the latter no more than needed, of the former the least."""
    search.consider(_ANYONE)
    search.anyone = True
    found = sorted(inner(search), key=rank)
    search.anyone = False
    least: dict[frozenset[tuple[str, ...]], tuple[Plan, Plan]] = {}
    for plan in found:
        of_partner = _asked_of_partner(plan)
        others = {key: value for key, value in plan.items() if key not in of_partner}
        least.setdefault(frozenset(others), (of_partner, others))
    return [asked for others, asked in least.items() if not any(each < others for each in least)]


def _asked_of_partner(plan: Plan) -> Plan:
    return {key: value for key, value in plan.items() if key[0] in _OF_PARTNER}


def _asks_for_spend(criterion: Criterion) -> bool:
    return isinstance(criterion, AnnualSpendAtLeast) or any(map(_asks_for_spend, criterion.parts))
