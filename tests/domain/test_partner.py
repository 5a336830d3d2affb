"""A partner's summary: facts replacing facts, each change raising the revision."""

from datetime import date

import pytest

from shared.domain.facts import Competency, Deployment, Designation, Fact, Training, fact_of
from shared.domain.partner import Partner

from .given import CERTIFIED, DEPLOYMENT, DESIGNATED, TRAINING, accepted, event

DAY, LATER = date(2026, 1, 1), date(2026, 2, 1)
GOLD = Competency("cloud-business-applications", "customer-engagement", "gold", DAY)
SILVER = Competency("cloud-business-applications", "customer-engagement", "silver", DAY)
DESIGNATION = Designation("solutions-partner-business-applications", True, DAY)
DEPLOYED = Deployment("D-1", "customer-engagement", DAY, True)
TRAINED = Training("success-by-design", "training", "A-1", DAY)

CHANGES: list[tuple[str, list[Fact], Fact | None, Fact, int]] = [
    ("a first competency", [], None, GOLD, 1),
    ("the same competency again changes nothing", [GOLD], GOLD, GOLD, 0),
    ("another level in its place", [GOLD], GOLD, SILVER, 1),
    ("a designation", [], None, DESIGNATION, 1),
    ("an eligible deployment", [], None, DEPLOYED, 1),
    ("one that is not eligible changes nothing", [], None, Deployment("D-1", "customer-engagement", DAY, False), 0),
    ("one no longer eligible", [DEPLOYED], DEPLOYED, Deployment("D-1", "customer-engagement", DAY, False), 1),
    ("one eligible at last", [], Deployment("D-1", "customer-engagement", DAY, False), DEPLOYED, 1),
    ("one live later", [DEPLOYED], DEPLOYED, Deployment("D-1", "customer-engagement", LATER, True), 1),
    ("one in another area", [DEPLOYED], DEPLOYED, Deployment("D-1", "finance-and-operations", DAY, True), 1),
    (
        "whose customer it is changes nothing",
        [DEPLOYED],
        DEPLOYED,
        Deployment("D-1", DEPLOYED.area, DAY, True, "C-1"),
        0,
    ),
    ("a completion", [], None, TRAINED, 1),
    ("a revoked one changes nothing", [], None, Training("success-by-design", "training", "A-1", DAY, None, True), 0),
    ("one revoked", [TRAINED], TRAINED, Training("success-by-design", "training", "A-1", DAY, None, True), 1),
    ("one that expires", [TRAINED], TRAINED, Training("success-by-design", "training", "A-1", DAY, LATER), 1),
]


@pytest.mark.parametrize(
    ("facts", "old", "new", "raised"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES]
)
def test_a_fact_replaced_gives_the_summary_of_all_facts_and_raises_the_revision_if_that_could_matter(
    facts: list[Fact], old: Fact | None, new: Fact, raised: int
) -> None:
    before = Partner.of("P-1", facts)
    after = before.replacing(old, new)
    right = Partner.of("P-1", [*(each for each in facts if each != old), new])
    assert (after.competencies, after.designations) == (right.competencies, right.designations)
    assert (after.deployments, after.trainings) == (right.deployments, right.trainings)
    assert after.revision == before.revision + raised


def test_deployments_of_one_day_and_completions_of_the_same_dates_are_counted_together() -> None:
    others: list[Fact] = [Deployment(f"D-{n}", "customer-engagement", DAY, True) for n in range(3)]
    learners: list[Fact] = [Training("success-by-design", "training", f"A-{n}", DAY, LATER) for n in range(2)]
    partner = Partner("P-1")
    for each in (*others, *learners):
        partner = partner.replacing(None, each)
    assert partner.deployments == {("customer-engagement", DAY): 3}
    assert partner.trainings == {("success-by-design", "training", DAY, LATER): 2}
    assert partner.revision == 4, "a second learner on the same dates decides nothing"
    assert partner.replacing(others[0], None).deployments == {("customer-engagement", DAY): 2}


def test_taking_out_the_last_fact_leaves_an_empty_summary() -> None:
    partner = Partner("P-1")
    facts: tuple[Fact, ...] = (GOLD, DESIGNATION, DEPLOYED, TRAINED)
    for each in facts:
        partner = partner.replacing(None, each).replacing(each, None)
    assert (partner.competencies, partner.designations) == (frozenset(), frozenset())
    assert (partner.deployments, partner.trainings) == ({}, {})
    assert partner.revision == 8


def test_the_facts_of_a_partner_are_what_its_events_say() -> None:
    facts = [
        fact_of(each.kind, each.register.data)
        for each in map(accepted, map(event, (CERTIFIED, DESIGNATED, DEPLOYMENT, TRAINING)))
    ]
    end = date(2026, 12, 31)
    assert facts == [
        Competency("cloud-business-applications", "customer-engagement", "gold", DAY, end),
        Designation("solutions-partner-business-applications", True, DAY, end),
        Deployment("D-1", "finance-and-operations", DAY, True, "C-1"),
        Training("success-by-design", "training", "A-1", DAY, end, False),
    ]


def test_what_an_event_leaves_out_has_no_end_is_nobodys_and_is_not_revoked() -> None:
    facts = [
        fact_of(each.kind, each.register.data)
        for each in (
            accepted(event(CERTIFIED, validUntil=None)),
            accepted(event(DESIGNATED, validUntil=None)),
            accepted(event(DEPLOYMENT, customerId=None)),
            accepted(event(TRAINING, expiresOn=None, revoked=None)),
        )
    ]
    assert facts == [
        GOLD,
        DESIGNATION,
        Deployment("D-1", "finance-and-operations", DAY, True, None),
        TRAINED,
    ]
