"""The forecast: each later date with another outcome, by which rules, and what starts or stops then."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from shared.rules.forecast import Rules
from shared.rules.forecast.foreseen import forecast
from shared.rules.rule_set import RuleSet
from tests.oracle.time_ahead import time_ahead

from .given import (
    FO,
    ON,
    Json,
    allowing_exceptions,
    attachment,
    competency,
    criterion,
    customer,
    deployment,
    designation,
    granted,
    licence,
    partner,
    project,
    read,
    rule_set,
    trained,
    training,
)
from .strategies import customers, days, documents, partners
from .test_forecast_properties import later_rule_sets, rules_of

RULES = rule_set()
NOBODY = RuleSet.compile(rule_set(criterion("annual-spend-at-least", amount="999999999")).document, 2)
LAST, AFTER = "2026-03-31", "2026-04-01"
GOLD = "the Cloud Business Applications competency (gold) of partner P-1 in finance and operations"


def foreseen(customer_facts: Json, *partner_facts: Json, rules: Rules | None = None) -> list[Json]:
    found = forecast(rules or Rules(RULES), *read(customer_facts, *partner_facts), ON)
    assert found is not None
    return [each.to_json() for each in found]


def test_an_entry_says_the_day_the_outcome_the_rules_and_why() -> None:
    assert foreseen(customer(), partner(competencies=[competency(validUntil=LAST)])) == [
        {
            "on": AFTER,
            "status": "ineligible",
            "eligibleProjects": [],
            "byException": False,
            "ruleSetVersion": 1,
            "because": {
                "text": f"{GOLD[0].upper()}{GOLD[1:]} ends.",
                "changes": [
                    {
                        "kind": "competency",
                        "change": "ends",
                        "partnerId": "P-1",
                        "competency": "cloud-business-applications",
                        "area": FO,
                        "level": "gold",
                    }
                ],
            },
        }
    ]


TWO = [project(), project(projectId="J-2")]
OTHERS_TOO = [attachment(), attachment(partnerId="P-2", projectId="J-2")]
PARTS = ("training", "knowledge check")
BECAUSE: list[tuple[str, Json, list[Json], list[tuple[str, str]]]] = [
    ("nothing is to come", customer(), [partner()], []),
    (
        "a licence ends, and one that does not matter with it",
        customer(licences=[licence(endsOn=LAST), licence(licenceId="L-2", application="x", endsOn=LAST)]),
        [partner()],
        [(AFTER, "Licence L-1 ends.")],
    ),
    (
        "of two partners one alone qualifies the project",
        customer(attachments=[attachment(), attachment(partnerId="P-2")]),
        [partner(competencies=[competency(validUntil=LAST)]), partner("P-2", competencies=[competency(validUntil=LAST)],
         trainings=[])],
        [(AFTER, f"{GOLD.capitalize()} ends.")],
    ),
    (
        "it is lost, and again gained by another way",
        customer(),
        [partner(competencies=[competency(validUntil=LAST)], deployments=[deployment(1), deployment(2)],
         designations=[designation(validFrom="2026-05-01")])],
        [
            (AFTER, f"{GOLD.capitalize()} ends."),
            ("2026-05-01", "The Solutions Partner for Business Applications designation of partner P-1 starts."),
        ],
    ),
    (
        "one of two projects is lost",
        customer(projects=TWO, attachments=OTHERS_TOO),
        [partner(competencies=[competency(validUntil=LAST)]), partner("P-2")],
        [(AFTER, f"{GOLD.capitalize()} ends.")],
    ),
    (
        "a second deployment goes live",
        customer(),
        [partner(competencies=[], designations=[designation()],
         deployments=[deployment(1), deployment(2, liveOn=AFTER)])],
        [(AFTER, "A deployment of partner P-1 in finance and operations goes live.")],
    ),
    (
        "a training expires and the other part is completed too late",
        customer(),
        [partner(trainings=[training(expiresOn=LAST), training(part="knowledge-check")])],
        [(AFTER, "The Success by Design training of partner P-1 expires.")],
    ),
    (
        "a training to come is completed before the project starts",
        customer(projects=[project(initiatedOn="2026-06-01")]),
        [partner(trainings=trained(completedOn=AFTER))],
        [(AFTER, "; ".join(f"the Success by Design {part} of partner P-1 counts" for part in PARTS) + ".")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "customer_facts", "others", "expected"), BECAUSE, ids=[e[0] for e in BECAUSE])
def test_because(sentence: str, customer_facts: Json, others: list[Json], expected: list[tuple[str, str]]) -> None:
    found = [(each["on"], each["because"]["text"]) for each in foreseen(customer_facts, *others)]
    assert [(day, text.lower()) for day, text in found] == [(day, text.lower()) for day, text in expected]


def test_a_rule_set_is_named_where_it_decides_otherwise_and_a_fact_that_ends_that_day_with_it() -> None:
    later = Rules(RULES, [(date(2026, 4, 1), NOBODY)])
    (entry,) = foreseen(customer(), partner(), rules=later)
    assert (entry["ruleSetVersion"], entry["because"]) == (
        2,
        {
            "text": "Rule set 2 comes into force.",
            "changes": [{"kind": "rule-set", "change": "starts", "ruleSetVersion": 2}],
        },
    )
    same = Rules(RULES, [(date(2026, 4, 1), RuleSet.compile(RULES.document, 2))])
    (entry,) = foreseen(customer(licences=[licence(endsOn=LAST)]), partner(), rules=same)
    assert (entry["ruleSetVersion"], entry["because"]["text"]) == (2, "Licence L-1 ends.")


def test_an_exception_that_ends_as_rules_begin_that_know_none_is_why() -> None:
    allowing = rule_set(allowing_exceptions()["criteria"])
    (entry,) = foreseen(
        customer(exceptions=[granted(validUntil=LAST)], licences=[]),
        partner(),
        rules=Rules(allowing, [(date(2026, 4, 1), RULES)]),
    )
    assert (entry["on"], entry["because"]["text"]) == (AFTER, "Exception E-1 ends.")


def test_where_it_would_be_too_much_to_say_there_is_none() -> None:
    projects = [project(projectId=f"J-{number:03}") for number in range(300)]
    ends = [licence(licenceId=f"L-{number}", endsOn=str(ON + timedelta(days=number))) for number in range(40)]
    attached = [attachment(projectId=None), attachment(partnerId="P-2", projectId="J-000")]
    periods = [competency(validFrom=str(ON + timedelta(days=n)), level=("gold", "none")[n % 2]) for n in range(40)]
    facts = read(customer(licences=ends, projects=projects, attachments=attached), partner(competencies=periods))
    assert forecast(Rules(RULES), *facts, ON) is None


@settings(max_examples=100, deadline=None)
@given(documents, later_rule_sets, customers, partners, days)
def test_it_is_what_looking_at_every_day_finds_and_each_date_has_a_reason(
    document: Json, later: list[tuple[date, Json | None]], customer: Json, others: list[Json], on: date
) -> None:
    readable = [(day, each) for day, each in later if each]
    timeline = [(date.min, document), *((day, each) for day, each in readable if day > on)]
    found = forecast(rules_of(document, list(readable), on), *read(customer, *others), on)
    assert found is not None
    expected = time_ahead({"customer": customer, "partners": others}, timeline, on).forecast
    outcomes = [(each.on, each.outcome) for each in found]
    assert [(on, (of.status.value, list(of.eligible_projects), of.by_exception)) for on, of in outcomes] == expected
    assert all(each.by_rules or each.turns for each in found)
