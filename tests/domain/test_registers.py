"""Any order and any number of times: random events end in the same registers, those of the greatest of each."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.customer_state import CustomerState
from shared.domain.events import Event
from shared.domain.facts import Attachment, Kind, fact_of
from shared.domain.partner import Partner
from shared.domain.registers import Register

from .given import (
    ATTACHED,
    CERTIFIED,
    CUSTOMER_DESCRIBED,
    DEPLOYMENT,
    DESIGNATED,
    DETACHED,
    EXCEPTION,
    PARTNER_DESCRIBED,
    PROJECT,
    SPEND,
    TRAINING,
    Json,
    accepted,
    event,
)

_FEW: Mapping[str, tuple[Any, ...]] = {
    "licenceId": ("L-1", "L-2"),
    "annualAmount": ("1", "1.00", "2"),
    "projectId": ("J-1", "J-2"),
    "partnerId": ("P-1", "P-2"),
    "status": ("planned", "cancelled"),
    "level": ("gold", "none"),
    "validFrom": ("2026-01-01", "2026-02-01"),
    "validUntil": (None, "2026-12-31"),
    "active": (True, False),
    "deploymentId": ("D-1", "D-2", "D-3"),
    "liveOn": ("2026-01-01", "2026-02-01"),
    "eligible": (True, False),
    "exceptionId": ("E-1", "E-2"),
    "name": (None, "Contoso", "contoso"),
    "owner": (None, "Ada Lovelace"),
    "learnerId": ("A-1", "A-2", "A-3"),
    "expiresOn": (None, "2026-12-31"),
    "revoked": (None, True, False),
}
_VARIED = {
    SPEND: ("licenceId", "annualAmount"),
    PROJECT: ("projectId", "status"),
    ATTACHED: ("partnerId", "projectId"),
    DETACHED: ("partnerId", "projectId"),
    EXCEPTION: ("exceptionId", "validFrom", "revoked"),
    CERTIFIED: ("level", "validFrom", "validUntil"),
    DESIGNATED: ("active", "validFrom", "validUntil"),
    DEPLOYMENT: ("deploymentId", "liveOn", "eligible"),
    TRAINING: ("learnerId", "expiresOn", "revoked"),
    CUSTOMER_DESCRIBED: ("name", "owner"),
    PARTNER_DESCRIBED: ("name", "owner"),
}
_TIMES = (
    "2026-03-01T00:00:00Z",
    "2026-03-01T01:00:00+01:00",
    "2026-03-01T00:00:00.000001Z",
    "2026-02-28T23:00:00-02:00",
)


@st.composite
def written(draw: st.DrawFn, *names: str) -> Json:
    """One event that many others are likely to meet in one register, with one stamp in part or in all."""
    name = draw(st.sampled_from(names))
    envelope = {
        "time": draw(st.sampled_from(_TIMES)),
        "source": draw(st.sampled_from(("/a", "/b"))),
        "id": draw(st.sampled_from(("1", "2", "10"))),
    }
    data: dict[str, Any] = {member: draw(st.sampled_from(_FEW[member])) for member in _VARIED[name]}
    if name in (ATTACHED, DETACHED):
        data["projectId"] = draw(st.sampled_from((None, "J-1")))
    return event(name, envelope, **data)


def deliveries(*names: str) -> st.SearchStrategy[tuple[list[Json], list[Json]]]:
    """Some events in two orders, each with other repetitions."""

    def orders(events: list[Json]) -> st.SearchStrategy[tuple[list[Json], list[Json]]]:
        once = st.lists(st.sampled_from(events), max_size=10).flatmap(lambda more: st.permutations([*events, *more]))
        return st.tuples(once, once)

    return st.lists(written(*names), min_size=1, max_size=24).flatmap(orders)


def greatest(events: Iterable[Json]) -> dict[tuple[Kind, str], Json]:
    """The event that each register must keep, by the contract's words alone."""

    def rank(each: Json) -> tuple[datetime, str, str, str, str]:
        known = {name: value for name, value in each["data"].items() if value is not None}
        canonical = json.dumps(known, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        instant = datetime.fromisoformat(each["time"])
        return (instant, each["source"], each["id"], hashlib.sha256(canonical).hexdigest(), each["type"])

    found: dict[tuple[Kind, str], Json] = {}
    for each in sorted(events, key=rank):
        accepted_event = accepted(each)
        found[accepted_event.kind, accepted_event.key] = each
    return found


@given(deliveries(SPEND, PROJECT, ATTACHED, DETACHED))
@settings(max_examples=150, deadline=None)
def test_a_customer_ends_with_the_greatest_event_of_each_register_in_any_order(
    orders: tuple[list[Json], list[Json]],
) -> None:
    winners = {key: accepted(each).register for key, each in greatest(orders[0]).items()}
    for order in orders:
        state = CustomerState("C-1")
        for each in order:
            state = state.applying(accepted(each)) or state
        assert {(kind, key): each for kind, held in state.registers.items() for key, each in held.items()} == winners
        assert all(state.applying(accepted(each)) is None for each in order)


@given(deliveries(CERTIFIED, DESIGNATED, DEPLOYMENT, TRAINING))
@settings(max_examples=150, deadline=None)
def test_a_partner_ends_with_the_summary_of_the_greatest_events_in_any_order(
    orders: tuple[list[Json], list[Json]],
) -> None:
    winners = [accepted(each) for each in greatest(orders[0]).values()]
    right = Partner.of("P-1", [fact_of(each.kind, each.register.data) for each in winners])
    for order in orders:
        partner, standing = summed(order)
        assert standing == {(each.kind, each.key): each.register for each in winners}
        assert summary(partner) == summary(right)


def summed(order: Iterable[Json]) -> tuple[Partner, dict[tuple[Kind, str], Register]]:
    """A partner as its events make it one by one, its revision raised by what could matter and by nothing else."""
    partner, standing = Partner("P-1"), dict[tuple[Kind, str], Register]()
    for each in map(accepted, order):
        old = standing.get((each.kind, each.key))
        if each.register.outranks(old):
            standing[each.kind, each.key] = each.register
            replaced = fact_of(each.kind, old.data) if old else None
            after = partner.replacing(replaced, fact_of(each.kind, each.register.data))
            assert after.revision == partner.revision + (decisive(after) != decisive(partner))
            partner = after
    return partner, standing


def decisive(partner: Partner) -> tuple[Any, ...]:
    """How many learners completed a course on the same dates decides nothing."""
    return (*summary(partner)[:3], set(partner.trainings))


def summary(partner: Partner) -> tuple[Any, ...]:
    return partner.competencies, partner.designations, dict(partner.deployments), dict(partner.trainings)


TIE_BREAKS: list[tuple[str, Json, Json]] = [
    (
        "the later time wins though all else is less",
        event(SPEND, {"time": "2026-03-01T00:00:00.000001Z", "source": "/a", "id": "1"}),
        event(SPEND, {"time": "2026-03-01T00:00:00Z", "source": "/b", "id": "2"}),
    ),
    (
        "the later instant wins though its text is less",
        event(SPEND, {"time": "2026-03-01T00:00:00-01:00"}),
        event(SPEND, {"time": "2026-03-01T00:59:59Z"}),
    ),
    (
        "at one time the greater source wins though its id is less",
        event(SPEND, {"source": "/b", "id": "1"}),
        event(SPEND, {"source": "/a", "id": "2"}),
    ),
    ("of one source the greater id wins", event(SPEND, {"id": "2"}), event(SPEND, {"id": "1"})),
    ("ids are compared as text, not as numbers", event(SPEND, {"id": "9"}), event(SPEND, {"id": "10"})),
]


@pytest.mark.parametrize(("winner", "loser"), [case[1:] for case in TIE_BREAKS], ids=[case[0] for case in TIE_BREAKS])
def test_time_then_source_then_id_decide(winner: Json, loser: Json) -> None:
    greater, less = accepted(winner).register, accepted(loser).register
    assert greater.outranks(less)
    assert not less.outranks(greater)


def test_events_alike_in_time_source_and_id_are_settled_by_the_digest_of_their_data() -> None:
    one, other = (accepted(event(SPEND, annualAmount=amount)).register for amount in ("1", "2"))
    digests = [hashlib.sha256(json.dumps(dict(each.data), sort_keys=True, separators=(",", ":")).encode()).hexdigest()
               for each in (one, other)]  # fmt: skip
    assert one.outranks(other) == (digests[0] > digests[1])
    assert other.outranks(one) == (digests[1] > digests[0])


def test_an_attach_and_a_detach_alike_in_all_else_are_settled_by_their_type() -> None:
    attached, detached = accepted(event(ATTACHED)).register, accepted(event(DETACHED)).register
    assert detached.outranks(attached)
    assert not attached.outranks(detached)


@pytest.mark.parametrize("name", _VARIED)
def test_an_equal_event_outranks_nothing_and_the_first_of_a_register_always_wins(name: str) -> None:
    register = accepted(event(name)).register
    assert not register.outranks(accepted(event(name, {"subject": "other", "extension": 1})).register)
    assert register.outranks(None)


def test_detaching_from_all_projects_leaves_the_attachment_to_one_project_alone() -> None:
    state = CustomerState("C-1")
    attachments: list[Event] = [
        accepted(event(ATTACHED, {"id": "1"}, projectId="J-1")),
        accepted(event(DETACHED, {"id": "2"}, projectId=None)),
    ]
    for each in attachments:
        state = state.applying(each) or state
    assert set(state.customer.attachments) == {
        Attachment("P-1", "J-1", True),
        Attachment("P-1", None, False),
    }
    assert state.customer.partner_ids == ("P-1",)


def test_without_a_member_it_stands_between_events_as_before_and_is_read_again_as_it_is() -> None:
    whole = Register({"partnerId": "P-1", "customerId": "C-1"}, "type", "2026-01-01T00:00:00.000000Z", "/s", "e-1")
    without = whole.without("customerId")
    assert without.data == {"partnerId": "P-1"}
    assert without.stamp == without.without("customerId").stamp == whole.stamp
    assert Register.of(without.to_list()) == without
    assert Register.of(whole.to_list()) == whole
