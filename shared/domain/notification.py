"""Writes decisions as JSON, and the notification of a recorded one, in the shape of the contract.

A recorded decision and its notification stay under 32 KiB whatever the facts: long lists are cut and the rest counted.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from shared.domain.cause import ERASURE
from shared.domain.customer_state import CustomerState
from shared.domain.decision import Assessment, Expiring, JsonObject, Node, Outcome, Status
from shared.domain.trace_context import TraceContext
from shared.own_json import compact_bytes
from shared.settings import DEFAULT_SOURCE

MAX_TREE_BYTES = 16 * 1024
MAX_LIST_BYTES = 3 * 1024
CHANGED = "fasttrack.eligibility.changed.v1"
EXPIRING = "fasttrack.eligibility.expiring.v1"
"""The type of a notification if nothing changed but how near the loss of eligibility is."""
ERASED = "fasttrack.eligibility.erased.v1"
"""The type of a notification that a customer was erased."""
_PREVIOUS = (
    "previousStatus",
    "previousEligibleProjects",
    "previousEligibleProjectsOmitted",
    "previousByException",
    "previousExpiring",
)
_NOTHING: Mapping[str, object] = {}


def decision_json(
    customer_id: str | None,
    assessment: Assessment,
    tree: Node | None,
    offers: tuple[Sequence[JsonObject], Sequence[JsonObject]],
    sequence: int | None = None,
    cause: Mapping[str, str | int] | None = None,
    summary: Mapping[str, object] = _NOTHING,
) -> JsonObject:
    """The decision with ``tree`` as its criteria, or without; ``offers`` are the rule set's benefits and self-guided
    resources, ``summary`` the members with the tree in a few lines."""
    (benefits, resources), outcome = offers, assessment.outcome
    eligible = outcome.status is Status.ELIGIBLE
    offer = {"benefits": list(benefits)} if eligible else {"selfGuidedResources": list(resources)}
    return {
        "customerId": customer_id,
        "sequence": sequence,
        "status": outcome.status.value,
        "eligibleProjects": list(outcome.eligible_projects),
        "byException": outcome.by_exception,
        "expiring": outcome.expiring.to_json() if outcome.expiring else None,
        "undecided": assessment.undecided,
        "decidedOn": assessment.on.isoformat(),
        "ruleSetVersion": assessment.rule_set_version,
        **summary,
        **({"criteria": tree.to_json()} if tree else {}),
        **offer,
        "losesOn": _day(assessment.loses_on),
        "gainsOn": _day(assessment.gains_on),
        "nextChangeOn": _day(assessment.next_change_on),
        **({"knownUntil": _day(assessment.known_until)} if assessment.known_until else {}),
        "cause": dict(cause) if cause else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def notification_of(
    decision: JsonObject,
    previous: Outcome,
    decided_at: str,
    trace: TraceContext | None = None,
    source: str = DEFAULT_SOURCE,
) -> JsonObject:
    """The CloudEvent that reports a recorded decision, made within ``trace``; at most 32 KiB as JSON.

    ``source`` names the deployment, which with the id makes the notification unique among all of them.
    """
    customer_id, sequence = decision["customerId"], decision["sequence"]
    data = dict(decision)
    for name in ("eligibleProjects", "benefits", "selfGuidedResources"):
        if name in data:
            _add_bounded(data, name, data[name])
    data["previousStatus"] = previous.status.value
    _add_bounded(data, "previousEligibleProjects", previous.eligible_projects)
    data["previousByException"] = previous.by_exception
    data["previousExpiring"] = previous.expiring.to_json() if previous.expiring else None
    is_same = Outcome.of(decision).of_rules == previous.of_rules
    event_type, members = EXPIRING if is_same else CHANGED, trace.members() if trace else {}
    return _envelope(customer_id, sequence, source, event_type, decided_at, data, **members)


def erasure_of(erased: CustomerState, previous: Outcome, at: str, source: str = DEFAULT_SOURCE) -> JsonObject:
    """The CloudEvent that reports that a customer was erased at a time: no fact is in it. ``erased`` is its state from
    then on."""
    data = {
        "customerId": erased.customer_id,
        "sequence": erased.sequence,
        "status": Status.UNASSESSED.value,
        "eligibleProjects": [],
        "byException": False,
        "expiring": None,
        "erasedAt": erased.erased_at,
        "cause": ERASURE.named,
        "previousStatus": previous.status.value,
    }
    return _envelope(erased.customer_id, erased.sequence, source, ERASED, at, data)


def is_erasure(notification: JsonObject) -> bool:
    return bool(notification["type"] == ERASED)


def _envelope(
    customer_id: str, sequence: int, source: str, event_type: str, time: str, data: JsonObject, **trace: str
) -> JsonObject:
    return {
        "specversion": "1.0",
        "id": f"{customer_id}/{sequence}",
        "source": source,
        "type": event_type,
        "subject": f"customers/{customer_id}",
        "time": time,
        "datacontenttype": "application/json",
        **trace,
        "data": data,
    }


def recorded_decision(notification: JsonObject) -> JsonObject:
    """The recorded decision in its notification."""
    return {name: value for name, value in notification["data"].items() if name not in _PREVIOUS}


def _add_bounded(data: JsonObject, name: str, items: Sequence[object]) -> None:
    kept, room = 0, MAX_LIST_BYTES
    for item in items:
        room -= len(compact_bytes(item)) + 1
        if room < 0:
            break
        kept += 1
    data[name] = list(items[:kept])
    if kept < len(items):
        data[f"{name}Omitted"] = len(items) - kept


def is_notified(outcome: Outcome, notified: JsonObject) -> bool:
    """Whether a notification reports this outcome; a long list of projects is cut in it."""
    projects, omitted = notified["eligibleProjects"], notified.get("eligibleProjectsOmitted", 0)
    mine = outcome.eligible_projects
    same = list(mine[: len(projects)]) == projects and len(mine) == len(projects) + omitted
    rest = (notified["status"], Expiring.of(notified.get("expiring")), notified.get("byException", False))
    return bool(same and rest == (outcome.status.value, outcome.expiring, outcome.by_exception))
