"""Golden cases that come with a rule set: what is refused, and what is said of those that come out otherwise."""

from typing import Any

import pytest

from shared.errors import PermanentError
from shared.rules import cases
from shared.rules.cases import MOST_CASES, failures, parse_cases

from .given import FO, Json, attachment, competency, customer, licence, partner, project, rule_set

RULES = rule_set()


def case(expect: Any, customer_facts: Json | None = None, *partners: Json, **members: Any) -> Json:
    facts = {"customer": customer_facts or customer(), "partners": list(partners) or [partner()]}
    return {"title": "A case", "on": "2026-03-01", "facts": facts, "expect": expect} | members


def said(*cases: Json) -> dict[str, str]:
    return {each.path: each.message for each in failures(RULES, parse_cases(list(cases)))}


def faults_of(value: object) -> dict[str, str]:
    with pytest.raises(PermanentError) as refused:
        parse_cases(value)
    return {each.path: each.message for each in refused.value.errors}


def test_a_case_that_comes_out_as_expected_says_nothing() -> None:
    criteria = {"annual-spend": "met", "cba": "met", "deployments": "unmet", "eligible": "met"}
    assert said(case({"status": "eligible", "eligibleProjects": ["J-1"], "criteria": criteria})) == {}


def test_each_difference_is_said_with_its_place_and_what_was_found() -> None:
    downgraded = partner(competencies=[competency(level="none", validFrom="2026-02-01")])
    expect = {"status": "eligible", "eligibleProjects": ["J-1"], "criteria": {"cba": "met", "deployments": "met"}}
    gold = "P-1: no Cloud Business Applications competency (gold or silver) in finance and operations"
    cba = f"{gold} (J-1), or 1 other way"
    assert said(case({"status": "eligible"}), case(expect, None, downgraded)) == {
        "$.cases[1].expect.status": f"expected eligible, found ineligible ({cba})",
        "$.cases[1].expect.eligibleProjects": f'expected ["J-1"], found [] ({cba})',
        "$.cases[1].expect.criteria.cba": f"expected met, found unmet ({gold})",
        "$.cases[1].expect.criteria.deployments": "expected met, found unmet "
        "(P-1: 0 of the 2 eligible customer deployments needed in finance and operations)",
    }


def test_the_amount_found_is_said_and_so_is_a_missing_rate() -> None:
    short = customer(licences=[licence(annualAmount="1"), licence(licenceId="L-2", currency="SEK")])
    assert said(case({"criteria": {"annual-spend": "met"}}, short)) == {
        "$.cases[0].expect.criteria.annual-spend": "expected met, found unknown "
        "(Annual spend on new deployments: USD 1 of the 300,000 needed; not counted: L-2 (no exchange rate for SEK))"
    }


def test_a_criterion_asked_of_several_is_met_if_one_meets_it() -> None:
    both = customer(attachments=[attachment(), attachment(partnerId="P-2")])
    assert said(case({"criteria": {"cba": "met"}}, both, partner("P-2"), partner(competencies=[]))) == {}
    assert said(case({"criteria": {"cba": "unmet"}}, both, partner("P-2"), partner(competencies=[])))


def test_a_criterion_that_was_never_asked_is_not_taken_for_unmet() -> None:
    idle = customer(projects=[project(status="completed")])
    assert said(case({"criteria": {"cba": "unmet"}}, idle)) == {
        "$.cases[0].expect.criteria.cba": "expected unmet, was never asked (No planned or active project)"
    }


def test_a_criterion_that_the_rule_set_has_not_is_named() -> None:
    (message,) = said(case({"criteria": {"gold": "met"}})).values()
    assert message.startswith('"gold" is no criterion of this rule set, write one of annual-spend, area, ')


def test_the_order_of_eligible_projects_does_not_matter() -> None:
    two = customer(projects=[project(), project(projectId="J-2")], attachments=[attachment(projectId=None)])
    assert said(case({"eligibleProjects": ["J-2", "J-1"]}, two)) == {}
    assert said(case({"eligibleProjects": ["J-2"]}, two))


def with_facts(**facts: Any) -> Json:
    return case({"status": "eligible"}, facts={"customer": customer(), "partners": [partner()]} | facts)


BAD = "$.cases[0]"
REFUSED: list[tuple[str, object, str, str]] = [
    ("not a list", {}, "$.cases", "an object is not a list, write [...]"),
    ("not an object", ["x"], BAD, '"x" is not an object, write {...} with title, on, facts, expect'),
    ("no date", [{name: each for name, each in case({"status": "eligible"}).items() if name != "on"}], f"{BAD}.on", ""),
    ("a day that is none", [case({"status": "eligible"}, on="2026-02-30")], f"{BAD}.on", ""),
    ("an unknown member", [case({"status": "eligible"}, when="x")], f"{BAD}.when", ""),
    ("nothing expected", [case({})], f"{BAD}.expect", "asserts nothing, write at least one of status, eligible"),
    ("nothing expected but nulls", [case({"status": None})], f"{BAD}.expect", "asserts nothing, write at least one of"),
    ("no criterion expected", [case({"criteria": {}})], f"{BAD}.expect.criteria", "asserts nothing, write at"),
    (
        "no criterion expected, and a null",
        [case({"criteria": {}, "status": None})],
        f"{BAD}.expect.criteria",
        'asserts nothing, write at least one, for example {"annual-spend": "met"}',
    ),
    ("an unknown expectation", [case({"outcome": "x", "status": "eligible"})], f"{BAD}.expect.outcome", ""),
    ("an unknown status", [case({"status": "unassessed"})], f"{BAD}.expect.status", ""),
    ("an unknown verdict", [case({"criteria": {"cba": "yes"}})], f"{BAD}.expect.criteria.cba", '"yes" is not known'),
    ("a repeated project", [case({"eligibleProjects": ["J", "J"]})], f"{BAD}.expect.eligibleProjects[1]", ""),
    ("criteria as a list", [case({"criteria": ["cba"]})], f"{BAD}.expect.criteria", "a list is not an object"),
    ("facts as a list", [with_facts() | {"facts": []}], f"{BAD}.facts", "a list is not right, write an object with"),
    (
        "an unknown kind of fact",
        [with_facts(customer={"licenses": []})],
        f"{BAD}.facts.customer.licenses",
        'is not a member here, write "licences"',
    ),
    (
        "a kind of fact that is none",
        [with_facts(customer={"deals": None})],
        f"{BAD}.facts.customer.deals",
        "is not a member here, write only licences, projects, attachments, exceptions",
    ),
    (
        "a member of the owner",
        [with_facts(customer={"licences": [licence(customerId="C-1")]})],
        f"{BAD}.facts.customer.licences[0].customerId",
        "is not a member here",
    ),
    (
        "an amount with a comma",
        [with_facts(customer={"licences": [licence(annualAmount="300,000")]})],
        f"{BAD}.facts.customer.licences[0].annualAmount",
        '"300,000" is not right, write a decimal string',
    ),
    (
        "an optional date that is none",
        [with_facts(customer={"licences": [licence(endsOn="soon")]})],
        f"{BAD}.facts.customer.licences[0].endsOn",
        '"soon" is not right, write a date of the calendar',
    ),
    (
        "a level there is none of",
        [with_facts(partners=[partner(competencies=[competency(level="platinum")])])],
        f"{BAD}.facts.partners[0].competencies[0].level",
        '"platinum" is not right, write "gold", "silver" or "none"',
    ),
    (
        "no partner's id",
        [with_facts(partners=[{"competencies": []}])],
        f"{BAD}.facts.partners[0].partnerId",
        "is missing, write an identifier",
    ),
    (
        "an application that is no id",
        [with_facts(customer={"projects": [project(applications=["finance", 7])]})],
        f"{BAD}.facts.customer.projects[0].applications[1]",
        "7 is not right, write an application id",
    ),
    (
        "two licences of one id",
        [with_facts(customer={"licences": [licence(), licence(application="sales")]})],
        f"{BAD}.facts.customer.licences[1]",
        'has the licenceId "L-1" of one before it, write each once',
    ),
    (
        "two attachments to all projects",
        [with_facts(customer={"attachments": [{"partnerId": "P-1", "projectId": None}, {"partnerId": "P-1"}]})],
        f"{BAD}.facts.customer.attachments[1]",
        'has the partnerId "P-1" of one before it, write each once',
    ),
    (
        "two periods from one day",
        [with_facts(partners=[partner(competencies=[competency(), competency(level="silver")])])],
        f"{BAD}.facts.partners[0].competencies[1]",
        f'has the competency "cloud-business-applications", area "{FO}", validFrom "2025-01-01" of one before it',
    ),
    ("a partner twice", [with_facts(partners=[partner(), partner()])], f"{BAD}.facts.partners[1]", ""),
    ("too many", [case({"status": "eligible"})] * (MOST_CASES + 1), "$.cases", "holds 201 cases, write at most 200"),
]


@pytest.mark.parametrize(("what", "value", "path", "message"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_is_not_a_case_is_refused_with_its_place(what: str, value: object, path: str, message: str) -> None:
    found = faults_of(value)
    assert list(found) == [path]
    assert found[path].startswith(message)


def test_every_fault_is_said_at_once() -> None:
    broken = case({"status": "x"}, on="x", facts={"customer": {"licences": [{}]}, "partners": 1})
    assert list(faults_of([broken, case({"status": "eligible"}), "x"])) == [
        "$.cases[0].on",
        *(
            f"$.cases[0].facts.customer.licences[0].{name}"
            for name in ("licenceId", "application", "annualAmount", "currency", "newDeployment")
        ),
        *("$.cases[0].facts.partners", "$.cases[0].expect.status", "$.cases[2]"),
    ]


def test_null_is_the_same_as_absent() -> None:
    facts = {"customer": {"licences": None, "projects": [project()], "attachments": None}, "partners": None}
    assert said(case({"status": "ineligible", "criteria": None}, facts=facts)) == {}
    assert said(case({"status": "ineligible"}, facts={})) == {}


def test_cases_that_are_too_much_to_run_are_refused_at_the_one_that_makes_it_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of_all = [attachment(partnerId="P-1", projectId=None), attachment(partnerId="P-2", projectId=None)]
    two = customer(projects=[project(projectId="J-1"), project(projectId="J-2")], attachments=of_all)
    monkeypatch.setattr(cases, "MAX_WORK", 100)
    found = said(*[case({"status": "ineligible"}, two)] * 20)
    ((path, message),) = found.items()
    assert path == "$.cases[2]"
    assert message.endswith("steps to decide and explain; write fewer facts, at most 100 are taken")
