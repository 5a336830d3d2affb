"""An event's schema accepts just what the product accepts, whatever stands wherever."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local.descriptions.catalogue import published
from shared.domain.events import EVENT_TYPES, read_event
from shared.errors import PermanentError
from tests.api.validators import faults, is_valid
from tests.domain.given import GOOD

SAMPLES = Path(__file__).parents[2] / "samples" / "events.jsonl"
LATE = datetime(9990, 1, 1, tzinfo=UTC)
"""No time is ahead of this clock: a schema knows none."""
ENVELOPE = {"specversion": "1.0", "id": "e-1", "source": "/tests", "time": "2026-03-02T09:30:00Z"}


def event(name: str) -> dict[str, Any]:
    return {**ENVELOPE, "type": name, "datacontenttype": "application/json", "data": dict(GOOD[name])}


def is_accepted(value: Any) -> bool:
    try:
        read_event(value, LATE)
    except PermanentError:
        return False
    return True


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_a_good_event_of_each_type_is_valid(name: str) -> None:
    assert faults(published(name), event(name)) == []
    assert is_accepted(event(name))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_event_of_another_type_is_not(name: str) -> None:
    others = [other for other in EVENT_TYPES if other != name]
    assert not [other for other in others if is_valid(published(name), event(other))]


def test_every_sample_is_valid_just_if_it_is_accepted() -> None:
    lines = SAMPLES.read_text("utf-8").splitlines()
    values = [json.loads(line) for line in lines if line.endswith("}}")]
    known = [each for each in values if each["type"] in EVENT_TYPES]
    assert [is_valid(published(each["type"]), each) for each in known] == [is_accepted(each) for each in known]
    assert len(known) > 300


ODD = [
    *(
        None,
        True,
        False,
        0,
        1,
        1.0,
        -1,
        "",
        " ",
        "C-1",
        "c-1",
        "C/1",
        "C-1\n",
        "a" * 64,
        "a" * 65,
        "é",
        "\x7f",
        "\u2028",
    ),
    *("1e3", "0", "00", "0.1", "0.123", "-1", "1,5", "1.", "999999999999999.99", "1000000000000000", "NaN"),
    *("2026-03-02", "2026-02-29", "2024-02-29", "0000-01-01", "9999-12-31", "2026-3-2", "20260302", "2026-03-02\n"),
    *("2026-03-02T09:30:00Z", "2026-03-02t09:30:00z", "2026-03-02T09:30:00", "2026-03-02T09:30:00.1234567+05:30"),
    *("2026-03-02T24:00:00Z", "2026-03-02T23:59:60Z", "2026-03-02 09:30:00Z", "2026-03-02T09:30:00-00:00"),
    *("2026-02-30T09:30:00Z", "2026-03-02T09:30:00+24:00", "2026-03-02T09:30Z"),
    *("gold", "silver", "none", "platinum", "USD", "usd", "USDX", "finance", "Finance", "planned", "training"),
    *("customer-engagement", "finance-and-operations", "application/json", "Application/Problem+JSON; charset=x"),
    *("application/xml", "text/json", "application/json ;", "1.0", "1.1", [], ["finance"], ["Finance"], [None]),
    *(["finance"] * 32, ["finance"] * 33, {}, {"a": 1}, *EVENT_TYPES),
]
JSON = st.sampled_from(ODD) | st.text(max_size=12) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
PLACES = [
    (name, path)
    for name, data in GOOD.items()
    for path in [
        *[(member,) for member in (*ENVELOPE, "type", "datacontenttype", "data", "subject", "other")],
        *[("data", member) for member in (*data, "other")],
    ]
]


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PLACES), JSON)
@example((next(iter(GOOD)), ("id",)), "\U0001f600" * 200)
@example((next(iter(GOOD)), ("source",)), "x" * 201)
def test_any_value_anywhere_is_valid_just_if_it_is_accepted(place: tuple[str, tuple[str, ...]], value: Any) -> None:
    name, path = place
    changed = event(name)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    accepted = is_accepted(changed) and changed["type"] == name
    assert is_valid(published(name), changed) == accepted


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_a_missing_member_is_missed_just_if_the_product_misses_it(name: str, path: tuple[str, ...]) -> None:
    changed = event(name)
    at = changed["data"] if path[0] == "data" and len(path) > 1 else changed
    at.pop(path[-1], None)
    assert is_valid(published(name), changed) == is_accepted(changed)


@pytest.mark.parametrize("value", [None, [], "event", 1])
def test_what_is_no_object_is_no_event(value: Any) -> None:
    assert not [name for name in EVENT_TYPES if is_valid(published(name), value)]
