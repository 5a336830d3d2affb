"""Notifications: what they say of a recorded decision, and that they stay under 32 KiB whatever it holds."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.decision import UNASSESSED, Assessment, Expiring, Node, Outcome, Status, Verdict
from shared.domain.notification import MAX_TREE_BYTES, decision_json, is_notified, notification_of, recorded_decision
from shared.domain.trace_context import MAX_STATE, TraceContext
from shared.own_json import compact_bytes
from shared.rules.summary import MAX_BYTES

from .given import Json

KIB = 1024
AT = "2026-03-02T12:00:00.000000Z"
TREE = Node("eligible", "Eligible", Verdict.MET, None, None)
BENEFITS = [{"id": "review", "title": "Blueprint review"}]
RESOURCES = [{"id": "techtalks", "title": "TechTalks", "url": "https://example.org"}]
CAUSE = {"kind": "event", "source": "/crm", "id": "e-1", "type": "fasttrack.spend.updated.v1"}


def decision(
    projects: tuple[str, ...] = ("J-1", "J-2"),
    status: Status = Status.ELIGIBLE,
    tree: Node = TREE,
    offers: tuple[list[Json], list[Json]] = (BENEFITS, RESOURCES),
    cause: Json = CAUSE,
    summary: Json | None = None,
    expiring: Expiring | None = None,
) -> Json:
    loses_on = date(2027, 3, 1) if status is Status.ELIGIBLE else None
    outcome = Outcome(status, projects, expiring)
    assessment = Assessment(outcome, date(2026, 3, 2), 4, date(2026, 12, 31), loses_on=loses_on)
    return decision_json("C-1", assessment, tree, offers, 7, cause, summary or {})


def tree_of(size: int) -> Node:
    """A tree of just that many bytes as JSON, most of them of four-byte characters."""
    children: list[Node] = []
    while (left := size - len(compact_bytes(Node("r", "R", Verdict.MET, 1, 1, None, tuple(children)).to_json()))) > 400:
        children.append(Node(f"n{len(children)}", "\U0001f600" * 60, Verdict.MET, "1", "1", {"project": "J" * 40}))
    return Node("r", "R" + "x" * left, Verdict.MET, 1, 1, None, tuple(children))


def test_a_decision_carries_all_that_the_contract_lists() -> None:
    assert decision() == {
        "customerId": "C-1",
        "sequence": 7,
        "status": "eligible",
        "eligibleProjects": ["J-1", "J-2"],
        "byException": False,
        "expiring": None,
        "undecided": False,
        "decidedOn": "2026-03-02",
        "ruleSetVersion": 4,
        "criteria": {"id": "eligible", "title": "Eligible", "verdict": "met", "required": None, "actual": None},
        "benefits": BENEFITS,
        "losesOn": "2027-03-01",
        "gainsOn": None,
        "nextChangeOn": "2026-12-31",
        "cause": CAUSE,
    }


def test_an_ineligible_decision_carries_the_self_guided_resources_instead() -> None:
    found = decision((), Status.INELIGIBLE)
    assert found["selfGuidedResources"] == RESOURCES
    assert "benefits" not in found


def test_a_what_if_decision_has_no_sequence_no_cause_and_perhaps_no_customer_or_next_date() -> None:
    assessment = Assessment(Outcome(Status.INELIGIBLE), date(2026, 3, 2), 4, None)
    found = decision_json(None, assessment, TREE, ([], []))
    assert [found[name] for name in ("customerId", "sequence", "cause", "nextChangeOn")] == [None] * 4


def test_a_node_shows_its_subject_children_and_what_was_left_out_only_where_there_are_any() -> None:
    child = Node("p", "Partner", Verdict.UNKNOWN, 1, 0, {"partner": "P-1"}, omitted=3)
    shown = Node("root", "Root", Verdict.UNMET, {"a": 1}, [], None, (child,)).to_json()
    assert shown == {
        "id": "root",
        "title": "Root",
        "verdict": "unmet",
        "required": {"a": 1},
        "actual": [],
        "children": [
            {
                "id": "p",
                "title": "Partner",
                "verdict": "unknown",
                "required": 1,
                "actual": 0,
                "subject": {"partner": "P-1"},
                "omitted": 3,
            }
        ],
    }


def test_a_notification_is_a_cloudevent_of_the_recorded_decision_and_what_was_before() -> None:
    previous = Outcome(Status.ELIGIBLE, ("J-9",))
    assert notification_of(decision(), previous, AT) == {
        "specversion": "1.0",
        "id": "C-1/7",
        "source": "/fasttrack-eligibility",
        "type": "fasttrack.eligibility.changed.v1",
        "subject": "customers/C-1",
        "time": AT,
        "datacontenttype": "application/json",
        "data": {
            **decision(),
            "previousStatus": "eligible",
            "previousEligibleProjects": ["J-9"],
            "previousByException": False,
            "previousExpiring": None,
        },
    }


NEAR = Expiring(date(2026, 5, 31), 90)
NEARER = NEAR._replace(within=30)
SAME = ("J-1", "J-2")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (Outcome(Status.ELIGIBLE, SAME), NEAR, "expiring"),
        (Outcome(Status.ELIGIBLE, SAME, NEAR), NEARER, "expiring"),
        (Outcome(Status.ELIGIBLE, SAME, NEAR), None, "expiring"),
        (Outcome(Status.ELIGIBLE, ("J-1",)), NEAR, "changed"),
        (Outcome(Status.INELIGIBLE), NEAR, "changed"),
        (UNASSESSED, NEAR, "changed"),
        (Outcome(Status.ELIGIBLE, ("J-1",), NEAR), None, "changed"),
    ],
)
def test_it_is_of_another_type_if_nothing_changed_but_how_near_the_loss_is(
    before: Outcome, after: Expiring | None, kind: str
) -> None:
    notification = notification_of(decision(SAME, expiring=after), before, AT)
    assert notification["type"] == f"fasttrack.eligibility.{kind}.v1"
    data = notification["data"]
    assert data["expiring"] == (after and {"losesOn": "2026-05-31", "within": after.within})
    assert data["previousExpiring"] == (before.expiring and {"losesOn": "2026-05-31", "within": 90})
    assert "previousExpiring" not in recorded_decision(notification)


def test_a_notification_without_expiring_as_older_versions_sent_it_reports_that_no_loss_is_near() -> None:
    older = {"status": "eligible", "eligibleProjects": ["J-1", "J-2"]}
    assert is_notified(Outcome(Status.ELIGIBLE, SAME), older)
    assert not is_notified(Outcome(Status.ELIGIBLE, SAME, NEAR), older)


def test_its_source_is_that_of_the_deployment() -> None:
    previous = Outcome(Status.UNASSESSED)
    plain = notification_of(decision(), previous, AT)
    assert notification_of(decision(), previous, AT, source="/test") == {**plain, "source": "/test"}


def test_the_trace_it_was_made_in_stands_beside_its_own_members_and_in_none_of_them() -> None:
    previous = Outcome(Status.UNASSESSED)
    plain, traced = (notification_of(decision(), previous, AT, trace) for trace in (None, LONGEST_TRACE))
    assert traced == {**plain, **LONGEST_TRACE.members()}
    assert recorded_decision(traced) == recorded_decision(plain)


def test_the_first_notification_tells_of_a_change_from_unassessed() -> None:
    data = notification_of(decision(), Outcome(Status.UNASSESSED), AT)["data"]
    assert (data["previousStatus"], data["previousEligibleProjects"]) == ("unassessed", [])


LONGEST_TRACE = TraceContext("00-" + "a" * 32 + "-" + "b" * 16 + "-01", "k=" + "v" * (MAX_STATE - 2))
MANY = tuple(f"{number:04d}" + "J" * 60 for number in range(2_000))
LONG_CAUSE = {**CAUSE, "source": "\U0001f600" * 200, "id": "\U0001f680" * 200}
BIG_OFFER = [{"id": f"b{number}", "title": "\U0001f600" * 100, "url": "u" * 300} for number in range(200)]
SUMMARY = {"summary": [{"verdict": "met", "text": "x" * (MAX_BYTES - 40)}], "summaryOmitted": 2_000}
GIANT_OFFER = [{"id": "b", "title": "x" * 60_000}]
SIZES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("2,000 eligible projects with ids of 64 characters", {"projects": MANY}, ()),
    ("2,000 that were eligible before", {}, MANY),
    ("2,000 of each", {"projects": MANY}, MANY),
    ("a deciding tree of 16 KiB", {"tree": tree_of(MAX_TREE_BYTES)}, ()),
    ("a source and an id of 200 characters of four bytes", {"cause": LONG_CAUSE}, ()),
    ("200 benefits of 700 bytes", {"offers": (BIG_OFFER, [])}, ()),
    ("a benefit of 60 KB", {"offers": (GIANT_OFFER, [])}, ()),
    (
        "all of it at once",
        {
            "projects": MANY,
            "tree": tree_of(MAX_TREE_BYTES),
            "cause": LONG_CAUSE,
            "offers": (BIG_OFFER, []),
            "summary": SUMMARY,
        },
        MANY,
    ),
    (
        "all of it at once for one no longer eligible",
        {
            "projects": (),
            "status": Status.INELIGIBLE,
            "tree": tree_of(MAX_TREE_BYTES),
            "cause": LONG_CAUSE,
            "offers": ([], BIG_OFFER),
            "summary": SUMMARY,
        },
        MANY,
    ),
]


@pytest.mark.parametrize(("given_parts", "before"), [case[1:] for case in SIZES], ids=[case[0] for case in SIZES])
def test_a_notification_has_at_most_32_kib_and_counts_what_it_leaves_out(
    given_parts: dict[str, Any], before: tuple[str, ...]
) -> None:
    whole = decision(**given_parts)
    untouched = copy.deepcopy(whole)
    notification = notification_of(whole, Outcome(Status.ELIGIBLE, before), AT, LONGEST_TRACE, "/" + "s" * 199)
    assert len(compact_bytes(notification)) <= 32 * KIB
    assert whole == untouched
    data = notification["data"]
    lists: Json = {name: whole[name] for name in whole if isinstance(whole[name], list) and name != "summary"}
    for name, items in {**lists, "previousEligibleProjects": list(before)}.items():
        kept, omitted = data[name], data.get(f"{name}Omitted", 0)
        assert kept == items[: len(kept)]
        assert len(kept) + omitted == len(items)
        assert (f"{name}Omitted" in data) == (len(kept) < len(items))
    assert [data[name] for name in ("summary", "criteria", "cause", "status") if name in whole] == [
        whole[name] for name in ("summary", "criteria", "cause", "status") if name in whole
    ]


def test_the_tree_of_that_test_is_as_large_as_a_recorded_one_may_be() -> None:
    assert len(compact_bytes(tree_of(MAX_TREE_BYTES).to_json())) == MAX_TREE_BYTES == 16 * KIB


def test_of_2000_projects_as_many_are_named_as_fit_into_3_kib() -> None:
    data = notification_of(decision(MANY), Outcome(Status.INELIGIBLE), AT)["data"]
    assert data["eligibleProjects"] == list(MANY[:45])
    assert data["eligibleProjectsOmitted"] == 1_955


def test_a_list_that_fits_is_whole() -> None:
    data = notification_of(decision(MANY[:45]), Outcome(Status.ELIGIBLE, MANY[:45]), AT)["data"]
    assert data["eligibleProjects"] == data["previousEligibleProjects"] == list(MANY[:45])
    assert not [name for name in data if name.endswith("Omitted")]


@given(
    st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True), max_size=120, unique=True),
    st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True), max_size=120, unique=True),
    st.sampled_from([Status.ELIGIBLE, Status.INELIGIBLE]),
)
@settings(max_examples=60, deadline=None)
def test_the_recorded_decision_is_what_the_notification_told_without_what_was_before(
    now: list[str], before: list[str], status: Status
) -> None:
    whole = decision(tuple(sorted(now)), status)
    notification = notification_of(whole, Outcome(Status.ELIGIBLE, tuple(sorted(before))), AT)
    recorded = recorded_decision(notification)
    assert not [name for name in recorded if name.startswith("previous")]
    assert {name: recorded[name] for name in whole if name != "eligibleProjects"} == {
        name: value for name, value in whole.items() if name != "eligibleProjects"
    }
    assert len(recorded["eligibleProjects"]) + recorded.get("eligibleProjectsOmitted", 0) == len(now)
    assert set(recorded) - set(whole) <= {"eligibleProjectsOmitted"}
    if "eligibleProjectsOmitted" not in recorded:
        assert recorded == whole


def test_the_recorded_decision_counts_what_was_left_out_of_its_own_lists_only() -> None:
    notification = notification_of(decision(MANY, offers=(BIG_OFFER, [])), Outcome(Status.ELIGIBLE, MANY), AT)
    recorded = recorded_decision(notification)
    assert set(recorded) - set(decision()) == {"eligibleProjectsOmitted", "benefitsOmitted"}
    assert all(notification["data"][name] == value for name, value in recorded.items())
