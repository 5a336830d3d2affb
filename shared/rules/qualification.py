"""A partner's qualification per area, whoever asks: what a rule set's ``any-area`` criteria say of the partner alone.

Training is not part of it: whether it was done in time depends on a project.
"""

from datetime import date

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.domain.partner import Partner
from shared.rules.criteria import Criterion
from shared.rules.quantified import AnyArea
from shared.rules.rule_set import RuleSet
from shared.rules.scope import Scope

_NOBODY = Customer("")


def qualification(rule_set: RuleSet, partner: Partner, on: date) -> JsonObject:
    """By area, the verdict tree of each criterion that is asked per area."""
    document = rule_set.document
    areas = sorted({area for areas in document.terms.areas_of.values() for area in areas})
    asked = [each.criterion for each in document.criteria.with_all_below() if isinstance(each, AnyArea)]

    def tree(criterion: Criterion, area: str) -> JsonObject:
        scope = Scope(document.terms, _NOBODY, {}, on, partner=partner, areas=(area,), area=area)
        return criterion.explain(scope, {"area": area}).to_json()

    return {area: [tree(criterion, area) for criterion in asked] for area in areas}
