"""Whatever bytes arrive, they are an event or a refusal that says why, as the independent reader has it.

About 24,000 bodies in all; ``tests/fuzz`` searches further.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.events import EVENT_TYPES
from shared.errors import PermanentError
from shared.own_json import compact_bytes
from tests.fuzz.changes import with_bytes_changed
from tests.fuzz.readers import event as outcome

from .given import GOOD, Json, body, event

_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(st.lists(st.binary(max_size=120), min_size=10, max_size=10))
@settings(_unhurried, max_examples=300)
def test_arbitrary_bytes(messages: list[bytes]) -> None:
    for message in messages:
        assert isinstance(outcome(message), PermanentError)


@given(
    st.lists(
        st.text(st.sampled_from('{}[]":,\\u0123456789dDaAeE+-. ntrufalsNI'), max_size=60), min_size=10, max_size=10
    )
)
@settings(_unhurried, max_examples=300)
def test_arbitrary_text_of_the_characters_json_is_made_of(messages: list[str]) -> None:
    for message in messages:
        assert isinstance(outcome(message.encode()), PermanentError)


_TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from(["", "C-1", "2026-01-01", "1.00", "gold", "\ud800", *EVENT_TYPES])
)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=8,
)


@given(st.lists(_JSON, min_size=5, max_size=5))
@settings(_unhurried, max_examples=300)
def test_arbitrary_json(values: list[Any]) -> None:
    for value in values:
        assert isinstance(outcome(body(value)), PermanentError)


@given(
    st.sampled_from(sorted(GOOD)),
    st.lists(st.tuples(st.sampled_from(["envelope", "data", "applications"]), st.integers(0, 20), _JSON), max_size=3),
)
@settings(_unhurried, max_examples=1_500)
def test_good_events_with_members_of_any_value(name: str, changes: list[tuple[str, int, Any]]) -> None:
    changed = event(name)
    for place, number, value in changes:
        held = changed if place == "envelope" else changed["data"]
        if place == "applications" and isinstance(held, dict):
            held["applications"] = ["finance", value]
        elif isinstance(held, dict) and held:
            held[sorted(held)[number % len(held)]] = value
    outcome(body(changed))


@given(st.integers(), st.sampled_from(sorted(GOOD)))
@settings(_unhurried, max_examples=500)
def test_good_events_with_bytes_cut_out_swapped_repeated_or_put_in(seed: int, name: str) -> None:
    chance, whole = random.Random(seed), body(event(name))
    for _ in range(20):
        outcome(with_bytes_changed(chance, whole))


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


@given(st.integers(), st.sampled_from(sorted(GOOD)))
@settings(_unhurried, max_examples=250)
def test_good_events_with_characters_of_a_text_changed(seed: int, name: str) -> None:
    chance = random.Random(seed)
    whole = compact_bytes(event(name)).decode()
    parts = sorted(set(texts(event(name))))
    for _ in range(20):
        part = chance.choice(parts)
        at = chance.randrange(len(part) + 1)
        spoilt = part[:at] + chance.choice(["", "é", " ", "0", "-", "Z", "\\n", "\\u0085", "/", part]) + part[at + 1 :]
        outcome(whole.replace(f'"{part}"', f'"{spoilt}"').encode())


@pytest.mark.parametrize("name", GOOD)
def test_every_event_cut_short_at_any_byte_is_refused(name: str) -> None:
    whole: Json = event(name)
    message = body(whole)
    for length in range(len(message)):
        assert isinstance(outcome(message[:length]), PermanentError)
