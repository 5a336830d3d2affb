"""Search for the plans that would make a customer eligible: none of their changes can be left out.

A project is started or reopened only if none is open; a listed application is added only to a project without any. Of
very many projects and partners those nearest to being met are considered first, and the search ends after a fixed
number of steps. Plans that the search alone does not prove are tried on the facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.partner import Partner
from shared.rules.changes.base import Setting
from shared.rules.changes.limits import limits_of
from shared.rules.changes.named import NamedPlan, Names, unnamed
from shared.rules.changes.plan import Plans, holds, smallest
from shared.rules.criteria.any_partner import AnyPartner
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.partner import CompetencyHeld
from shared.rules.criteria.quantified import AnyProject
from shared.rules.criteria.search import MOST_STEPS, NOTHING_KEPT, Alike, Keep, Search
from shared.rules.forecast import Rules
from shared.rules.rule_set import Partners, RuleSet
from shared.rules.would_help.options import applications_to_name, partners_to_attach, project_options
from shared.rules.would_help.trial import MOST_TRIES, Trial


class Budget(NamedTuple):
    """Steps to search, and steps, as ``work_of`` counts them, to try what was found: many tries of a small customer,
    few of a large one."""

    searched: int = MOST_STEPS
    tried: int = 7_500_000

    def tries(self, work: int, most: int) -> int:
        """How many there are of so much work each."""
        return min(most, self.tried // max(work, 1))


WHOLE = Budget()


@dataclass(frozen=True, slots=True)
class Situation:
    """Whom ways are sought for, and as of when.

    ``gains_on``: from when the customer is eligible if no event comes. ``size``: the bytes that are stored of it.
    ``work``: an estimate of the steps that deciding takes.
    """

    rules: Rules
    customer: Customer
    partners: Partners
    on: date
    gains_on: date | None = None
    work: int = 1
    size: int = 0
    keep: Keep = NOTHING_KEPT


class Found(NamedTuple):
    """Plans without names, each with the names with which it does; what changes take members from; all partners."""

    plans: list[NamedPlan]
    setting: Setting
    partners: Partners


def found_plans(situation: Situation, qualified_partners: Sequence[Partner], budget: Budget) -> Found:
    """None of the plans for a customer that is eligible."""
    rule_set, customer = situation.rules.rule_set, situation.customer
    asked, search = _asked(rule_set), _search(situation, budget)
    search.alike = asked.alike
    search.known = partners_to_attach(search, qualified_partners)
    search.options = project_options(search)
    search.has_choices = len({project.project_id for _, project in search.options}) < len(search.options)
    known = {each.partner_id: each for each in search.known}
    search.limits = limits_of(customer, known, asked.most_facts, situation.size)
    plans, _ = smallest(each for each in search.possible(rule_set.document.criteria.plans(search)) if each)
    titles = {each["id"]: each["title"] for each in rule_set.document.value["applications"]}
    starts = {project.project_id: project.initiated_on for _, project in search.options}
    setting = Setting(situation.on, search.terms.currency, titles, applications_to_name(search)[0], starts, customer)
    everyone = {**known, **situation.partners}
    if asked.exactly and not search.cut:
        return Found(_named(plans, search), setting, everyone)
    trial = Trial(rule_set, customer, everyone, setting, budget.tries(situation.work, MOST_TRIES))
    return Found(trial.proven_names(_named(trial.proven(plans), search)), setting, everyone)


def _search(situation: Situation, budget: Budget) -> Search:
    terms = situation.rules.rule_set.document.terms
    search = Search(terms, situation.customer, situation.partners, situation.on, memo={}, left=budget.searched)
    search.later = [each.document.terms.areas_of for _, each in situation.rules.later if each]
    search.keep = situation.keep
    return search


def _named(plans: Plans, search: Search) -> list[NamedPlan]:
    """Those that differ only in whom they name as one, without the names with which less would do."""
    merged: dict[frozenset[object], list[NamedPlan]] = {}
    for plan in plans:
        bare, names = unnamed(plan) or (plan, Names("", ""))
        own = merged.setdefault(frozenset(bare), [])
        same = next((each for each in own if each.plan == bare), None)
        if same is None:
            own.append(same := NamedPlan(bare, []))
        same.names.extend(each for each in (names, *search.named.names_of(bare)) if each not in same.names)
    found = [each for own in merged.values() for each in own]
    return [each for each in (_without_idle(each, found) for each in found) if each.names]


def _without_idle(named: NamedPlan, others: Sequence[NamedPlan]) -> NamedPlan:
    """Without the names with which another plan does with fewer changes."""
    names = named.names
    for other in others:
        if len(other.plan) < len(named.plan) and holds(named.plan, other.plan):
            names = [each for each in names if not any(_includes(each, fewer) for fewer in other.names)]
    return named._replace(names=names)


def _includes(names: Names, fewer: Names) -> bool:
    return fewer.partner in ("", names.partner) and fewer.project in ("", names.project)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a rule set asks of partners.

    ``exactly``: the plans found are right and minimal as they are. That takes that one partner is asked for, that no
    change can undo what is met, as gaining silver does where another criterion asks for gold, and that every
    any-project is evaluated.
    """

    alike: Alike
    exactly: bool
    most_facts: int


def _asked(rule_set: RuleSet) -> _Asked:
    areas = {area for areas in rule_set.document.terms.areas_of.values() for area in areas}
    return _asked_by(rule_set.document.criteria, len(areas), bool(rule_set.optional_projects))


@lru_cache(maxsize=8)
def _asked_by(root: Criterion, areas: int, has_optional_projects: bool) -> _Asked:
    criteria = root.asked
    levels = {frozenset(each.levels) for each in criteria if isinstance(each, CompetencyHeld)}
    excluding = any(one.isdisjoint(other) for one in levels for other in levels)
    alike = Alike(
        levels=len(levels) <= 1,
        partners=sum(isinstance(each, AnyPartner) for each in criteria) <= 1,
        projects=sum(isinstance(each, AnyProject) for each in criteria) <= 1,
    )
    exactly = alike.partners and not excluding and not has_optional_projects
    return _Asked(alike, exactly, areas * sum(each.most_asked for each in criteria))
