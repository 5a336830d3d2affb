"""What would help a customer that is not eligible, situation by situation, and what its changes do when applied."""

import json
from datetime import date
from random import Random

import pytest

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject

from .applied import apply, outcome_with, ways
from .given import (
    ON,
    Json,
    attachment,
    competency,
    customer,
    deployment,
    designation,
    licence,
    partner,
    project,
    read,
    rule_set,
    training,
)
from .help_rule_sets import every, spend
from .random_facts import random_customer, random_partners

RULES = rule_set()


def helped(customer_facts: Json, *partners: Json, on: date = ON, candidates: tuple[Json, ...] = ()) -> list[JsonObject]:
    others = list(read({}, *candidates)[1].values())
    return ways(RULES, *read(customer_facts, *partners), on, others)


def texts(sets: list[JsonObject]) -> list[list[str]]:
    return [[change["text"] for change in each["changes"]] for each in sets]


SHORT = customer(licences=[licence(annualAmount="258000")])
NO_CHECK = partner(trainings=[training()])
CHECK = "Partner P-1: complete the Success by Design knowledge check before 1 Apr 2026"
SPEND = "Spend USD 42,000 more a year on eligible applications in new deployments"
ANYONE = (
    "Attach a qualified partner to project J-1, for example one with the Cloud Business Applications competency "
    "(gold or silver) in finance and operations, who completed the Success by Design training and knowledge check "
    "before {}"
)
STARTED = customer(projects=[project(initiatedOn="2026-03-01")])

FIRST_SETS: list[tuple[str, Json, Json, tuple[Json, ...], list[list[str]]]] = [
    ("spend falls short", SHORT, partner(), (), [[SPEND]]),
    (
        "a licence in a currency without a rate",
        customer(licences=[licence(annualAmount="258000"), licence(licenceId="L-2", currency="SEK")]),
        partner(),
        (),
        [["Add an exchange rate for SEK to the rule set; USD 0.14 or more for SEK 1 is enough"], [SPEND]],
    ),
    ("the check is missing, there is time", customer(), NO_CHECK, (), [[CHECK], [ANYONE.format("1 Apr 2026")]]),
    ("the check is missing, it is too late", STARTED, NO_CHECK, (), [[ANYONE.format("1 Mar 2026")]]),
    (
        "a candidate qualifies, another does not",
        STARTED,
        NO_CHECK,
        (partner("P-2"), partner("P-3", competencies=[])),
        [["Attach partner P-2, who qualifies for it, to project J-1"]],
    ),
    (
        "a partner of another project qualifies",
        customer(attachments=[attachment(projectId="J-2")]),
        partner(),
        (),
        [["Attach partner P-1, who qualifies for it, to project J-1"]],
    ),
    (
        "one deployment short",
        customer(),
        partner(competencies=[], designations=[designation()], deployments=[deployment()]),
        (),
        [
            ["Partner P-1: 1 more eligible customer deployment in finance and operations"],
            ["Partner P-1: gain the Cloud Business Applications competency (gold or silver) in finance and operations"],
        ],
    ),
    (
        "the designation has ended",
        customer(),
        partner(
            competencies=[],
            designations=[designation(validUntil="2026-02-28")],
            deployments=[deployment(1), deployment(2)],
        ),
        (),
        [["Partner P-1: gain the Solutions Partner for Business Applications designation"]],
    ),
    (
        "a project with two areas",
        customer(projects=[project(applications=["finance", "sales"])]),
        partner(),
        (),
        [["Partner P-1: gain the Cloud Business Applications competency (gold or silver) in customer engagement"]],
    ),
    (
        "no listed application",
        customer(projects=[project(applications=["business-central"])]),
        partner(),
        (),
        [["Add Dynamics 365 Finance to project J-1"]],
    ),
    (
        "the only project was cancelled",
        customer(projects=[project(status="cancelled")]),
        partner(),
        (),
        [["Reopen the cancelled project J-1"]],
    ),
    (
        "no open project, the partner works on all",
        customer(projects=[project(status="completed")], attachments=[attachment(projectId=None)]),
        partner(),
        (),
        [["Start a project with Dynamics 365 Finance on 2 Mar 2026 or later"]],
    ),
    (
        "spend and the check",
        SHORT,
        NO_CHECK,
        (),
        [[SPEND, CHECK]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("situation", "facts", "its_partner", "candidates", "expected"), FIRST_SETS)
def test_what_helps_most_simply_comes_first(
    situation: str, facts: Json, its_partner: Json, candidates: tuple[Json, ...], expected: list[list[str]]
) -> None:
    assert texts(helped(facts, its_partner, candidates=candidates))[: len(expected)] == expected, situation


def test_nothing_is_proposed_to_an_eligible_customer() -> None:
    assert helped(customer(), partner()) == []


@pytest.mark.parametrize(("on", "possible"), [("2026-03-31", True), ("2026-04-01", False), ("2026-04-02", False)])
def test_a_course_is_proposed_only_before_the_day_the_project_starts(on: str, possible: bool) -> None:
    sets = helped(customer(), NO_CHECK, on=date.fromisoformat(on))
    actions = {change["action"] for each in sets for change in each["changes"]}
    assert ("complete-course" in actions) == possible


def test_who_must_act_is_said_of_each_change() -> None:
    who = {
        change["action"]: change["by"]
        for _, facts, its_partner, candidates, _ in FIRST_SETS
        for found in helped(facts, its_partner, candidates=candidates)
        for change in found["changes"]
    }
    assert {action for action, by in who.items() if by == "programme"} == {"add-exchange-rate"}
    partners = {"gain-competency", "gain-designation", "complete-deployments", "complete-course"}
    assert {action for action, by in who.items() if by == "partner"} == partners
    assert len(who) == 11


@pytest.mark.parametrize(
    ("held", "missing"),
    [("277777.77", "0.01"), ("277777.76", "0.02"), ("0", "300000.00"), ("0.01", "299999.99")],
)
def test_the_missing_amount_is_exact_and_rounded_up_to_the_cent(held: str, missing: str) -> None:
    """277,777.77 EUR at 1.08 are 299,999.9916 USD; 0.01 EUR are 0.0108."""
    (found,) = helped(customer(licences=[licence(annualAmount=held, currency="EUR")]), partner())
    assert found["changes"][0]["amount"] == missing


def test_of_two_amounts_asked_for_the_greater_is_missing() -> None:
    rules = rule_set(every("both", spend("300000", "much"), spend("100000", "some")))
    assert texts(ways(rules, *read(SHORT), ON)) == [[SPEND]]
    assert texts(ways(rules, *read({}), ON)) == [[SPEND.replace("42,000", "300,000")]]


def test_a_rate_is_proposed_exactly_unless_none_can_be_high_enough() -> None:
    def rates(amount: str) -> list[str]:
        sets = helped(customer(licences=[licence(annualAmount=amount, currency="SEK")]), partner())
        return [change["leastRate"] for each in sets for change in each["changes"] if "leastRate" in change]

    assert rates("900000") == ["0.33333334"]
    assert rates("0.31") == ["967741.93548388"]
    assert rates("0.30") == []


def test_the_sets_are_json_and_tell_which_projects_would_be_eligible() -> None:
    projects = [project(), project(projectId="J-2", initiatedOn="2026-05-01")]
    sets = helped(customer(projects=projects, attachments=[attachment(projectId=None)]), NO_CHECK)
    assert json.loads(json.dumps(sets)) == sets
    assert sets[0]["eligibleProjects"] == ["J-1", "J-2"]
    assert sets[0]["changes"][0]["completedBefore"] == "2026-04-01"


def test_the_order_of_facts_makes_no_difference() -> None:
    draw = Random(5)
    for _ in range(300):
        one, partners = random_customer(draw), random_partners(draw)
        other = Customer("C-1", one.licences[::-1], one.projects[::-1], one.attachments[::-1])
        candidates = list(partners.values())
        found = ways(RULES, one, partners, ON, candidates)
        assert ways(RULES, other, dict(reversed(partners.items())), ON, candidates[::-1]) == found


def test_applying_changes_leaves_the_given_facts_alone() -> None:
    who, partners = read(SHORT, NO_CHECK)
    before = (who, dict(partners))
    for found in ways(RULES, who, partners, ON):
        apply(found["changes"], who, partners)
    assert (who, partners) == before


def test_a_gained_competency_takes_the_place_of_the_one_that_starts_the_same_day() -> None:
    given = read(customer(), partner(competencies=[competency(level="none", validFrom=ON.isoformat())]))
    first = next(each for each in ways(RULES, *given, ON) if each["changes"][0]["action"] == "gain-competency")
    assert outcome_with(RULES, first["changes"], *given, ON).eligible_projects == ("J-1",)


def test_names_made_up_for_a_project_are_not_taken() -> None:
    projects = [project(projectId="new-finance", status="completed")]
    attachments = [attachment(projectId="new-2-finance")]
    sets = helped(customer(projects=projects, attachments=attachments), partner())
    assert sets[0]["eligibleProjects"] == ["new-3-finance"]


def test_on_the_last_day_there_is_no_project_is_proposed_that_would_start_after_it() -> None:
    assert helped(customer(projects=[]), partner(), on=date.max) == []
