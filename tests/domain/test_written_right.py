"""A value whose meaning is plain is refused with the form in which it is taken."""

from typing import Any

import pytest

from .given import CERTIFIED, DESIGNATED, PROJECT, SPEND, accepted, event, faults

RIGHT: list[tuple[str, str, Any, Any]] = [
    (SPEND, "annualAmount", 180000, "180000.00"),
    (SPEND, "annualAmount", 240000, "240000.00"),
    (SPEND, "annualAmount", 180000.5, "180000.50"),
    (SPEND, "annualAmount", 0, "0.00"),
    (SPEND, "annualAmount", 999999999999999, "999999999999999.00"),
    (SPEND, "annualAmount", "240,000.00", "240000.00"),
    (SPEND, "annualAmount", "1 240 000", "1240000.00"),
    (SPEND, "annualAmount", " 5 ", "5.00"),
    (SPEND, "annualAmount", "180000.0000", "180000.00"),
    (SPEND, "annualAmount", "0180000", "180000.00"),
    (SPEND, "endsOn", "2026-01-01T00:00:00", "2026-01-01"),
    (SPEND, "endsOn", "2026-01-01T00:00:00.0000000Z", "2026-01-01"),
    (SPEND, "endsOn", "2026-01-01 23:59", "2026-01-01"),
    (SPEND, "endsOn", "2026-1-9", "2026-01-09"),
    (SPEND, "endsOn", "20260109", "2026-01-09"),
    (SPEND, "endsOn", 20260109, "2026-01-09"),
    (SPEND, "currency", "usd", "USD"),
    (SPEND, "application", "Finance", "finance"),
    (SPEND, "application", "Supply Chain", "supply-chain"),
    (SPEND, "newDeployment", "true", True),
    (SPEND, "newDeployment", "False", False),
    (SPEND, "customerId", 1001, "1001"),
    (SPEND, "licenceId", " L-1\n", "L-1"),
    (PROJECT, "applications", "finance", ["finance"]),
    (PROJECT, "status", "Active", "active"),
    (PROJECT, "status", "canceled", "cancelled"),
    (CERTIFIED, "level", "GOLD", "gold"),
    (CERTIFIED, "area", "Finance and Operations", "finance-and-operations"),
    (DESIGNATED, "active", "TRUE", True),
]


@pytest.mark.parametrize(("name", "member", "value", "right"), RIGHT)
def test_the_error_writes_what_is_meant_and_that_is_taken(name: str, member: str, value: Any, right: Any) -> None:
    (message,) = faults(event(name, **{member: value})).values()
    shown = {True: "true", False: "false"}.get(right) if isinstance(right, bool) else None
    written = shown or (f'["{right[0]}"]' if isinstance(right, list) else f'"{right}"')
    assert message.endswith(f"; write {written}")
    assert accepted(event(name, **{member: right})).register.data[member] == right


UNCLEAR: list[tuple[str, str, Any]] = [
    (SPEND, "annualAmount", 1.005),
    (SPEND, "annualAmount", -5),
    (SPEND, "annualAmount", 10**15),
    (SPEND, "annualAmount", 10**400),
    (SPEND, "annualAmount", True),
    (SPEND, "annualAmount", "1e999999999"),
    (SPEND, "annualAmount", "1e-999999999"),
    (SPEND, "annualAmount", "1,5"),
    (SPEND, "annualAmount", "NaN"),
    (SPEND, "annualAmount", "9" * 40_000),
    (SPEND, "annualAmount", "much"),
    (SPEND, "endsOn", "2026-02-30"),
    (SPEND, "endsOn", "2026-13-01T00:00:00"),
    (SPEND, "endsOn", "31/12/2026"),
    (SPEND, "endsOn", "soon"),
    (SPEND, "currency", "dollars"),
    (SPEND, "newDeployment", 1),
    (SPEND, "newDeployment", "yes"),
    (SPEND, "customerId", ["C-1"]),
    (SPEND, "customerId", "C 1"),
    (PROJECT, "applications", "x" * 65),
    (CERTIFIED, "level", "platinum"),
    (CERTIFIED, "level", {}),
]


@pytest.mark.parametrize(("name", "member", "value"), UNCLEAR)
def test_where_it_is_not_plain_no_value_is_made_up(name: str, member: str, value: Any) -> None:
    (message,) = faults(event(name, **{member: value})).values()
    assert "; write " not in message
