"""Projects, partners, applications and areas one by one, and how all-of and any-of combine what is found."""

from datetime import date
from typing import Any

import pytest

from shared.domain.decision import Node

from .given import (
    CE,
    FO,
    Json,
    attachment,
    competency,
    criterion,
    customer,
    deployment,
    designation,
    for_each_partner,
    for_each_project,
    in_each_area,
    licence,
    only,
    outcome,
    partner,
    project,
    reasons,
    rule_set,
    trained,
)

COVERS = criterion("covers-eligible-application")
CBA = criterion("competency", competency="cloud-business-applications", levels=["gold", "silver"])
SOLUTIONS = criterion("designation", designation="solutions-partner-business-applications")


def spend(amount: str, name: str) -> Json:
    return criterion("annual-spend-at-least", name, amount=amount)


MET = spend("0", "met")
UNKNOWN = spend("1", "unknown")
"""With one licence in a currency without a rate, any amount above 0 is unknown; a project that is missing is unmet."""
NO_PROJECT = criterion("any-project", "unmet", criterion=COVERS)
ONE_UNKNOWN = customer(licences=[licence(currency="SEK")], projects=[])

COMBINATIONS: list[tuple[str, str, list[Json], str]] = [
    ("all-of met ones", "all-of", [MET], "met"),
    ("all-of with one unmet", "all-of", [MET, NO_PROJECT], "unmet"),
    ("all-of with one unknown", "all-of", [MET, UNKNOWN], "unknown"),
    ("unmet outweighs unknown in all-of, after it", "all-of", [UNKNOWN, NO_PROJECT], "unmet"),
    ("unmet outweighs unknown in all-of, before it", "all-of", [NO_PROJECT, UNKNOWN], "unmet"),
    ("any-of unmet ones", "any-of", [NO_PROJECT], "unmet"),
    ("any-of with one met", "any-of", [NO_PROJECT, MET], "met"),
    ("any-of with one unknown", "any-of", [UNKNOWN, NO_PROJECT], "unknown"),
    ("met outweighs unknown in any-of, after it", "any-of", [UNKNOWN, MET], "met"),
    ("met outweighs unknown in any-of, before it", "any-of", [MET, UNKNOWN], "met"),
]


@pytest.mark.parametrize(("sentence", "kind", "parts", "verdict"), COMBINATIONS, ids=[case[0] for case in COMBINATIONS])
def test_combinations(sentence: str, kind: str, parts: list[Json], verdict: str) -> None:
    rules = rule_set(criterion(kind, "root", criteria=parts))
    assert reasons(rules, ONE_UNKNOWN).verdict == verdict
    assert outcome(rules, ONE_UNKNOWN).status == ("eligible" if verdict == "met" else "ineligible")


UNKNOWN_INSIDE = criterion(
    "all-of", "root", criteria=[for_each_partner(criterion("any-of", "route", criteria=[SOLUTIONS, UNKNOWN]))]
)


def test_what_is_unknown_inside_a_project_and_a_partner_stays_unknown() -> None:
    facts = customer(licences=[licence(currency="SEK")])
    tree = reasons(rule_set(UNKNOWN_INSIDE), facts, partner())
    assert [only(tree, name).verdict for name in ("root", "project", "partner", "route")] == ["unknown"] * 4
    assert outcome(rule_set(UNKNOWN_INSIDE), facts, partner()).status == "ineligible"


def test_one_partner_that_is_met_outweighs_another_that_is_unknown() -> None:
    facts = customer(licences=[licence(currency="SEK")], attachments=[attachment(), attachment(partnerId="P-2")])
    holder = partner("P-2", designations=[designation()])
    assert outcome(rule_set(UNKNOWN_INSIDE), facts, partner(), holder).eligible_projects == ("J-1",)


@pytest.mark.parametrize("applications", [["sales", "x"], ["x", "sales"]])
def test_one_project_that_is_met_outweighs_another_that_is_unknown(applications: list[str]) -> None:
    rules = rule_set(for_each_project(criterion("any-of", "route", criteria=[COVERS, UNKNOWN])))
    two = [project(projectId=f"J-{each}", applications=[each]) for each in applications]
    facts = customer(licences=[licence(currency="SEK")], projects=two)
    assert reasons(rules, facts).verdict == "met"
    assert outcome(rules, facts).eligible_projects == ("J-sales",)


@pytest.mark.parametrize("applications", [["finance", "sales"], ["sales", "finance"]])
def test_one_application_that_is_unknown_outweighs_another_that_is_met(applications: list[str]) -> None:
    rules = rule_set(in_each_area(criterion("any-of", "route", criteria=[CBA, UNKNOWN])))
    facts = customer(licences=[licence(currency="SEK")], projects=[project(applications=applications)])
    assert reasons(rules, facts, partner()).verdict == "unknown"
    assert outcome(rules, facts, partner()).status == "ineligible"


def test_what_depends_on_the_project_is_asked_of_each_project() -> None:
    """Reasons about a partner and an application may only be shared by projects if none below reads the project."""
    in_time = criterion("training-before-project", course="success-by-design", part="training")
    rules = rule_set(in_each_area(criterion("all-of", "route", criteria=[CBA, in_time])))
    two = [project(), project(projectId="J-2", initiatedOn="2025-06-01")]
    facts = customer(projects=two, attachments=[attachment(projectId=None)])
    tree = reasons(rules, facts, partner())
    assert [child.verdict for child in tree.children] == ["met", "unmet"]
    assert outcome(rules, facts, partner()).eligible_projects == ("J-1",)


PROJECT_CASES: list[tuple[str, list[Json], str, list[Any]]] = [
    ("an active project counts", [project()], "met", ["J-1"]),
    ("a planned one does", [project(status="planned")], "met", ["J-1"]),
    ("a completed one does not", [project(status="completed")], "unmet", []),
    ("a cancelled one does not", [project(status="cancelled")], "unmet", []),
    ("no project, no eligibility", [], "unmet", []),
    ("one listed application is enough", [project(applications=["business-central", "sales"])], "met", ["J-1"]),
    ("no listed application is not", [project(applications=["business-central"])], "unmet", []),
    (
        "every project that meets it is named, in order",
        [project(projectId="J-2"), project(projectId="J-10"), project(projectId="J-1", applications=["x"])],
        "met",
        ["J-10", "J-2"],
    ),
]


@pytest.mark.parametrize(
    ("sentence", "projects", "verdict", "eligible"), PROJECT_CASES, ids=[case[0] for case in PROJECT_CASES]
)
def test_projects(sentence: str, projects: list[Json], verdict: str, eligible: list[str]) -> None:
    rules, facts = rule_set(for_each_project(COVERS)), customer(projects=projects)
    assert reasons(rules, facts).verdict == verdict
    assert list(outcome(rules, facts).eligible_projects) == eligible


def test_projects_are_named_whichever_route_made_the_customer_eligible() -> None:
    """A short cut through an any-of must not lose the projects of the branches not needed."""
    by_money, other = spend("1", "money"), criterion("any-project", "other", criterion=COVERS | {"id": "covers-2"})
    rules = rule_set(criterion("any-of", "root", criteria=[by_money, for_each_project(COVERS), other]))
    assert outcome(rules, customer()).eligible_projects == ("J-1",)


def test_no_project_is_named_when_the_customer_is_not_eligible() -> None:
    rules = rule_set(criterion("all-of", "root", criteria=[for_each_project(COVERS), spend("300000.01", "money")]))
    assert outcome(rules, customer()).eligible_projects == ()
    assert only(reasons(rules, customer()), "project").verdict == "met"


def test_a_customer_may_be_eligible_without_any_project() -> None:
    assert outcome(rule_set(spend("1", "money")), customer(projects=[])).status == "eligible"


ATTACHMENT_CASES: list[tuple[str, list[Json], str, list[str]]] = [
    ("a partner of the project counts", [attachment()], "met", ["P-1"]),
    ("a partner of all projects does", [attachment(projectId=None)], "met", ["P-1"]),
    ("a partner of another project does not", [attachment(projectId="J-2")], "unmet", []),
    ("a detached partner does not", [attachment(attached=False)], "unmet", []),
    (
        "detached from all, it keeps its own project",
        [attachment(projectId=None, attached=False), attachment()],
        "met",
        ["P-1"],
    ),
    (
        "detached from the project, it is still attached to all",
        [attachment(attached=False), attachment(projectId=None)],
        "met",
        ["P-1"],
    ),
    ("twice attached is attached", [attachment(), attachment(projectId=None)], "met", ["P-1"]),
    (
        "a partner never heard of has no facts",
        [attachment(partnerId="P-9"), attachment(partnerId="P-0")],
        "unmet",
        ["P-0", "P-9"],
    ),
]


@pytest.mark.parametrize(
    ("sentence", "attachments", "verdict", "partners"), ATTACHMENT_CASES, ids=[case[0] for case in ATTACHMENT_CASES]
)
def test_attached_partners(sentence: str, attachments: list[Json], verdict: str, partners: list[str]) -> None:
    tree = reasons(
        rule_set(for_each_partner(SOLUTIONS)),
        customer(attachments=attachments),
        partner(designations=[designation()]),
    )
    asked = only(tree, "partner")
    assert (asked.verdict, [child.subject for child in asked.children]) == (
        verdict,
        [{"partner": each} for each in partners],
    )


def test_two_partners_cannot_each_bring_half() -> None:
    """One holds the competency, the other the training: neither is qualified alone."""
    facts = customer(attachments=[attachment(), attachment(partnerId="P-2")])
    skilled, taught = partner(trainings=[]), partner("P-2", competencies=[])
    assert outcome(rule_set(), facts, skilled, taught).status == "ineligible"
    assert outcome(rule_set(), facts, skilled, partner("P-2", trainings=trained())).status == "eligible"


AREA_CASES: list[tuple[str, list[str], list[str], str]] = [
    ("finance needs finance and operations", ["finance"], [FO], "met"),
    ("customer engagement does not help it", ["finance"], [CE], "unmet"),
    ("sales needs customer engagement", ["sales"], [CE], "met"),
    ("both need both", ["finance", "sales"], [FO, CE], "met"),
    ("one area is not both", ["finance", "sales"], [FO], "unmet"),
    ("nor the other one", ["finance", "sales"], [CE], "unmet"),
    ("project operations is content with either: finance and operations", ["project-operations"], [FO], "met"),
    ("or customer engagement", ["project-operations"], [CE], "met"),
    ("but not with nothing", ["project-operations"], [], "unmet"),
    ("unlisted applications are passed over", ["business-central", "finance"], [FO], "met"),
    ("nothing listed is not everything", ["business-central"], [FO, CE], "unmet"),
]


@pytest.mark.parametrize(
    ("sentence", "applications", "areas", "verdict"), AREA_CASES, ids=[case[0] for case in AREA_CASES]
)
def test_applications_and_areas(sentence: str, applications: list[str], areas: list[str], verdict: str) -> None:
    rules, facts = rule_set(in_each_area(CBA)), customer(projects=[project(applications=applications)])
    held = partner(competencies=[competency(area=area) for area in areas])
    assert reasons(rules, facts, held).verdict == verdict
    assert outcome(rules, facts, held).status == ("eligible" if verdict == "met" else "ineligible")


def test_an_application_named_twice_is_asked_about_once() -> None:
    facts = customer(projects=[project(applications=["sales", "finance", "sales", "business-central"])])
    asked = only(reasons(rule_set(in_each_area(CBA)), facts, partner()), "application")
    assert [child.subject for child in asked.children] == [{"application": "sales"}, {"application": "finance"}]


NOTHING: list[tuple[str, Json, str, str]] = [
    ("project", customer(projects=[]), "unmet", "no planned or active project"),
    ("partner", customer(attachments=[]), "unmet", "no partner attached"),
    ("application", customer(projects=[project(applications=["x"])]), "unmet", "no listed application"),
    ("project", customer(), "unmet", "0 of 1 met"),
]


@pytest.mark.parametrize(("name", "facts", "verdict", "actual"), NOTHING, ids=[case[3] for case in NOTHING])
def test_where_there_is_nothing_to_ask_about_the_reasons_say_so(
    name: str, facts: Json, verdict: str, actual: str
) -> None:
    node: Node = only(reasons(rule_set(in_each_area(CBA)), facts, partner(competencies=[])), name)
    assert (node.verdict, node.actual) == (verdict, actual)


def test_the_route_by_designation_needs_its_deployments_in_every_area_of_need() -> None:
    facts = customer(projects=[project(applications=["finance", "sales"])])
    two_each = [deployment(number, area=area) for number, area in enumerate((FO, FO, CE, CE))]
    rules = rule_set()
    route = partner(competencies=[], designations=[designation()], deployments=two_each)
    assert outcome(rules, facts, route).status == "eligible"
    assert outcome(rules, facts, route | {"deployments": two_each[:3]}).status == "ineligible"
    mixed = route | {"competencies": [competency(area=CE)], "deployments": two_each[:2]}
    assert outcome(rules, facts, mixed).status == "eligible"


def test_a_leap_day_is_a_day_like_any_other() -> None:
    rules = rule_set(spend("1", "money"))
    facts = customer(licences=[licence(endsOn="2028-02-29")])
    assert outcome(rules, facts, on=date(2028, 2, 29)).status == "eligible"
    assert outcome(rules, facts, on=date(2028, 3, 1)).status == "ineligible"
