"""Venmo's business-rules: conditions as JSON over variables that Python computes.

Its conditions see no lists, so what goes through projects, partners and periods is computed by the variables, each only
when a condition asks for it; the rule combines them.
"""

import importlib
from collections.abc import Sequence
from typing import Any

from bench._joined import CE, CE_ONLY, EITHER, FO, FO_ONLY, LEAST_SPEND, LISTED, RATES, Json
from bench._peers import Peer

_LISTED, _FO_ONLY, _CE_ONLY, _EITHER = map(frozenset, (LISTED, FO_ONLY, CE_ONLY, EITHER))


class Work:
    """One project with one partner on it."""

    def __init__(self, facts: Json, project: Json, partner: Json) -> None:
        self._on, self._licences, self._partner = facts["on"], facts["licences"], partner
        self._needed = frozenset(project["applications"])

    def annual_spend(self) -> int:
        return sum(
            each["cents"] * RATES[each["currency"]]
            for each in self._licences
            if each["isNew"]
            and self._on <= each["endsOn"]
            and each["application"] in _LISTED
            and each["currency"] in RATES
        )

    def covers_a_listed_application(self) -> bool:
        return not _LISTED.isdisjoint(self._needed)

    def needs_finance(self) -> bool:
        return not _FO_ONLY.isdisjoint(self._needed)

    def needs_engagement(self) -> bool:
        return not _CE_ONLY.isdisjoint(self._needed)

    def needs_either(self) -> bool:
        return not _EITHER.isdisjoint(self._needed)

    def _in_force(self, each: Json) -> bool:
        return bool(each["from"] <= self._on <= each["until"] and self._on < each["next"])

    def _competent(self, area: str) -> bool:
        levels = ("gold", "silver")
        held = self._partner["competencies"]
        return any(each["area"] == area and each["level"] in levels and self._in_force(each) for each in held)

    def _deployed(self, area: str) -> int:
        return sum(each["area"] == area and each["liveOn"] <= self._on for each in self._partner["deployments"])

    def _trained(self, part: str) -> bool:
        return any(
            each["part"] == part
            and each["completedOn"] < each["before"]
            and each["completedOn"] <= self._on <= each["expiresOn"]
            for each in self._partner["trainings"]
        )

    def competent_in_finance(self) -> bool:
        return self._competent(FO)

    def competent_in_engagement(self) -> bool:
        return self._competent(CE)

    def deployments_in_finance(self) -> int:
        return self._deployed(FO)

    def deployments_in_engagement(self) -> int:
        return self._deployed(CE)

    def designated(self) -> bool:
        return any(each["active"] and self._in_force(each) for each in self._partner["designations"])

    def trained(self) -> bool:
        return self._trained("training")

    def checked(self) -> bool:
        return self._trained("knowledge-check")


_NUMBERS = ("annual_spend", "deployments_in_finance", "deployments_in_engagement")


def business_rules() -> list[Peer]:
    engine: Any = importlib.import_module("business_rules.engine")
    variables: Any = importlib.import_module("business_rules.variables")
    actions: Any = importlib.import_module("business_rules.actions")
    kinds = {
        name: (variables.numeric_rule_variable if name in _NUMBERS else variables.boolean_rule_variable)(method)
        for name, method in vars(Work).items()
        if not name.startswith("_")
    }
    asked = type("Asked", (Work, variables.BaseVariables), kinds)
    found = type("Found", (actions.BaseActions,), {"eligible": actions.rule_action()(lambda _: None)})()
    rule = {"conditions": _conditions(), "actions": [{"name": "eligible"}]}

    def decide(facts: Json) -> Sequence[str]:
        return [
            project["id"]
            for project in facts["projects"]
            if project["status"] in ("planned", "active")
            and any(engine.run(rule, asked(facts, project, partner), found) for partner in project["partners"])
        ]

    return [Peer("business-rules", "business-rules", decide, share=0.2)]


def _is(name: str, value: bool = True) -> Json:
    return {"name": name, "operator": "is_true" if value else "is_false", "value": value}


def _at_least(name: str, number: int) -> Json:
    return {"name": name, "operator": "greater_than_or_equal_to", "value": number}


def _conditions() -> Json:
    def in_area(area: str) -> Json:
        route = {"all": [_is("designated"), _at_least(f"deployments_in_{area}", 2)]}
        return {"any": [_is(f"competent_in_{area}"), route]}

    finance, engagement = in_area("finance"), in_area("engagement")
    return {
        "all": [
            _is("covers_a_listed_application"),
            _at_least("annual_spend", LEAST_SPEND),
            {"any": [_is("needs_finance", False), finance]},
            {"any": [_is("needs_engagement", False), engagement]},
            {"any": [_is("needs_either", False), finance, engagement]},
            _is("trained"),
            _is("checked"),
        ]
    }
