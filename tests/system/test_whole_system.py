"""The whole system against the oracle: random events, shuffled and repeated, through the queue and over HTTP."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.message import RefusedError, read
from tests.oracle.oracle import Oracle
from tests.oracle.random_events import events, shuffled_with_repeats
from tests.system.running_system import NOW, RunningSystem, running_system
from tests.system.waves import waves

RULE_SET = json.loads((Path(__file__).parents[2] / "rule_sets" / "2023-02-13.json").read_bytes())
SEED = 20260601


def random_messages(seed: int, count: int, customers: int, partners: int) -> list[bytes]:
    messages = events(seed, count, customers=customers, partners=partners, today=NOW.date())
    return shuffled_with_repeats(messages, seed, 0.10)


def feed(system: RunningSystem, messages: list[bytes], number: int) -> None:
    """Every other message over HTTP, if it is one that HTTP takes."""
    for message in messages:
        number += 1
        if number % 2 and is_valid(message):
            assert system.post(message).status == 202
        else:
            system.send(message)


def is_valid(message: bytes) -> bool:
    try:
        read(message, NOW)
    except RefusedError:
        return False
    return True


def told(bodies: dict[int, list[bytes]]) -> list[dict[str, Any]]:
    """What the notifications of a customer said, by sequence; one body per id."""
    assert all(len(set(repeats)) == 1 for repeats in bodies.values())
    now = ("sequence", "status", "eligibleProjects", "byException", "expiring")
    names = (*now, *(f"previous{name[0].upper()}{name[1:]}" for name in now[1:]))
    sent = [json.loads(bodies[sequence][0]) for sequence in sorted(bodies)]
    return [{"type": each["type"], **{name: each["data"][name] for name in names}} for each in sent]


def outcome(decision: dict[str, Any]) -> tuple[str, list[str], bool, Any]:
    return decision["status"], decision["eligibleProjects"], decision["byException"], decision["expiring"]


@pytest.mark.timeout(420)
@pytest.mark.parametrize(
    ("over", "count", "customers", "partners"),
    [
        ("storage-queue", 300, 40, 9),
        ("service-bus", 80, 12, 3),
        pytest.param("storage-queue", 2000, 200, 30, marks=pytest.mark.deep),
        pytest.param("service-bus", 300, 30, 6, marks=pytest.mark.deep),
    ],
)
def test_events_one_after_the_other_end_just_as_the_oracle_says(
    tmp_path: Path, over: str, count: int, customers: int, partners: int
) -> None:
    oracle = Oracle(RULE_SET, NOW.date(), NOW)
    with running_system(tmp_path / "log", over=over) as system:
        number = 0
        for wave in waves(oracle, random_messages(SEED, count, customers=customers, partners=partners)):
            feed(system, wave, number)
            number += len(wave)
            system.host.settle()
        assert [each["customerId"] for each in system.every("customers")] == oracle.customers()
        notifications = system.notifications()
        for customer_id in oracle.customers():
            expected = oracle.final(customer_id)
            decision = system.get(f"customers/{customer_id}")["decision"]
            assert (*outcome(decision), decision["sequence"]) == (
                expected.status,
                expected.eligible_projects,
                expected.by_exception,
                expected.expiring,
                expected.sequence,
            ), customer_id
            assert told(notifications[customer_id]) == expected.notifications, customer_id
            history = system.get(f"customers/{customer_id}/history?limit=1000")["items"]
            assert [each["sequence"] for each in history] == list(range(expected.sequence, 0, -1))
        assert len(system.every("quarantine")) == len(oracle.quarantined)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("over", "count", "customers", "partners"), [("storage-queue", 200, 30, 8), ("service-bus", 100, 20, 5)]
)
def test_events_all_at_once_end_where_the_oracle_ends(
    tmp_path: Path, over: str, count: int, customers: int, partners: int
) -> None:
    oracle = Oracle(RULE_SET, NOW.date(), NOW)
    messages = random_messages(SEED + 1, count, customers=customers, partners=partners)
    for message in messages:
        oracle.post(message)
    with running_system(tmp_path / "log", over=over) as system:
        for message in messages:
            system.send(message)
        system.host.settle(120)
        notifications = system.notifications()
        for customer_id in oracle.customers():
            expected = oracle.final(customer_id)
            decision = system.get(f"customers/{customer_id}")["decision"]
            assert outcome(decision) == (
                expected.status,
                expected.eligible_projects,
                expected.by_exception,
                expected.expiring,
            ), customer_id
            said = told(notifications[customer_id])
            assert [each["sequence"] for each in said] == list(range(1, decision["sequence"] + 1)), customer_id
            assert all(outcome(one) != outcome(other) for one, other in pairwise(said)), customer_id
            assert outcome(said[-1]) == outcome(decision), customer_id
            asked = system.get(f"customers/{customer_id}/eligibility")
            assert outcome(asked) == outcome(decision), customer_id
        assert len(system.every("quarantine")) == len(oracle.quarantined)
