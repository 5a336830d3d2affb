"""The ways in which each criterion without others below it can come to be met.

Arrives: a criterion. Leaves: a closure that gives the smallest plans for it in a search. What is no longer possible,
such as training after a project's start, has no plan.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shared.rules.criteria import Criterion
from shared.rules.customer_criteria import AnnualSpendAtLeast, CoversEligibleApplication
from shared.rules.help_plans import COMPETENCY, COURSE, DEPLOYMENTS, DESIGNATION, MET, Plans
from shared.rules.help_search import Search, Ways
from shared.rules.help_spend import spend_plans
from shared.rules.partner_criteria import CompetencyHeld, DeploymentsAtLeast, DesignationHeld, TrainingBeforeProject


def _spend(criterion: AnnualSpendAtLeast) -> Ways:
    test = criterion.compile()

    def spend(search: Search) -> Plans:
        plans = search.spends.get(criterion.id)
        if plans is None:
            plans = MET if test(search) else spend_plans(criterion, search)
            search.spends[criterion.id] = plans
        return plans

    return spend


def _covers(criterion: CoversEligibleApplication) -> Ways:
    """Nothing is proposed here: the projects to think about come with a listed application if they have none."""
    test = criterion.compile()
    return lambda search: MET if test(search) else []


def _competency(criterion: CompetencyHeld) -> Ways:
    test, name, levels = criterion.compile(), criterion.competency, criterion.levels

    def competency(search: Search) -> Plans:
        if test(search):
            return MET
        key = (COMPETENCY, search.partner.partner_id, name, search.area)
        return [{key: levels}] if search.alike.levels else [{key: (level,)} for level in levels]

    return competency


def _designation(criterion: DesignationHeld) -> Ways:
    test, name = criterion.compile(), criterion.designation

    def designation(search: Search) -> Plans:
        return MET if test(search) else [{(DESIGNATION, search.partner.partner_id, name): True}]

    return designation


def _deployments(criterion: DeploymentsAtLeast) -> Ways:
    test = criterion.compile()

    def deployments(search: Search) -> Plans:
        if test(search):
            return MET
        missing = criterion.count - criterion.explain(search).actual
        return [{(DEPLOYMENTS, search.partner.partner_id, search.area): missing}]

    return deployments


def _training(criterion: TrainingBeforeProject) -> Ways:
    test, course, part = criterion.compile(), criterion.course, criterion.part

    def training(search: Search) -> Plans:
        if test(search):
            return MET
        completed_on = date.min if search.anyone else search.on
        possible = completed_on < search.project.initiated_on
        return [{(COURSE, search.partner.partner_id, course, part): True}] if possible else []

    return training


LEAF_WAYS: Mapping[type[Criterion], Callable[[Any], Ways]] = {
    AnnualSpendAtLeast: _spend,
    CoversEligibleApplication: _covers,
    CompetencyHeld: _competency,
    DesignationHeld: _designation,
    DeploymentsAtLeast: _deployments,
    TrainingBeforeProject: _training,
}
