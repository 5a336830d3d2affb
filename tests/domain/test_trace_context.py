"""Trace context: what W3C calls valid is read, what is not is ignored, and what leaves is valid."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.domain.trace_context import MAX_STATE, MAX_STATE_MEMBERS, TraceContext

from .given import SPEND, accepted, event

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
LONGEST_KEYS = f"{'k' * 256}=v", f"{'t' * 241}@{'s' * 14}=v"


def read(parent: Any, state: Any = None) -> TraceContext | None:
    return TraceContext.of({"traceparent": parent, "tracestate": state})


@pytest.mark.parametrize("parent", [PARENT, PARENT[:-2] + "00", PARENT[:-2] + "ff"])
def test_a_valid_traceparent_comes_through_as_it_is(parent: str) -> None:
    found = read(parent)
    assert found is not None
    assert found.members() == {"traceparent": parent}


@pytest.mark.parametrize("version", ["01", "cc", "fe"])
@pytest.mark.parametrize("more", ["", "-", "-what-comes-later"])
def test_of_a_later_version_the_fields_of_version_00_are_read(version: str, more: str) -> None:
    assert read(f"{version}{PARENT[2:]}{more}") == TraceContext(PARENT)


MALFORMED: list[tuple[str, Any]] = [
    ("nothing", None),
    ("empty", ""),
    ("a number", 7),
    ("a list of it", [PARENT]),
    ("an object", {"traceparent": PARENT}),
    ("bytes", PARENT.encode()),
    ("capitals", PARENT.upper()),
    ("a trace id of zeros", f"00-{'0' * 32}-b7ad6b7169203331-01"),
    ("a span id of zeros", f"00-{TRACE}-{'0' * 16}-01"),
    ("a version that is forbidden", f"ff{PARENT[2:]}"),
    ("a version that is not hexadecimal", f"0g{PARENT[2:]}"),
    ("a trace id too short", f"00-{TRACE[1:]}-b7ad6b7169203331-01"),
    ("a trace id too long", f"00-{TRACE}a-b7ad6b7169203331-01"),
    ("no flags", PARENT[:-3]),
    ("too many flags", PARENT + "1"),
    ("more fields than version 00 has", PARENT + "-more"),
    ("a later version that runs on", f"01{PARENT[2:]}more"),
    ("a line feed after it", PARENT + "\n"),
    ("a carriage return and line feed after it", PARENT + "\r\n"),
    ("a line feed in a later version's field", f"01{PARENT[2:]}-a\nb"),
    ("white space around it", f" {PARENT} "),
    ("digits of another alphabet", PARENT.replace("1", "\u0661")),
    ("a megabyte", PARENT + "0" * 2**20),
]


@pytest.mark.parametrize("parent", [case[1] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_a_malformed_traceparent_is_ignored_and_the_tracestate_with_it(parent: Any) -> None:
    assert read(parent, "rojo=1") is None
    assert accepted(event(SPEND)).trace is None


@pytest.mark.parametrize(
    ("state", "carried"),
    [
        ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        ("rojo=1 ,\t congo=2,,", "rojo=1,congo=2"),
        ("fw529a3039@dt=FfffffffCAl,0day=a bc", "fw529a3039@dt=FfffffffCAl,0day=a bc"),
        (",".join(f"k{number}=v" for number in range(MAX_STATE_MEMBERS)),) * 2,
        (LONGEST_KEYS[0],) * 2,
        (LONGEST_KEYS[1],) * 2,
        ("k=" + "v" * 256,) * 2,
    ],
    ids=["two", "white space and empty ones", "a tenant", "the most members", "long key", "long tenant", "long value"],
)
def test_a_valid_tracestate_is_carried_without_white_space(state: str, carried: str) -> None:
    assert read(PARENT, state) == TraceContext(PARENT, carried)


MALFORMED_STATES: list[tuple[str, Any]] = [
    ("a number", 7),
    ("an object", {"rojo": "1"}),
    ("only commas", ",,"),
    ("no value", "rojo"),
    ("an empty value", "rojo="),
    ("capitals in a key", "Rojo=1"),
    ("two equals signs", "rojo=1=2"),
    ("a key told twice", "rojo=1,congo=2,rojo=3"),
    ("a line feed", "rojo=1\ncongo=2"),
    ("a carriage return at the end", "rojo=1\r"),
    ("a control character", "rojo=\x1b[2J"),
    ("letters beyond ASCII", "rojo=\u00e9"),
    ("too many members", ",".join(f"k{number}=v" for number in range(MAX_STATE_MEMBERS + 1))),
    ("a key too long", "k" * 257 + "=v"),
    ("a value too long", "k=" + "v" * 257),
    ("one character too many", "a=" + "v" * 254 + "," + "b=" + "v" * (MAX_STATE - 258)),
    ("a megabyte", "k=" + "v" * 2**20),
    ("a megabyte of members", "k=v," * 2**18),
]


@pytest.mark.parametrize("state", [case[1] for case in MALFORMED_STATES], ids=[case[0] for case in MALFORMED_STATES])
def test_a_malformed_tracestate_is_left_out_whole_and_the_traceparent_carried(state: Any) -> None:
    assert read(PARENT, state) == TraceContext(PARENT)


def test_a_tracestate_of_the_most_characters_is_carried() -> None:
    state = "a=" + "v" * 254 + "," + "b=" + "v" * (MAX_STATE - 259)
    assert len(state) == MAX_STATE
    assert read(PARENT, state) == TraceContext(PARENT, state)


_parents = st.from_regex(r"[0-9a-fA-F]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}[-x\n]?", fullmatch=True)


@given(
    st.one_of(st.text(), _parents),
    st.one_of(st.none(), st.text(max_size=40), st.from_regex(r"([a-z@]=[!-~ ]{1,3},? ?)+")),
)
@settings(max_examples=500, deadline=None)
@example(PARENT, "a=b")
def test_whatever_arrives_what_leaves_is_valid_and_stays_as_it_is(parent: str, state: str | None) -> None:
    found = read(parent, state)
    if found is not None:
        assert TraceContext.of(found.members()) == found
        assert len(found.traceparent) == len(PARENT)


def test_an_events_trace_is_no_part_of_what_it_tells() -> None:
    traced, plain = accepted(event(SPEND, {"traceparent": PARENT, "tracestate": "rojo=1"})), accepted(event(SPEND))
    assert traced.trace == traced.cause.trace == TraceContext(PARENT, "rojo=1")
    assert traced == plain
    assert traced.register.stamp == plain.register.stamp
    assert traced.cause.named == plain.cause.named
