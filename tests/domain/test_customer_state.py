"""What is kept of a customer: its facts as deciding reads them, and how many there may be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.domain.customer import Customer
from shared.domain.customer_state import MAX_FACTS, CustomerState, stored_decision
from shared.domain.decision import UNASSESSED, JsonObject, Outcome, Status
from shared.domain.events import Event
from shared.domain.facts import Attachment, Licence, Project
from shared.errors import PermanentError

from .given import ATTACHED, DETACHED, GOOD, PROJECT, SPEND, accepted, event


def laid(*events: Event) -> CustomerState:
    state = CustomerState("C-1")
    for each in events:
        state = state.applying(each) or state
    return state


def of_many() -> Iterator[Event]:
    """Events of registers without end, of all three kinds in turn."""
    templates = [
        (accepted(event(SPEND)), "licenceId"),
        (accepted(event(PROJECT)), "projectId"),
        (accepted(event(ATTACHED)), "partnerId"),
    ]
    number = 0
    while True:
        usual, member = templates[number % 3]
        key = f"K-{number}"
        register = replace(usual.register, data={**usual.register.data, member: key})
        yield replace(usual, key=key if member != "partnerId" else f"{key}~J-1", register=register)
        number += 1


@pytest.fixture(scope="module")
def full() -> CustomerState:
    state, events = CustomerState("C-1"), of_many()
    for _ in range(MAX_FACTS):
        taken = state.applying(next(events))
        assert taken is not None
        state = taken
    return state


def test_a_customer_may_have_2000_facts_of_all_kinds_together(full: CustomerState) -> None:
    assert sum(map(len, full.registers.values())) == 2_000
    assert {kind for kind, held in full.registers.items() if held} == {Licence.kind, Project.kind, Attachment.kind}


@pytest.mark.parametrize("name", [SPEND, PROJECT, ATTACHED])
def test_one_fact_more_is_refused_with_the_cap_as_reason(full: CustomerState, name: str) -> None:
    with pytest.raises(PermanentError) as caught:
        full.applying(accepted(event(name)))
    assert caught.value.reason == "customer C-1 has 2000 facts, the most that are kept"


def test_a_full_customer_still_takes_a_newer_value_of_a_fact_it_has(full: CustomerState) -> None:
    newer = accepted(event(SPEND, {"time": "2026-03-02T09:31:00Z"}, licenceId="K-0", annualAmount="5"))
    after = full.applying(newer)
    assert after is not None
    assert after.registers[Licence.kind]["K-0"].data["annualAmount"] == "5"
    assert sum(map(len, after.registers.values())) == 2_000


def test_and_an_older_one_changes_nothing(full: CustomerState) -> None:
    assert full.applying(accepted(event(SPEND, {"time": "2026-03-02T09:29:00Z"}, licenceId="K-0"))) is None


def test_laying_in_leaves_the_state_it_came_from_as_it_was() -> None:
    before = laid(accepted(event(SPEND)))
    after = before.applying(accepted(event(SPEND, {"id": "e-2"}, annualAmount="7")))
    assert after is not None
    assert before.registers[Licence.kind]["L-1"].data == GOOD[SPEND]
    assert after.registers[Licence.kind]["L-1"].data["annualAmount"] == "7"


def test_the_facts_of_a_customer_are_those_its_registers_hold() -> None:
    state = laid(
        accepted(event(SPEND)),
        accepted(event(SPEND, licenceId="L-2", annualAmount="0.10", newDeployment=False, endsOn=None)),
        accepted(event(PROJECT)),
        accepted(event(ATTACHED, projectId=None)),
        accepted(event(DETACHED, partnerId="P-2")),
    )
    assert state.customer == Customer(
        "C-1",
        (
            Licence("L-1", "finance", Decimal("180000.00"), "USD", True, date(2026, 12, 31)),
            Licence("L-2", "finance", Decimal("0.10"), "USD", False, None),
        ),
        (Project("J-1", ("finance", "sales"), date(2026, 4, 1), "planned"),),
        (Attachment("P-1", None, True), Attachment("P-2", "J-1", False)),
    )


@pytest.mark.parametrize(
    ("status", "is_open"), [("planned", True), ("active", True), ("completed", False), ("cancelled", False)]
)
def test_a_project_is_open_while_planned_or_active(status: str, is_open: bool) -> None:
    assert Project("J-1", ("finance",), date(2026, 4, 1), status).is_open is is_open


def test_the_partners_of_a_project_are_those_attached_to_it_or_to_all_projects_sorted() -> None:
    customer = Customer(
        "C-1",
        attachments=(
            Attachment("P-9", None, True),
            Attachment("P-1", "J-1", True),
            Attachment("P-2", "J-2", True),
            Attachment("P-3", "J-1", False),
            Attachment("P-4", None, False),
            Attachment("P-9", "J-1", True),
        ),
    )
    projects = [Project(name, ("finance",), date(2026, 4, 1), "active") for name in ("J-1", "J-2", "J-3")]
    assert [customer.partners_of(each) for each in projects] == [("P-1", "P-9"), ("P-2", "P-9"), ("P-9",)]
    assert customer.partner_ids == ("P-1", "P-2", "P-9")


def test_a_customer_not_decided_yet_is_unassessed_and_awaits_no_date() -> None:
    assert CustomerState("C-1").outcome == UNASSESSED
    assert CustomerState("C-1").due_on is None


def test_the_outcome_and_the_next_date_are_those_of_the_current_decision() -> None:
    decision = {"status": "eligible", "eligibleProjects": ["J-1", "J-2"], "nextChangeOn": "2026-04-01"}
    state = CustomerState("C-1", decision=decision)
    assert state.outcome == Outcome(Status.ELIGIBLE, ("J-1", "J-2"))
    assert state.due_on == date(2026, 4, 1)
    assert CustomerState("C-1", decision={**decision, "nextChangeOn": None}).due_on is None


NEXT: JsonObject = {"status": "eligible", "eligibleProjects": [], "nextChangeOn": "2026-04-01"}


@pytest.mark.parametrize(
    ("made", "due_on", "stored"),
    [
        (NEXT, date(2026, 4, 1), NEXT),
        (NEXT | {"nextChangeOn": None}, None, NEXT | {"nextChangeOn": None}),
        (
            NEXT | {"nextChangeOn": None, "knownUntil": "2026-05-01"},
            date(2026, 5, 1),
            NEXT | {"nextChangeOn": "2026-05-01", "changesOn": None, "knownUntil": "2026-05-01"},
        ),
        (NEXT, date(2026, 3, 1), NEXT | {"nextChangeOn": "2026-03-01", "changesOn": "2026-04-01"}),
    ],
    ids=["due on its next change", "never", "due as far as is known", "due before its next change"],
)
def test_the_day_to_decide_again_on_is_where_older_versions_look_for_it(
    made: JsonObject, due_on: date | None, stored: JsonObject
) -> None:
    assert stored_decision(made, due_on) == stored
    state = CustomerState("C-1", decision=stored)
    assert (state.due_on, state.current_decision) == (due_on, made)
