"""What would help a customer that is not eligible.

Arrives: a rule set, a customer, its partners, a date, and partners that could be attached. Leaves: up to five smallest
sets of changes, each of which makes the customer eligible and none of whose changes can be left out.

A change is one of: spend more (the exact missing amount), add an exchange rate for a currency that has none (with the
least rate that does), start a project or reopen a cancelled one (only if none is open), add a listed application to a
project without any, attach a known partner that qualifies for the project (or, if none is known, say what one would
have), and for an attached partner: gain a competency or designation, more deployments, complete a course while the
project has not started. Of very many projects and partners those nearest to being met are thought about first, and the
search ends after a fixed number of steps.
"""

from collections.abc import Sequence
from datetime import date

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Status
from shared.domain.partner import Partner
from shared.rules.help_apply import apply
from shared.rules.help_changes import Setting, changes_of
from shared.rules.help_known import known_of
from shared.rules.help_limits import Limits
from shared.rules.help_plans import Plan, holds, smallest
from shared.rules.help_search import Search, applications_to_name, partners_to_attach, project_options
from shared.rules.help_trial import WHOLE, Budget, Trial
from shared.rules.rule_set import Partners, RuleSet, decide

__all__ = ["apply", "would_help"]

MOST_SETS = 5


def would_help(
    rule_set: RuleSet,
    customer: Customer,
    partners: Partners,
    on: date,
    qualified_partners: Sequence[Partner] = (),
    budget: Budget = WHOLE,
    size: int = 0,
) -> list[JsonObject]:
    """Up to five smallest sets of changes, smallest first; none for an eligible customer. ``size``: the bytes that are
    stored of the customer."""
    if decide(rule_set, customer, partners, on).status is Status.ELIGIBLE:
        return []
    known = known_of(rule_set)
    search = Search(rule_set.document.terms, customer, partners, on, memo={}, alike=known.alike, left=budget.searched)
    search.known = partners_to_attach(search, qualified_partners)
    search.options = project_options(search)
    everyone = {each.partner_id: each for each in search.known}
    search.limits = Limits(customer, everyone, size, asks_much=known.asks_much)
    plans = [plan for plan in known.ways(search) if search.limits.allow(plan)]
    starts = {project.project_id: project.initiated_on for _, project in search.options}
    setting = Setting(on, search.terms.currency, known.titles, applications_to_name(search)[0], starts)
    if known.exact and not search.cut:
        sets = [(plan, _eligible(search, plan)) for plan in smallest(plans, MOST_SETS)[0]]
    else:
        trial = Trial(rule_set, customer, everyone | dict(partners), setting, budget.tried)
        sets = trial.proven(smallest(plans)[0], MOST_SETS)
    return [{"changes": changes_of(*each, customer, setting), "eligibleProjects": each[1]} for each in sets]


def _eligible(search: Search, plan: Plan) -> list[str]:
    """The projects that would be eligible: those for which the plan does enough."""
    found = {name for name, plans in search.by_project if any(holds(plan, enough) for enough in plans)}
    return sorted(found)
