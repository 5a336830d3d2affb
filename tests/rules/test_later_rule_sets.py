"""What the later versions of the programme change, and for whom.

Of 2024-02-05: a competency no longer qualifies a partner. Of 2024-07-01: Marketing, Relationship Sales and Viva Sales
are no longer listed, Copilot for Sales and Copilot for Service are. Neither is in force until someone activates it.
"""

import json
from datetime import date

import pytest

from shared.domain.decision import Node, Status
from shared.rule_books import SHIPPED
from shared.rules.difference import difference
from shared.rules.document import parse_document
from shared.rules.rule_set import RuleSet
from shared.rules.summary import summary_of

from .given import (
    CE,
    FO,
    ON,
    SHIPPED_PATH,
    Json,
    attachment,
    competency,
    customer,
    deployment,
    designation,
    granted,
    licence,
    outcome,
    partner,
    project,
    reasons,
)

RULE_SETS = SHIPPED_PATH.parent
FIRST, FEBRUARY, JULY = "2023-02-13", "2024-02-05", "2024-07-01"
VERSIONS = (FIRST, FEBRUARY, JULY)
EXCEPTIONS = "2025-01-01"
"""Not of the programme: as July, for customers with an exception without any of it."""
RULES = {
    name: RuleSet.compile(parse_document(json.loads((RULE_SETS / f"{name}.json").read_text("utf-8"))), number)
    for number, name in enumerate((*VERSIONS, EXCEPTIONS), 1)
}


def test_each_is_in_force_from_the_day_it_is_named_after() -> None:
    assert {name: rules.document.effective_from for name, rules in RULES.items()} == {
        name: date.fromisoformat(name) for name in (*VERSIONS, EXCEPTIONS)
    }


def test_only_the_first_is_in_force_by_default() -> None:
    assert SHIPPED.name == f"{FIRST}.json"


def test_what_february_changes_in_words() -> None:
    assert difference(RULES[FIRST].document, RULES[FEBRUARY].document) == [
        "in force from 2023-02-13 -> 2024-02-05",
        "criterion area-qualified removed (any-of)",
        "criterion cba removed (competency cloud-business-applications, levels gold, silver)",
        "criterion solutions-partner-route moved under area (was under area-qualified)",
    ]


def test_what_july_changes_in_words() -> None:
    assert difference(RULES[FEBRUARY].document, RULES[JULY].document) == [
        "in force from 2024-02-05 -> 2024-07-01",
        "application copilot-for-sales added (customer-engagement)",
        "application copilot-for-service added (customer-engagement)",
        "application marketing removed",
        "application relationship-sales removed",
        "application viva-sales removed",
    ]


def test_what_the_rule_set_with_exceptions_changes_in_words() -> None:
    assert difference(RULES[JULY].document, RULES[EXCEPTIONS].document) == [
        "in force from 2024-07-01 -> 2025-01-01",
        "criterion eligible: type all-of -> any-of",
        "criterion exception added under eligible (exception)",
        "criterion requirements added under eligible (all-of)",
        "criterion annual-spend moved under requirements (was under eligible)",
        "criterion project moved under requirements (was under eligible)",
    ]


@pytest.mark.parametrize("exceptions", [[], [granted()]])
def test_without_an_exception_it_decides_as_july_and_with_one_everybody_is_eligible(exceptions: list[Json]) -> None:
    for _, facts, implementer, _ in WHO:
        july = outcome(RULES[JULY], facts, implementer)
        found = outcome(RULES[EXCEPTIONS], facts | {"exceptions": exceptions}, implementer)
        by_exception = bool(exceptions) and july.status is Status.INELIGIBLE
        assert (found.status is Status.ELIGIBLE) == (by_exception or july.status is Status.ELIGIBLE)
        assert found.by_exception is by_exception


def with_project(*applications: str, spend_on: str = "sales", amount: str = "300000") -> Json:
    """A customer with one project, and P-1 as its partner."""
    licences = [licence(application=spend_on, annualAmount=amount)]
    return customer(licences=licences, projects=[project(applications=list(applications))], attachments=[attachment()])


GOLD = partner(competencies=[competency(area=FO), competency(area=CE)])
"""Gold in both areas, and nothing else."""
SOLUTIONS = partner(
    competencies=[],
    designations=[designation()],
    deployments=[deployment(number, area=area) for number, area in enumerate((FO, FO, CE, CE))],
)
"""Solutions Partner with two deployments in each area."""
BOTH = GOLD | {"designations": [designation()], "deployments": SOLUTIONS["deployments"]}

WHO: list[tuple[str, Json, Json, str]] = [
    ("Contoso, with a gold partner only, loses in February", with_project("finance"), GOLD, "yes no no"),
    ("Fabrikam, whose partner goes both ways, notices nothing", with_project("finance"), BOTH, "yes yes yes"),
    ("Adatum, whose partner is Solutions Partner, notices nothing", with_project("sales"), SOLUTIONS, "yes yes yes"),
    ("Litware, with a project of Marketing alone, loses in July", with_project("marketing"), SOLUTIONS, "yes yes no"),
    ("Proseware, with Viva Sales alone, loses in July", with_project("viva-sales"), SOLUTIONS, "yes yes no"),
    (
        "Tailspin, with Relationship Sales alone, loses in July",
        with_project("relationship-sales"),
        SOLUTIONS,
        "yes yes no",
    ),
    ("Northwind, with Marketing beside Sales, keeps", with_project("marketing", "sales"), SOLUTIONS, "yes yes yes"),
    (
        "Wingtip, whose spend is on Marketing, loses in July",
        with_project("sales", spend_on="marketing"),
        SOLUTIONS,
        "yes yes no",
    ),
    (
        "Trey, with a project of Copilot for Sales, gains in July",
        with_project("copilot-for-sales"),
        SOLUTIONS,
        "no no yes",
    ),
    (
        "Lamna, whose spend is on Copilot for Service, gains in July",
        with_project("sales", spend_on="copilot-for-service"),
        SOLUTIONS,
        "no no yes",
    ),
    (
        "Relecloud, with Copilot for Sales and a gold partner only, never is",
        with_project("copilot-for-sales"),
        GOLD,
        "no no no",
    ),
    (
        "Woodgrove, a dollar short, never is",
        with_project("finance", amount="299999"),
        BOTH,
        "no no no",
    ),
]


@pytest.mark.parametrize(("sentence", "facts", "implementer", "eligible"), WHO, ids=[case[0] for case in WHO])
def test_who_is_eligible_under_each(sentence: str, facts: Json, implementer: Json, eligible: str) -> None:
    found = [outcome(RULES[name], facts, implementer).status for name in VERSIONS]
    assert found == [{"yes": "eligible", "no": "ineligible"}[word] for word in eligible.split()]


def why(name: str, facts: Json, implementer: Json) -> str:
    tree: Node = reasons(RULES[name], facts, implementer)
    return summary_of(RULES[name], tree, outcome(RULES[name], facts, implementer), ON).why


def test_a_gold_partner_is_told_what_is_missing_now() -> None:
    assert why(FIRST, with_project("finance"), GOLD) == "Eligible with J-1"
    assert why(FEBRUARY, with_project("finance"), GOLD) == (
        "P-1: no Solutions Partner for Business Applications designation (J-1), and 1 more"
    )


def test_a_marketing_project_is_told_that_nothing_of_it_is_listed() -> None:
    assert why(JULY, with_project("marketing"), SOLUTIONS) == "No eligible application in the project (J-1)"


def test_a_project_across_areas_needs_deployments_in_both_since_february() -> None:
    """Gold in one area made up for deployments there before."""
    half = BOTH | {
        "competencies": [competency(area=FO)],
        "deployments": [deployment(1, area=CE), deployment(2, area=CE)],
    }
    facts = with_project("finance", "sales")
    assert [outcome(RULES[name], facts, half).status for name in VERSIONS] == ["eligible", "ineligible", "ineligible"]
