"""Search for what would help a customer that is not eligible.

Gives up to five smallest sets of changes, each of which makes the customer eligible and none of whose changes can be
left out. A project is started or reopened only if none is open; a listed application is added only to a project without
any. Of very many projects and partners those nearest to being met are considered first, and the search ends after a
fixed number of steps. Plans that the search alone does not prove are tried on the facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Status
from shared.domain.partner import Partner
from shared.rules.changes.base import Plan, Setting
from shared.rules.changes.plan import Plans, applied, changes_of, holds, limits_of, rank, smallest
from shared.rules.criteria.any_partner import AnyPartner
from shared.rules.criteria.partner import CompetencyHeld
from shared.rules.criteria.search import MOST_STEPS, Alike, Search
from shared.rules.rule_set import Partners, RuleSet, decide, work_of
from shared.rules.would_help.options import applications_to_name, partners_to_attach, project_options

MOST_SETS = 5
MOST_TRIES = 40

type Proven = tuple[Plan, list[str]]
"""A plan and the projects it makes eligible."""


class Budget(NamedTuple):
    """Steps to search, and steps, as ``work_of`` counts them, to try what was found: many tries of a small customer,
    few of a large one."""

    searched: int = MOST_STEPS
    tried: int = 7_500_000


WHOLE = Budget()


def would_help(
    rule_set: RuleSet,
    customer: Customer,
    partners: Partners,
    on: date,
    qualified_partners: Sequence[Partner] = (),
    budget: Budget = WHOLE,
    size: int = 0,
) -> list[JsonObject]:
    """Up to five smallest sets of changes, smallest first; none for an eligible customer.

    ``size``: the bytes that are stored of the customer.
    """
    if decide(rule_set, customer, partners, on).status is Status.ELIGIBLE:
        return []
    document, asked = rule_set.document, _asked_of_partners(rule_set)
    search = Search(document.terms, customer, partners, on, memo={}, alike=asked.alike, left=budget.searched)
    search.known = partners_to_attach(search, qualified_partners)
    search.options = project_options(search)
    search.limits = limits_of(customer, {each.partner_id: each for each in search.known}, asked.most_facts, size)
    plans = search.possible(document.criteria.plans(search))
    titles = {each["id"]: each["title"] for each in document.value["applications"]}
    starts = {project.project_id: project.initiated_on for _, project in search.options}
    setting = Setting(on, search.terms.currency, titles, applications_to_name(search)[0], starts, customer)
    if asked.exactly and not search.cut:
        sets = [(plan, _eligible(search, plan)) for plan in smallest(plans, MOST_SETS)[0]]
    else:
        everyone = {each.partner_id: each for each in search.known} | dict(partners)
        trial = Trial(rule_set, customer, everyone, setting, budget.tried)
        sets = trial.proven(smallest(plans)[0], MOST_SETS)
    return [_set(plan, eligible, setting) for plan, eligible in sets]


def _set(plan: Plan, eligible: list[str], setting: Setting) -> JsonObject:
    setting.eligible = tuple(eligible)
    changes = [each.to_json(setting.titles) for each in changes_of(plan, setting)]
    return {"changes": changes, "eligibleProjects": eligible}


def _eligible(search: Search, plan: Plan) -> list[str]:
    """The projects that would be eligible: those for which the plan does enough."""
    found = {name for name, plans in search.by_project if any(holds(plan, enough) for enough in plans)}
    return sorted(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a rule set asks of partners.

    ``exactly``: the plans found are right and minimal as they are, and tell which projects would be eligible. That
    takes that one partner is asked for, that no change can undo what is met, as gaining silver does where another
    criterion asks for gold, and that every any-project is evaluated.
    """

    alike: Alike
    exactly: bool
    most_facts: int


def _asked_of_partners(rule_set: RuleSet) -> _Asked:
    criteria = rule_set.document.criteria.asked
    levels = {frozenset(each.levels) for each in criteria if isinstance(each, CompetencyHeld)}
    excluding = any(one.isdisjoint(other) for one in levels for other in levels)
    alike = Alike(len(levels) <= 1, sum(isinstance(each, AnyPartner) for each in criteria) <= 1)
    exactly = alike.partners and not excluding and not rule_set.optional_projects
    areas = {area for areas in rule_set.document.terms.areas_of.values() for area in areas}
    return _Asked(alike, exactly, len(areas) * sum(each.most_asked for each in criteria))


@dataclass(slots=True)
class Trial:
    """What plans are tried on, and how many tries are left."""

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
        """Those that make the customer eligible, without changes that are not needed."""
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
        name = repr(sorted(plan.items(), key=lambda each: each[0]))
        if name not in self.known:
            self.left -= 1
            if self.left < 0:
                return None
            self.known[name] = self._tried(plan)
        return self.known[name]

    def _tried(self, plan: Plan) -> list[str] | None:
        changes = changes_of(plan, self.setting)
        outcome = decide(self.rule_set, *applied(changes, self.customer, self.partners), self.setting.on)
        return list(outcome.eligible_projects) if outcome.status is Status.ELIGIBLE else None
