"""Whatever bytes arrive, they are an event or a refusal that says why, and never anything else."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.events import EVENT_TYPES, Event
from shared.domain.strict_json import canonical_bytes, compact_bytes
from shared.errors import PermanentError

from .given import GOOD, Json, body, either, event

_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def outcome(message: bytes) -> Event | PermanentError:
    """What became of the message, having held to what both outcomes promise."""
    found = either(message)
    if isinstance(found, Event):
        hold_to_what_was_written(found, json.loads(message))
    else:
        assert found.errors
        assert all(each.path.startswith("$") and each.message for each in found.errors)
        assert found.reason.isprintable()
    return found


def hold_to_what_was_written(found: Event, written: Json) -> None:
    name, data = written["type"], written["data"]
    register = found.register
    assert (register.type, register.source, register.id) == (name, written["source"], written["id"])
    assert register.data == {member: data[member] for member in GOOD[name] if data.get(member) is not None}
    assert json.loads(canonical_bytes(register.data)) == register.data
    assert found.owner_id == data[EVENT_TYPES[name].owner]
    assert EVENT_TYPES[name].kind is found.kind
    assert len(register.time) == len("2026-03-02T09:30:00.000000Z")


SCRAPS = [
    *('"', "{", "}", "[", "]", ",", ":", "\\", "\\u", "\\ud800", "\\udc00", "\0", "\n", "é", "\U0001f600", "null"),
    *("true", "false", "0", "-", "9" * 30, "1e999", "NaN", "Infinity", "[" * 200, '{"a":' * 50, '"id":', "Z", "+23:59"),
    *("9999-12-31", "0000-01-01", "~", "fasttrack.spend.updated.v1", '"data":{}', '"type":null,', " " * 100),
]


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
    for mutated in mutations(random.Random(seed), body(event(name)), 20):
        outcome(mutated)


def mutations(chance: random.Random, message: bytes, count: int) -> Iterator[bytes]:
    for _ in range(count):
        mutated = message
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            start = chance.randrange(len(mutated) + 1)
            end = min(len(mutated), start + chance.choice((0, 1, 1, 2, 5, 40)))
            piece = chance.choice((b"", chance.randbytes(1), chance.choice(SCRAPS).encode(), mutated[start:end] * 2))
            mutated = mutated[:start] + piece + mutated[end:]
        yield mutated


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
