"""The nearest date on which a fact the rules look at starts or stops holding, from 2026-03-01 in the usual story."""

from datetime import date

import pytest

from shared.rules.forecast import MOST_DATES
from shared.rules.rule_set import RuleSet

from .given import (
    CE,
    ON,
    Json,
    attachment,
    competency,
    criterion,
    customer,
    dates_ahead,
    deployment,
    designation,
    for_each_project,
    licence,
    partner,
    project,
    read,
    rule_set,
    trained,
    training,
)

RULES = rule_set()
MONEY_ONLY = rule_set(criterion("annual-spend-at-least", amount="300000"))
COVERS_ONLY = rule_set(for_each_project(criterion("covers-eligible-application")))


def competent(*periods: Json) -> Json:
    return partner(competencies=list(periods))


def licensed(**data: object) -> Json:
    return customer(licences=[licence(**data)])


LAST = "2026-03-31"
CASES: list[tuple[str, RuleSet, Json, Json, str | None]] = [
    ("nothing ends, nothing starts", RULES, customer(), partner(), None),
    ("a licence stops counting the day after it ends", RULES, licensed(endsOn=LAST), partner(), "2026-04-01"),
    ("one that ends today, tomorrow", RULES, licensed(endsOn="2026-03-01"), partner(), "2026-03-02"),
    ("one that ended yesterday has stopped", RULES, licensed(endsOn="2026-02-28"), partner(), None),
    ("one on the last day there is never does", RULES, licensed(endsOn="9999-12-31"), partner(), None),
    ("a renewal never counted", RULES, licensed(endsOn=LAST, newDeployment=False), partner(), None),
    ("nor an unlisted application", RULES, licensed(endsOn=LAST, application="x"), partner(), None),
    ("one in a currency without a rate does", RULES, licensed(endsOn=LAST, currency="SEK"), partner(), "2026-04-01"),
    ("a competency starts", RULES, customer(), competent(competency(validFrom=LAST)), LAST),
    ("a competency ends", RULES, customer(), competent(competency(validUntil=LAST)), "2026-04-01"),
    (
        "a later period cuts it short",
        RULES,
        customer(),
        competent(competency(validUntil="2026-12-31"), competency(level="none", validFrom="2026-06-01")),
        "2026-06-01",
    ),
    (
        "the end of a period already replaced is nothing",
        RULES,
        customer(),
        competent(competency(validUntil=LAST), competency(validFrom="2026-02-01")),
        None,
    ),
    (
        "a period that ends before it starts still replaces another",
        RULES,
        customer(),
        competent(competency(), competency(validFrom="2026-05-01", validUntil="2026-04-01")),
        "2026-05-01",
    ),
    ("alone it never holds", RULES, customer(), competent(competency(validFrom=LAST, validUntil="2026-03-02")), None),
    (
        "an area that no application of the project has is not looked at",
        RULES,
        customer(),
        competent(competency(), competency(area=CE, validUntil=LAST)),
        None,
    ),
    (
        "a designation ends, though the competency is enough",
        RULES,
        customer(),
        partner(designations=[designation(validUntil=LAST)]),
        "2026-04-01",
    ),
    ("a deployment goes live", RULES, customer(), partner(deployments=[deployment(liveOn=LAST)]), LAST),
    ("in an area asked about", RULES, customer(), partner(deployments=[deployment(liveOn=LAST, area=CE)]), None),
    ("if eligible", RULES, customer(), partner(deployments=[deployment(liveOn=LAST, eligible=False)]), None),
    ("training expires", RULES, customer(), partner(trainings=trained(expiresOn=LAST)), "2026-04-01"),
    ("training is completed", RULES, customer(), partner(trainings=trained(completedOn="2026-03-15")), "2026-03-15"),
    (
        "training that was too late for the project never counts",
        RULES,
        customer(projects=[project(initiatedOn="2026-03-15")]),
        partner(trainings=trained(completedOn="2026-03-15")),
        None,
    ),
    ("nor does revoked training", RULES, customer(), partner(trainings=[training(revoked=True, expiresOn=LAST)]), None),
    (
        "the customer falls short anyway: its partner's dates are still looked at",
        RULES,
        customer(licences=[]),
        competent(competency(validUntil=LAST)),
        "2026-04-01",
    ),
    (
        "a closed project is not",
        RULES,
        customer(projects=[project(status="completed")]),
        competent(competency(validUntil=LAST)),
        None,
    ),
    (
        "nor a detached partner",
        RULES,
        customer(attachments=[attachment(attached=False)]),
        competent(competency(validUntil=LAST)),
        None,
    ),
    (
        "rules that ask for money look at no partner",
        MONEY_ONLY,
        customer(),
        competent(competency(validUntil=LAST)),
        None,
    ),
    ("rules that ask for projects look at no licence", COVERS_ONLY, licensed(endsOn=LAST), partner(), None),
    (
        "the nearest of all",
        RULES,
        licensed(endsOn="2026-12-31"),
        partner(trainings=trained(expiresOn="2026-06-30"), competencies=[competency(validUntil="2026-09-30")]),
        "2026-07-01",
    ),
]


@pytest.mark.parametrize(
    ("sentence", "rules", "customer_facts", "partner_facts", "expected"), CASES, ids=[case[0] for case in CASES]
)
def test_the_nearest_date(
    sentence: str, rules: RuleSet, customer_facts: Json, partner_facts: Json, expected: str | None
) -> None:
    found = dates_ahead(rules, *read(customer_facts, partner_facts), ON)
    assert (found[0].isoformat() if found else None) == expected


def test_what_is_gathered_once_for_all_projects_is_gathered_of_every_application_and_partner() -> None:
    """The nearest date is of the last partner in the area of the last application."""
    both = [project(projectId=name, applications=["sales", "finance"]) for name in ("J-1", "J-2")]
    attached = [attachment(partnerId=name, projectId=None) for name in ("P-1", "P-2")]
    later, nearest = (competency(area=CE, validUntil="2026-08-31"), competency(validUntil=LAST))
    facts = read(
        customer(projects=both, attachments=attached), competent(later), partner("P-2", competencies=[nearest])
    )
    assert dates_ahead(RULES, *facts, ON)[0] == date(2026, 4, 1)


def test_of_projects_with_the_same_areas_the_partners_of_each_are_looked_at() -> None:
    gold = criterion("competency", competency="cloud-business-applications", levels=["gold"])
    of_partner = criterion("any-partner", criterion=criterion("any-area", criterion=gold))
    rules = rule_set(for_each_project(criterion("every-application", criterion=of_partner)))
    facts = customer(
        projects=[project(projectId=f"J-{number}", initiatedOn=f"2026-0{number}-01") for number in (4, 5, 6)],
        attachments=[attachment(partnerId=f"P-{each}", projectId=f"J-{on}") for each, on in ((1, 4), (2, 5), (2, 6))],
    )
    ends, stays = competent(competency(validUntil=LAST)), partner("P-2", competencies=[competency()])
    assert dates_ahead(rules, *read(facts, ends, stays), ON) == [date(2026, 4, 1)]


def test_of_many_who_complete_training_on_one_day_the_day_counts_once() -> None:
    """However many they are and whenever theirs expires, others who complete it later are looked at too."""
    many = [
        training(learnerId=f"A-{number}", completedOn="2026-03-10", expiresOn=f"{2030 + number}-12-31")
        for number in range(MOST_DATES + 1)
    ]
    facts = read(customer(), partner(trainings=[*many, training(learnerId="B-1", completedOn="2026-03-20")]))
    assert dates_ahead(RULES, *facts, ON)[:3] == [date(2026, 3, 10), date(2026, 3, 20), date(2031, 1, 1)]
