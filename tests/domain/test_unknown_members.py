"""What an event's data does not have is refused, and the error names the member that is meant."""

from typing import Any

import pytest

from shared.domain.suggestions import unknown_members

from .given import (
    ABSENT,
    ATTACHED,
    CERTIFIED,
    DEPLOYMENT,
    DESIGNATED,
    GOOD,
    PROJECT,
    SPEND,
    TRAINING,
    event,
    faults,
    refusal,
)

MEANT = [
    (CERTIFIED, "validTo", "validUntil"),
    (CERTIFIED, "validuntil", "validUntil"),
    (CERTIFIED, "valid_until", "validUntil"),
    (CERTIFIED, "validUtil", "validUntil"),
    (CERTIFIED, "expiresOn", "validUntil"),
    (CERTIFIED, "endDate", "validUntil"),
    (CERTIFIED, "startDate", "validFrom"),
    (CERTIFIED, "tier", "level"),
    (DESIGNATED, "expiryDate", "validUntil"),
    (DESIGNATED, "isActive", "active"),
    (SPEND, "endson", "endsOn"),
    (SPEND, "endOn", "endsOn"),
    (SPEND, "validUntil", "endsOn"),
    (SPEND, "expirationDate", "endsOn"),
    (SPEND, "amount", "annualAmount"),
    (SPEND, "anualAmount", "annualAmount"),
    (SPEND, "license", "licenceId"),
    (SPEND, "licenseId", "licenceId"),
    (SPEND, "applications", "application"),
    (SPEND, "customer", "customerId"),
    (SPEND, "customerID", "customerId"),
    (SPEND, "currencyCode", "currency"),
    (SPEND, "isNewDeployment", "newDeployment"),
    (PROJECT, "application", "applications"),
    (PROJECT, "startDate", "initiatedOn"),
    (PROJECT, "state", "status"),
    (ATTACHED, "project", "projectId"),
    (DEPLOYMENT, "goLiveDate", "liveOn"),
    (DEPLOYMENT, "tenantId", "customerId"),
    (TRAINING, "validUntil", "expiresOn"),
    (TRAINING, "completionDate", "completedOn"),
    (TRAINING, "user", "learnerId"),
]


@pytest.mark.parametrize(("name", "written", "meant"), MEANT)
@pytest.mark.parametrize("value", ["2026-12-31", None], ids=["a value", "null"])
def test_an_unknown_member_is_refused_with_the_known_one_that_is_meant(
    name: str, written: str, meant: str, value: Any
) -> None:
    assert faults(event(name, **{written: value})) == {f"$.data.{written}": f'is unknown; write "{meant}"'}


def test_a_required_member_under_another_name_is_named_as_missing_too() -> None:
    found = faults(event(SPEND, annualAmount=ABSENT, amount="1.00"))
    assert list(found) == ["$.data.annualAmount", "$.data.amount"]


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("unknown", ["comment", "x", "", "insertionTime", "x" * 40_000])
def test_where_none_is_near_the_error_names_those_there_are(name: str, unknown: str) -> None:
    (message,) = faults(event(name, None, **{unknown: 1})).values()
    assert message == (
        f"is unknown; give {', '.join(GOOD[name])}; what is your own belongs beside data, in an extension attribute"
    )


def test_a_name_that_is_not_plain_is_shown_short_and_in_ascii() -> None:
    fault = refusal(event(ATTACHED, **{"line\nend\u2028\U0001f600" + "x" * 40_000: None}))
    (error,) = fault.errors
    assert error.path.startswith('$.data["line\\nend\\u2028\\U0001f600xxx')
    assert len(error.path) < 100
    assert fault.reason.isascii()
    assert fault.reason.isprintable()


def test_of_very_many_the_first_ten_are_named_and_the_others_counted() -> None:
    found = faults(event(ATTACHED, None, **{f"m{number}": number for number in range(1_000)}))
    assert list(found) == [*(f"$.data.m{number}" for number in range(10)), "$.data"]
    assert found["$.data"] == "has 990 more unknown members"


def test_members_of_another_type_are_unknown_to_each() -> None:
    for name, data in GOOD.items():
        others = {member: value for other in GOOD.values() for member, value in other.items() if member not in data}
        wanted = list(unknown_members(list(others), data, "$.data"))
        assert list(refusal(event(name, None, **others)).errors) == wanted
