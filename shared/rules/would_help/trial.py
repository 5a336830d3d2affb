"""Tries plans on the facts, where the search alone does not prove them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.customer import Customer
from shared.domain.decision import Status
from shared.rules.changes.base import Plan, Setting
from shared.rules.changes.named import NamedPlan, with_names
from shared.rules.changes.plan import Plans, applied, changes_of, holds, in_turns, rank
from shared.rules.rule_set import Partners, RuleSet, decide, with_rates

MOST_TRIES = 40
_ENOUGH = 12


@dataclass(slots=True)
class Trial:
    """What plans are tried on, and how many tries are left."""

    rule_set: RuleSet
    customer: Customer
    partners: Partners
    setting: Setting
    left: int
    known: dict[str, bool] = field(default_factory=dict)
    """What came of a plan: many plans are alike but for one change, and it is left out of each."""

    def proven(self, plans: Plans) -> Plans:
        """Those that make the customer eligible, without changes that are not needed: no more than are enough to
        choose from, of as many kinds as can be.
        """
        found: Plans = []
        for plan in in_turns(plans):
            proven = self._minimal(plan)
            if self.left < 0 or len(found) == _ENOUGH:
                break
            if proven and not any(holds(proven, each) for each in found):
                found.append(proven)
        return sorted(found, key=rank)

    def proven_names(self, plans: Iterable[NamedPlan]) -> list[NamedPlan]:
        """Those with the names with which each does, and does with no change less."""
        found = []
        for plan in plans:
            given = ((names, with_names(plan.plan, names)) for names in plan.names)
            if names := [each for each, named in given if self._minimal(named) == named]:
                found.append(plan._replace(names=names))
        return found

    def _minimal(self, plan: Plan) -> Plan | None:
        """The plan with only those of its changes that are needed; None if it does not make the customer eligible."""
        if not self._eligible(plan):
            return None
        for left_out in sorted(plan):
            fewer = self._minimal({key: value for key, value in plan.items() if key != left_out})
            if fewer is not None:
                return fewer
        return plan

    def _eligible(self, plan: Plan) -> bool:
        name = repr(sorted(plan.items(), key=lambda each: each[0]))
        if name not in self.known:
            self.left -= 1
            if self.left < 0:
                return False
            self.known[name] = self._tried(plan)
        return self.known[name]

    def _tried(self, plan: Plan) -> bool:
        customer, partners, rates = applied(changes_of(plan, self.setting), self.customer, self.partners)
        rule_set = with_rates(self.rule_set, rates)
        return decide(rule_set, customer, partners, self.setting.on).status is Status.ELIGIBLE
