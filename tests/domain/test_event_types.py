"""The eleven types of event: which register each writes, which members may be missing, what is ignored."""

from typing import Any

import pytest

from shared.domain.events import EVENT_TYPES
from shared.domain.facts import (
    Attachment,
    Competency,
    CustomerDescription,
    Deployment,
    Designation,
    GrantedException,
    Licence,
    PartnerDescription,
    Project,
    Training,
)

from .given import (
    ABSENT,
    ATTACHED,
    CERTIFIED,
    CUSTOMER_DESCRIBED,
    DEPLOYMENT,
    DESIGNATED,
    DETACHED,
    EXCEPTION,
    GOOD,
    OPTIONAL,
    PARTNER_DESCRIBED,
    PROJECT,
    SPEND,
    TRAINING,
    accepted,
    event,
    faults,
    members,
    refusal,
)

KEYS = {
    SPEND: (Licence.kind, "C-1", ("licenceId",)),
    PROJECT: (Project.kind, "C-1", ("projectId",)),
    ATTACHED: (Attachment.kind, "C-1", ("partnerId", "projectId")),
    DETACHED: (Attachment.kind, "C-1", ("partnerId", "projectId")),
    EXCEPTION: (GrantedException.kind, "C-1", ("exceptionId",)),
    CERTIFIED: (Competency.kind, "P-1", ("competency", "area", "validFrom")),
    DESIGNATED: (Designation.kind, "P-1", ("designation", "validFrom")),
    DEPLOYMENT: (Deployment.kind, "P-1", ("deploymentId",)),
    TRAINING: (Training.kind, "P-1", ("course", "part", "learnerId", "completedOn")),
    CUSTOMER_DESCRIBED: (CustomerDescription.kind, "C-1", ()),
    PARTNER_DESCRIBED: (PartnerDescription.kind, "P-1", ()),
}
OTHER = {
    "customerId": "C-2",
    "licenceId": "L-2",
    "projectId": "J-2",
    "partnerId": "P-2",
    "deploymentId": "D-2",
    "learnerId": "A-2",
    "exceptionId": "E-2",
    "reason": "a strategic customer",
    "approvedBy": "Grace Hopper",
    "name": "Adatum",
    "owner": "Grace Hopper",
    "application": "sales",
    "applications": ["sales"],
    "annualAmount": "1",
    "currency": "EUR",
    "newDeployment": False,
    "endsOn": "2027-01-01",
    "initiatedOn": "2027-01-01",
    "status": "cancelled",
    "area": "customer-engagement",
    "level": "none",
    "validFrom": "2027-01-01",
    "validUntil": "2027-01-01",
    "active": False,
    "liveOn": "2027-01-01",
    "eligible": False,
    "part": "knowledge-check",
    "completedOn": "2027-01-01",
    "expiresOn": "2027-01-01",
    "revoked": True,
}
CONSTANT = {"competency", "designation", "course"}


def test_the_eleven_types_of_the_contract_are_known_and_no_other() -> None:
    assert set(EVENT_TYPES) == set(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_each_type_writes_its_kind_of_register_of_its_owner_with_the_data_as_posted(name: str) -> None:
    found = accepted(event(name))
    kind, owner, _ = KEYS[name]
    assert (found.kind, found.owner_id) == (kind, owner)
    assert found.register.data == GOOD[name]
    assert (found.register.type, found.register.source, found.register.id) == (name, "/crm", "e-1")
    assert found.is_about_customer == (owner == "C-1")


VARIABLE = [(name, member) for name in GOOD for member in GOOD[name] if member not in CONSTANT]


@pytest.mark.parametrize(("name", "member"), VARIABLE)
def test_another_value_is_another_register_just_where_the_member_is_in_the_key(name: str, member: str) -> None:
    other: Any = next(each for each in (OTHER[member], "finance-and-operations") if each != GOOD[name][member])
    usual, moved = accepted(event(name)), accepted(event(name, **{member: other}))
    _, _, key = KEYS[name]
    owner = "customerId" if usual.is_about_customer else "partnerId"
    assert (moved.owner_id != usual.owner_id) == (member == owner)
    assert (moved.key != usual.key) == (member in key)
    assert moved.register.data != usual.register.data


def test_an_attachment_to_all_projects_is_another_register_than_one_to_a_project() -> None:
    assert accepted(event(ATTACHED, projectId=ABSENT)).key != accepted(event(ATTACHED)).key


@pytest.mark.parametrize("project", ["J-1", ABSENT])
def test_attaching_and_detaching_write_the_same_register(project: object) -> None:
    attached, detached = (accepted(event(name, projectId=project)) for name in (ATTACHED, DETACHED))
    assert (attached.kind, attached.owner_id, attached.key) == (detached.kind, detached.owner_id, detached.key)


@pytest.mark.parametrize(("name", "member"), [*members(optional=False)])
@pytest.mark.parametrize("value", [ABSENT, None], ids=["absent", "null"])
def test_a_required_member_that_is_absent_or_null_is_named_as_missing(name: str, member: str, value: Any) -> None:
    found = faults(event(name, **{member: value}))
    assert list(found) == [f"$.data.{member}"]
    assert found[f"$.data.{member}"].startswith("is missing; give ")


@pytest.mark.parametrize(("name", "member"), [*members(optional=True)])
def test_an_optional_member_may_be_absent_and_null_is_the_same(name: str, member: str) -> None:
    values: tuple[Any, Any] = (ABSENT, None)
    without, with_null = (accepted(event(name, **{member: value})) for value in values)
    assert without == with_null
    assert member not in without.register.data


@pytest.mark.parametrize("name", GOOD)
def test_extensions_are_ignored_and_leave_the_register_as_it_is(name: str) -> None:
    extensions = {"traceparent": "00-1", "partitionkey": 7, "dataschema": {"a": [None]}, "comment": "x"}
    assert accepted(event(name, extensions)) == accepted(event(name))


@pytest.mark.parametrize("name", GOOD)
def test_the_order_in_which_members_are_written_does_not_matter(name: str) -> None:
    usual = event(name)
    turned = {member: usual[member] for member in reversed(usual)}
    turned["data"] = {member: usual["data"][member] for member in reversed(usual["data"])}
    assert accepted(turned) == accepted(usual)
    assert accepted(turned).register.stamp == accepted(usual).register.stamp


@pytest.mark.parametrize("name", GOOD)
def test_every_member_at_fault_is_named_at_once_and_the_reason_tells_of_the_first(name: str) -> None:
    spoilt = event(name, {"id": "", "specversion": "0.3"}, **dict.fromkeys(GOOD[name], 7))
    assert set(faults(spoilt)) == {"$.id", "$.specversion", *(f"$.data.{member}" for member in GOOD[name])}
    assert refusal(spoilt).reason.startswith('$.specversion: "0.3" is not right; give "1.0"; $.id: ')


@pytest.mark.parametrize("name", [name for name in GOOD if OPTIONAL[name] & {"endsOn", "validUntil", "expiresOn"}])
def test_an_interval_may_end_before_it_starts(name: str) -> None:
    last = next(iter(OPTIONAL[name] - {"revoked"}))
    ended: dict[str, Any] = {last: "1999-12-31"}
    assert accepted(event(name, **ended)).register.data[last] == "1999-12-31"


def test_the_cause_of_a_decision_names_the_event() -> None:
    assert accepted(event(SPEND)).cause.named == {"kind": "event", "source": "/crm", "id": "e-1", "type": SPEND}
