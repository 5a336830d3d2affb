"""How many pairs of an open project and a partner attached to it a customer may have."""

from dataclasses import replace

import pytest

from shared.domain.customer_state import MAX_PAIRS, CustomerState
from shared.domain.events import Event
from shared.domain.facts import Kind
from shared.domain.registers import Register
from shared.errors import PermanentError

from .given import ATTACHED, DETACHED, PROJECT, SPEND, accepted, event

PROJECTS, PARTNERS = 200, 100
LATER = {"time": "2026-03-02T09:40:00Z"}


def project(number: int, status: str = "planned", **envelope: str) -> Event:
    return accepted(event(PROJECT, envelope, projectId=f"J-{number}", status=status))


def attached(number: int, of: str | None = None, name: str = ATTACHED, **envelope: str) -> Event:
    return accepted(event(name, envelope, partnerId=f"P-{number}", projectId=of))


def customer(projects: int, partners: int) -> CustomerState:
    """Partners attached to all projects, whatever the cap."""
    held = [project(number) for number in range(projects)] + [attached(number) for number in range(partners)]
    registers: dict[Kind, dict[str, Register]] = {}
    for each in held:
        registers.setdefault(each.kind, {})[each.key] = each.register
    return replace(CustomerState("C-1"), registers=registers)


@pytest.fixture(scope="module")
def largest() -> CustomerState:
    return customer(PROJECTS, PARTNERS)


@pytest.mark.parametrize("one_more", [project(PROJECTS), attached(PARTNERS), attached(PARTNERS, "J-1")])
def test_an_event_that_would_make_it_more_pairs_than_are_kept_is_refused(
    largest: CustomerState, one_more: Event
) -> None:
    assert largest.customer.open_pairs == MAX_PAIRS
    with pytest.raises(PermanentError) as caught:
        largest.applying(one_more)
    assert "pairs of an open project and a partner attached to it; at most 20000 are kept" in caught.value.reason
    assert caught.value.reason.startswith("customer C-1 would have 20")


def test_up_to_the_cap_they_are_accepted() -> None:
    assert customer(PROJECTS - 1, PARTNERS).applying(project(PROJECTS)) is not None


@pytest.mark.parametrize(
    "event_",
    [
        accepted(event(SPEND)),
        project(PROJECTS, "completed"),
        project(1, "cancelled", **LATER),
        attached(1, name=DETACHED, **LATER),
        attached(1, "J-1"),
    ],
)
def test_events_that_add_no_pair_are_accepted(largest: CustomerState, event_: Event) -> None:
    assert largest.applying(event_) is not None


def test_a_customer_stored_before_the_cap_can_be_corrected_but_not_grow() -> None:
    large = customer(300, 300)
    fewer = large.applying(attached(1, name=DETACHED, **LATER))
    assert fewer is not None
    assert fewer.customer.open_pairs == 300 * 299
    with pytest.raises(PermanentError):
        large.applying(project(300))
