"""Our own JSON: the bytes that the standard library would write, which every version reads."""

import json
from enum import StrEnum
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import own_json
from tests import events
from tests.world import World

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.tuples(inner), st.dictionaries(_TEXT, inner, max_size=4)),
    max_leaves=12,
)


@given(_VALUES)
@settings(max_examples=500, deadline=None)
def test_it_is_what_the_standard_library_writes_and_both_read_it(value: Any) -> None:
    in_utf_8 = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    in_ascii = json.dumps(value, separators=(",", ":")).encode()
    assert (own_json.compact_bytes(value), own_json.ascii_bytes(value)) == (in_utf_8, in_ascii)
    assert own_json.read(in_utf_8) == own_json.read(in_ascii) == json.loads(in_utf_8)


class Colour(StrEnum):
    RED = "red"


class Pair(NamedTuple):
    left: int
    right: int


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (10**40, "1" + "0" * 40),
        ({"n": [-(2**63) - 1]}, '{"n":[-9223372036854775809]}'),
        (Colour.RED, '"red"'),
        ({Colour.RED: 1}, '{"red":1}'),
        (Pair(1, 2), "[1,2]"),
        ({1: 2}, '{"1":2}'),
    ],
)
def test_what_only_the_standard_library_writes_is_written_by_it(value: object, written: str) -> None:
    assert own_json.compact_bytes(value) == own_json.ascii_bytes(value) == written.encode()


def test_half_of_a_surrogate_pair_is_refused_in_utf_8_and_escaped_in_ascii() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        own_json.compact_bytes("\ud800")
    assert own_json.ascii_bytes("\ud800") == rb'"\ud800"'


def test_what_json_does_not_have_is_refused_or_in_ascii_its_text() -> None:
    with pytest.raises(TypeError):
        own_json.compact_bytes(object)
    assert own_json.ascii_bytes({"fault": ValueError("no")}) == b'{"fault":"no"}'


@pytest.mark.parametrize("written", [b"", b"{", b"\xff", b'"\xed\xa0\x80"', b"[" * 100_000, b"NaN"])
def test_damaged_json_is_a_value_error(written: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        own_json.read(written)


async def test_all_that_events_write_is_written_by_orjson_which_is_what_makes_it_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_COMPACT", "_ASCII"):
        monkeypatch.setattr(own_json, name, None)
    world = World()
    await world.post(*events.qualified(), *events.eligible(), events.spend(amount="1", time="2026-04-01T00:00:00Z"))
    assert [status for _, status in world.told()] == ["ineligible", "eligible", "ineligible"]
