"""Very many partners on one project: all are asked, those that decide are explained first."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from shared.aside import MOST_IN_LOOP
from shared.domain.customer import Customer
from shared.domain.decision import Node, Verdict
from shared.domain.facts import Attachment, Licence, Project, Training
from shared.domain.gathered import partner_from
from shared.domain.partner import Partner
from shared.rules.rule_set import decide, explain, steps_of_many

from .given import criterion, for_each_project, nodes, rule_set

ON = date(2026, 3, 1)
LAST = "P-999"
QUALIFIED = {
    "partnerId": LAST,
    "competencies": [
        {
            "competency": "cloud-business-applications",
            "area": "finance-and-operations",
            "level": "gold",
            "validFrom": "2025-01-01",
        }
    ],
    "trainings": [
        {"course": "success-by-design", "part": part, "learnerId": "A", "completedOn": "2025-06-01"}
        for part in ("training", "knowledge-check")
    ],
}


def customer(partners: int) -> Customer:
    """With so many unqualified partners before the qualified one."""
    ids = [f"O-{number:03d}" for number in range(partners)] + [LAST]
    return Customer(
        "C-1",
        (Licence("L-1", "finance", Decimal(300000), "USD", True),),
        (Project("J-1", ("finance",), date(2026, 4, 1), "planned"),),
        tuple(Attachment(each, None, True) for each in ids),
    )


def explained(partners: int) -> Node:
    tree = explain(rule_set(), customer(partners), {LAST: partner_from(QUALIFIED)}, ON)
    return next(each for each in nodes(tree) if each.id == "qualified-partner")


def test_the_one_that_qualifies_is_asked_and_explained_though_it_is_last() -> None:
    people = customer(900)
    assert decide(rule_set(), people, {LAST: partner_from(QUALIFIED)}, ON).status == "eligible"
    node = explained(900)
    assert node.verdict is Verdict.MET
    assert node.children[0].subject == {"partner": LAST}


def test_one_that_is_unknown_is_asked_though_it_is_last_and_all_others_are_unmet() -> None:
    """Known to be attached and qualified, were there a rate for the customer's money."""
    held = criterion("competency", competency="cloud-business-applications", levels=["gold"])
    everywhere = criterion("every-application", criterion=criterion("any-area", criterion=held))
    needed = criterion("all-of", criteria=[everywhere, criterion("annual-spend-at-least", amount="1")])
    rules = rule_set(for_each_project(criterion("any-partner", "someone", criterion=needed)))
    people = replace(customer(900), licences=(Licence("L-1", "finance", Decimal(1), "XXX", True),))
    tree = explain(rules, people, {LAST: partner_from(QUALIFIED)}, ON)
    node = next(each for each in nodes(tree) if each.id == "someone")
    assert (tree.verdict, node.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert node.children[0].subject == {"partner": LAST}


def test_few_pairs_with_a_partner_of_very_many_facts_are_not_decided_in_the_loop() -> None:
    """Each of 400 projects looks through all its training; a partner of few facts is done at once."""
    people = customer(0)
    people = replace(people, projects=tuple(replace(people.projects[0], project_id=f"J-{n}") for n in range(400)))
    day, count = date(2025, 6, 1), 20_000
    facts = [Training("success-by-design", "training", f"A-{n}", day, day + timedelta(days=n)) for n in range(count)]
    large = replace(Partner.of(LAST, facts), stored=count)
    few = replace(Partner.of(LAST, facts[:100]), stored=100)
    assert steps_of_many(rule_set(), people, {LAST: large}) > MOST_IN_LOOP
    assert steps_of_many(rule_set(), people, {LAST: few}) == 0
