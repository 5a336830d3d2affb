"""Order, repetition, affected customers and notifications: worked out by hand from sections 1 to 3 of the contract."""

from datetime import date
from itertools import permutations

import pytest

from .story import (
    ATTACHED,
    DEPLOYED,
    ELIGIBLE,
    GOLD,
    INELIGIBLE,
    LICENCE,
    PROJECT,
    STORY,
    later,
    message,
    outcome,
    told,
)


def test_any_order_of_the_story_ends_the_same_and_changes_twice_at_most() -> None:
    for order in permutations(STORY):
        oracle = told(*(message(*each) for each in order), story=False)
        changes = [(each["previousStatus"], each["status"]) for each in oracle.final("C-1").notifications]
        assert outcome(oracle) == ELIGIBLE
        assert changes in (
            [("unassessed", "ineligible"), ("ineligible", "eligible")],
            [("unassessed", "eligible")],
        )


def test_a_notification_tells_the_outcome_before_and_after() -> None:
    final = told(later("project", PROJECT, projectId="J-2")).final("C-1")
    assert final.notifications[-1] == {
        "sequence": 3,
        "type": "fasttrack.eligibility.changed.v1",
        "status": "eligible",
        "eligibleProjects": ["J-1", "J-2"],
        "byException": False,
        "expiring": None,
        "previousStatus": "eligible",
        "previousEligibleProjects": ["J-1"],
        "previousByException": False,
        "previousExpiring": None,
    }


@pytest.mark.parametrize(
    "envelope",
    [
        {"time": "2026-01-31T23:59:59.999999999Z", "id": "9"},
        {"time": "2026-02-01T05:29:59+05:30", "id": "9"},
        {"time": "2026-02-01T00:00:00.0000009Z", "id": "0"},
        {"source": "/tess", "id": "9"},
        {"id": "01"},
    ],
    ids=["time", "time in another zone", "digits past the microsecond are cut off", "source", "id"],
)
def test_an_older_event_and_a_repeated_one_change_nothing(envelope: dict[str, str]) -> None:
    older = message("spend", LICENCE | {"annualAmount": "1"}, **envelope)
    oracle = told(older, message("spend", LICENCE), older)
    assert (outcome(oracle), oracle.final("C-1").sequence) == (ELIGIBLE, 2)


@pytest.mark.parametrize(
    "later_envelope",
    [
        {"time": "2026-02-01T00:00:00.000001Z", "id": "0"},
        {"time": "2026-01-31T19:00:00-05:30", "id": "0"},
        {"source": "/tesu", "id": "0"},
        {"id": "10"},
    ],
    ids=["a microsecond", "another zone", "source", "id"],
)
def test_the_greater_time_then_source_then_id_wins_in_either_order(later_envelope: dict[str, str]) -> None:
    smaller, greater = message("spend", LICENCE), message("spend", LICENCE | {"annualAmount": "1"}, **later_envelope)
    for messages in ((smaller, greater), (greater, smaller)):
        oracle = told(*messages, *(message(*each) for each in STORY[:-1]), story=False)
        assert oracle.facts("C-1")["licences"][0]["annualAmount"] == "1"


def test_of_two_contents_from_one_origin_the_greater_digest_wins_in_either_order() -> None:
    one, other = message("spend", LICENCE), message("spend", LICENCE | {"annualAmount": "1"})
    assert told(one, other, story=False).facts("C-1") == told(other, one, story=False).facts("C-1")


def test_members_without_meaning_do_not_count_as_other_content() -> None:
    first = told(message("spend", LICENCE), story=False)
    again = told(message("spend", LICENCE | {"endsOn": None}, extension={"a": 1}), story=False)
    assert first.facts("C-1") == again.facts("C-1")
    assert first.quarantined == again.quarantined == []


def test_a_partner_event_decides_only_customers_attached_to_it_now() -> None:
    oracle = told(
        later("spend", LICENCE | {"customerId": "C-2"}),
        later("attached", ATTACHED | {"customerId": "C-3"}),
        message("detached", ATTACHED | {"customerId": "C-3"}, time="2026-02-03T00:00:00Z"),
    )
    assert outcome(oracle, "C-2") == outcome(oracle, "C-3") == INELIGIBLE
    oracle.post(later("certified", GOLD, level="none"))
    assert outcome(oracle) == INELIGIBLE
    assert [oracle.final(each).sequence for each in oracle.customers()] == [3, 1, 1]


def test_a_partner_event_makes_no_customer_known() -> None:
    assert (
        told(message("certified", GOLD), message("deployed", DEPLOYED | {"customerId": "C-1"}), story=False).customers()
        == []
    )


def test_identifiers_that_differ_in_case_are_different() -> None:
    assert told(message("spend", LICENCE | {"customerId": "c-1"})).customers() == ["C-1", "c-1"]


def test_a_date_that_passes_decides_every_customer_again() -> None:
    oracle = told(later("certified", GOLD, validUntil="2026-03-01"))
    assert outcome(oracle) == ELIGIBLE
    oracle.advance(date(2026, 3, 2))
    assert (outcome(oracle), oracle.final("C-1").sequence) == (INELIGIBLE, 4)
    oracle.advance(date(2026, 3, 3))
    assert oracle.final("C-1").sequence == 4
    assert [each["type"].split(".")[2] for each in oracle.final("C-1").notifications] == [
        *("changed", "changed", "expiring", "changed")
    ]
