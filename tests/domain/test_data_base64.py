"""``data_base64``, as .NET's client writes it: JSON in base64, which is taken as ``data``."""

import json
from typing import Any

import pytest

from .given import ABSENT, GOOD, SPEND, accepted, event, faults, in_base64


@pytest.mark.parametrize("name", GOOD)
def test_it_is_the_event_that_has_the_same_data(name: str) -> None:
    usual = accepted(event(name))
    written = json.dumps(GOOD[name], indent=4).encode()
    for each in (in_base64(GOOD[name], name), in_base64(written, name), in_base64(b"\xef\xbb\xbf" + written, name)):
        assert accepted(each) == usual
        assert accepted(each).register.stamp == usual.register.stamp


def test_null_is_the_same_as_absent() -> None:
    assert accepted(event(SPEND, {"data_base64": None})) == accepted(event(SPEND))
    assert accepted({**in_base64(GOOD[SPEND]), "data": None}) == accepted(event(SPEND))
    assert list(faults(event(SPEND, {"data": None, "data_base64": None}))) == ["$.data"]


def test_data_and_data_base64_together_are_refused() -> None:
    assert faults(event(SPEND, {"data_base64": ""})) == {"$.data_base64": "is given beside data; give one of them"}


@pytest.mark.parametrize("text", ["e30", "e30=\n", "e3%0", "!", "=", "e30=e30=", "é", 7, True, [], {}, ["e30="]])
def test_what_is_not_base64_is_named(text: Any) -> None:
    found = faults(event(SPEND, {"data": ABSENT, "data_base64": text}))
    assert list(found) == ["$.data_base64"]
    assert found["$.data_base64"].endswith(" is not right; give JSON in base64, or data as it is")


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b"[" * 20_000, b'{"a":1,"a":1}', b"NaN", rb'"\ud800"', b"PK\x03\x04"]
)
def test_base64_of_something_else_than_strict_json_says_why(data: bytes) -> None:
    found = faults(in_base64(data))
    assert list(found) == ["$.data_base64"]
    assert found["$.data_base64"].startswith("is base64 of something else than JSON (not ")


@pytest.mark.parametrize("data", [None, 7, "text", []])
def test_json_that_is_no_object_is_no_data(data: Any) -> None:
    assert list(faults(in_base64(data))) == ["$.data"]


def test_members_inside_are_named_as_those_of_data() -> None:
    found = faults(in_base64({**GOOD[SPEND], "annualAmount": 180000, "validTo": None}))
    assert found["$.data.validTo"] == 'is unknown; write "endsOn"'
    assert found["$.data.annualAmount"].endswith('; write "180000.00"')
