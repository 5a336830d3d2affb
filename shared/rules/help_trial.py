"""Plans tried on the facts, where the search alone does not prove them.

Arrives: plans, the facts and the rule set. Leaves: the plans that make the customer eligible, without changes that are
not needed, each with the projects that are eligible then.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import Status
from shared.rules.help_apply import apply
from shared.rules.help_changes import Setting, changes_of
from shared.rules.help_plans import Key, Plan, Plans, holds, rank
from shared.rules.help_search import MOST_STEPS
from shared.rules.rule_set import Partners, RuleSet, decide
from shared.rules.work import work_of

type Proven = tuple[Plan, list[str]]
"""A plan and the projects it makes eligible."""


MOST_TRIES = 40


class Budget(NamedTuple):
    """Steps to search, and steps, as ``work_of`` counts them, to try what was found: many tries of a small customer,
    few of a large one."""

    searched: int = MOST_STEPS
    tried: int = 7_500_000


WHOLE = Budget()


@dataclass(slots=True)
class Trial:
    """What plans are tried on, and how often still."""

    rule_set: RuleSet
    customer: Customer
    partners: Partners
    setting: Setting
    steps: int
    left: int = field(init=False)
    known: dict[str, list[str] | None] = field(default_factory=dict)
    """What came of a plan: many plans are alike but for one change, and it is left out of each."""

    def __post_init__(self) -> None:
        work = work_of(self.rule_set, self.customer, self.partners)
        self.left = min(MOST_TRIES, self.steps // max(work, 1))

    def proven(self, plans: Plans, most: int) -> list[Proven]:
        found: list[Proven] = []
        for plan in plans:
            proven = self._minimal(plan)
            if self.left < 0:
                break
            if proven and not any(holds(proven[0], each) for each, _ in found):
                found.append(proven)
            if len(found) == most:
                break
        return sorted(found, key=lambda each: rank(each[0]))

    def _minimal(self, plan: Plan) -> Proven | None:
        """The plan with only those of its changes that are needed; None if it does not make the customer eligible."""
        eligible = self._eligible(plan)
        if eligible is None:
            return None
        for left_out in sorted(plan):
            fewer = self._minimal({key: value for key, value in plan.items() if key != left_out})
            if fewer:
                return fewer
        return plan, eligible

    def _eligible(self, plan: Plan) -> list[str] | None:
        name = repr(sorted(plan.items(), key=_key))
        if name not in self.known:
            self.left -= 1
            if self.left < 0:
                return None
            self.known[name] = self._tried(plan)
        return self.known[name]

    def _tried(self, plan: Plan) -> list[str] | None:
        changes = changes_of(plan, [], self.customer, self.setting)
        outcome = decide(self.rule_set, *apply(changes, self.customer, self.partners), self.setting.on)
        return list(outcome.eligible_projects) if outcome.status is Status.ELIGIBLE else None


def _key(change: tuple[Key, object]) -> Key:
    return change[0]
