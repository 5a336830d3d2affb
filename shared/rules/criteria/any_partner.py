"""The criterion about some partner of a project."""

from collections.abc import Hashable, Sequence
from datetime import date
from functools import cached_property

from shared.domain.partner import Partner
from shared.rules.changes.base import CHANGES, PARTNER, Plan
from shared.rules.changes.customer import AttachPartner, AttachQualifiedPartner
from shared.rules.changes.plan import MET, Plans, rank
from shared.rules.criteria.ahead import Ahead
from shared.rules.criteria.base import ANY, Subject, Weights
from shared.rules.criteria.quantified import Quantified
from shared.rules.criteria.scope import Scope, Test
from shared.rules.criteria.search import Search

MOST_NAMED = 5
_MOST_REMEMBERED = 1000
_ANYONE = Partner("")

type Asked = list[tuple[Plan, Plan]]
"""What is asked of a partner that nobody named, and what besides; each pair would do."""


class AnyPartner(Quantified[str]):
    """Met when a single partner attached to the project, or to all projects, meets the criterion on its own."""

    kind = "any-partner"
    says = "A single partner attached to the project meets this on its own"
    inside = ("project",)
    sets = "partner"
    requires = ANY
    if_none = "no partner attached"
    reads_project = True

    def compile(self) -> Test:
        test = self.criterion.test

        def any_partner(scope: Scope) -> bool:
            for partner_id in scope.customer.partners_of(scope.project):
                scope.partner = scope.partner_of(partner_id)
                if test(scope):
                    return True
            return False

        return any_partner

    def things(self, scope: Scope) -> Sequence[str]:
        return scope.customer.partners_of(scope.project)

    def enter(self, thing: str, scope: Scope) -> Subject:
        scope.partner = scope.partner_of(thing)
        return {"partner": thing}

    def add_dates(self, ahead: Ahead) -> None:
        asked = self._asked_of(ahead)
        for partner_id in self.things(ahead):
            if ahead.is_new((partner_id, asked)):
                ahead.partner = ahead.partner_of(partner_id)
                self.criterion.add_dates(ahead)

    def met_on(self, ahead: Ahead) -> int:
        asked, until = self._asked_of(ahead), ahead.project.initiated_on
        found, every = 0, ahead.every
        for partner_id in self.things(ahead):
            key = (partner_id, asked, until)
            met = ahead.found.get(key)
            if met is None:
                ahead.partner = ahead.partner_of(partner_id)
                met = ahead.found[key] = self.criterion.met_on(ahead)
            found |= met
            if found == every:
                break
        return found

    def _asked_of(self, ahead: Ahead) -> Hashable:
        """All that those below may ask about beside the partner and when the project starts: areas."""
        return self.id, frozenset(ahead.listed_of_project().areas), ahead.areas, ahead.area

    def size(self, scope: Scope, weights: Weights | None = None) -> int:
        """As many times that of one partner: it is the same for all."""
        partner_ids = self.things(scope)
        count = sum([weights.partners[each] for each in partner_ids]) if weights else len(partner_ids)
        return 1 + count * self.criterion.size(scope, weights)

    def plans(self, search: Search) -> Plans:
        """Those of the partners attached, of known partners to attach, or what one that nobody named must have."""
        search.left -= search.weight
        plans: Plans = []
        attached = search.attached()
        for partner in attached:
            if search.left < 0:
                search.cut = True
                if self.test(search):
                    return MET
                break
            search.left -= 1
            search.consider(partner)
            found = self.criterion.plans(search)
            if found is MET:
                return MET
            plans += found
        known = self._known_to_attach(search, attached)
        plans += known
        if not search.alike.partners or not any(len(plan) == 1 for plan in known):
            key = AttachQualifiedPartner.key(search.project.project_id)
            plans += [{key: of_partner, **others} for of_partner, others in self._anyone(search)]
        return search.smallest(plans)

    def _known_to_attach(self, search: Search, attached: list[Partner]) -> Plans:
        """Attaching a known partner that qualifies for the current project."""
        plans: Plans = []
        already = {each.partner_id for each in attached}
        for partner in search.known:
            if partner.partner_id in already:
                continue
            if search.left < 0 or len(plans) >= MOST_NAMED:
                search.cut |= search.left < 0 or not search.alike.partners or search.has_choices
                break
            search.left -= 1
            search.consider(partner)
            key = AttachPartner.key(partner.partner_id, search.project.project_id)
            plans += [{key: True, **plan} for plan in self.criterion.plans(search) if not _asked_of_partner(plan)]
        return plans

    def _anyone(self, search: Search) -> Asked:
        """What is asked of a partner that nobody named.

        That depends only on what the project covers and the area in question, unless money is part of it or limits
        are near: worked out once.
        """
        project = search.project
        key = (project.initiated_on > date.min, project.applications, search.areas, search.area)
        may_be_remembered = search.limits is None and not self._reads_money
        asked = self._remembered.get(key) if may_be_remembered else None
        if asked is None:
            asked = self._least_asking(search)
            if may_be_remembered and len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[key] = asked
        return asked

    @cached_property
    def _remembered(self) -> "dict[tuple[object, ...], Asked]":
        return {}

    @cached_property
    def _reads_money(self) -> bool:
        return any(each.reads_money for each in self.with_all_below())

    def _least_asking(self, search: Search) -> Asked:
        """What is asked of the partner and what besides: of the latter no more than needed, of the former the least."""
        search.consider(_ANYONE)
        search.anyone = True
        found = sorted(self.criterion.plans(search), key=rank)
        search.anyone = False
        least: dict[frozenset[tuple[str, ...]], tuple[Plan, Plan]] = {}
        for plan in found:
            of_partner = _asked_of_partner(plan)
            others = {key: value for key, value in plan.items() if key not in of_partner}
            least.setdefault(frozenset(others), (of_partner, others))
        return [asked for others, asked in least.items() if not any(each < others for each in least)]


def _asked_of_partner(plan: Plan) -> Plan:
    return {key: value for key, value in plan.items() if CHANGES[key[0]].by == PARTNER}
