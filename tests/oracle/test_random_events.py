"""The random stream is the same for a seed, holds every type, flips outcomes both ways, and its order is nothing."""

import json
from datetime import date
from functools import cache

import pytest

from .grammar import KINDS
from .oracle import Oracle
from .programme_rules import programme_rules
from .random_events import events, shuffled_with_repeats

TODAY = date(2026, 11, 22)


def after(messages: list[bytes], today: date = TODAY) -> Oracle:
    oracle = Oracle(programme_rules(), today)
    for message in messages:
        oracle.post(message)
    return oracle


@cache
def stream(seed: int) -> list[bytes]:
    return events(seed, 2000, today=TODAY)


@cache
def after_stream(seed: int) -> Oracle:
    """To be read alone."""
    return after(stream(seed))


def outcomes(oracle: Oracle) -> dict[str, tuple[str, list[str]]]:
    finals = {customer: oracle.final(customer) for customer in oracle.customers()}
    return {customer: (final.status, final.eligible_projects) for customer, final in finals.items()}


def test_a_seed_always_gives_the_same_messages() -> None:
    assert events(5, 500, today=TODAY) == events(5, 500, today=TODAY) != events(6, 500, today=TODAY)


def test_repeats_add_a_share_and_drop_nothing() -> None:
    messages = events(5, 500, today=TODAY)
    repeated = shuffled_with_repeats(messages, 5)
    assert len(repeated) == 550
    assert set(repeated) == set(messages)


@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_repetition_change_no_outcome_and_no_fact(seed: int) -> None:
    plain, mixed = after_stream(seed), after(shuffled_with_repeats(stream(seed), seed))
    assert outcomes(plain) == outcomes(mixed)
    assert set(plain.quarantined) == set(mixed.quarantined)


@pytest.mark.parametrize("seed", [1, 2])
def test_both_outcomes_are_frequent_and_many_customers_flip(seed: int) -> None:
    oracle = after_stream(seed)
    finals = [oracle.final(customer) for customer in oracle.customers()]
    once = [final for final in finals if any(each["status"] == "eligible" for each in final.notifications)]
    assert 0.25 <= len(once) / len(finals) <= 0.6
    assert sum(final.sequence > 2 for final in finals) >= 20
    assert sum(len(final.eligible_projects) > 1 for final in finals) >= 3


def test_a_new_day_changes_outcomes_without_any_event() -> None:
    oracle = after(stream(1))
    before = outcomes(oracle)
    oracle.advance(date(2026, 11, 23))
    changed = [customer for customer, outcome in outcomes(oracle).items() if outcome != before[customer]]
    assert len(changed) >= 3


def test_every_type_and_both_outcomes_of_validation_occur() -> None:
    oracle, messages = after_stream(2), stream(2)
    types = {json.loads(message)["type"] for message in messages if message not in oracle.reasons}
    assert types == set(KINDS)
    assert 0.01 <= len(oracle.quarantined) / len(messages) <= 0.04
    assert len(set(oracle.reasons.values())) >= 15
