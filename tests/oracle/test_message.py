"""Which messages the oracle takes and which it keeps in quarantine, line by line of section 1 of the contract."""

import base64
import json
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from .malformed import malformed
from .message import RefusedError, read, read_text
from .oracle import Oracle
from .programme_rules import programme_rules
from .random_events import events

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "inv-88121",
    "source": "/billing",
    "type": "fasttrack.spend.updated.v1",
    "subject": "customers/C-1001",
    "time": "2026-03-01T09:30:00Z",
    "datacontenttype": "application/json",
    "data": {
        "customerId": "C-1001",
        "licenceId": "L-1",
        "application": "finance",
        "annualAmount": "180000.00",
        "currency": "USD",
        "newDeployment": True,
    },
}


def with_data(**changes: Any) -> dict[str, Any]:
    return GOOD | {"data": GOOD["data"] | changes}


def in_base64(data: bytes) -> dict[str, Any]:
    return {name: each for name, each in GOOD.items() if name != "data"} | {
        "data_base64": base64.b64encode(data).decode()
    }


def padded(size: int) -> bytes:
    empty = json.dumps(GOOD | {"padding": ""}).encode()
    return json.dumps(GOOD | {"padding": "x" * (size - len(empty))}).encode()


TAKEN = {
    "as it is": GOOD,
    "no subject": {key: value for key, value in GOOD.items() if key != "subject"},
    "any subject": GOOD | {"subject": 5},
    "5 minutes ahead": GOOD | {"time": "2026-03-01T12:05:00Z"},
    "another zone": GOOD | {"time": "2026-03-01T13:05:00+01:00"},
    "lower case": GOOD | {"time": "2026-03-01t09:30:00z"},
    "nanoseconds": GOOD | {"time": "2026-03-01T12:05:00.000000999Z"},
    "the first moment": GOOD | {"time": "0001-01-01T00:00:00Z"},
    "200 characters": GOOD | {"id": "é" * 200},
    "an application nobody knows": with_data(application="x" * 64),
    "the longest identifier": with_data(customerId="C" * 64),
    "the largest amount": with_data(annualAmount="999999999999999.99"),
    "no amount": with_data(annualAmount="0"),
    "one decimal": with_data(annualAmount="0.1"),
    "an end before any start": with_data(endsOn="0001-01-01"),
    "a null end": with_data(endsOn=None),
    "extensions": GOOD | {"more": {"a": [1, 2]}, "insertionTime": "tomorrow"},
    "data in base64": in_base64(json.dumps(GOOD["data"]).encode()),
    "data in base64 after a byte order mark": in_base64(b"\xef\xbb\xbf" + json.dumps(GOOD["data"]).encode()),
    "a null data beside base64": in_base64(json.dumps(GOOD["data"]).encode()) | {"data": None},
    "a null base64 beside data": GOOD | {"data_base64": None},
}
REFUSED = {
    "specversion": GOOD | {"specversion": "1.1"},
    "no type": GOOD | {"type": None},
    "an unknown type": GOOD | {"type": "fasttrack.spend.updated.v9"},
    "an empty id": GOOD | {"id": ""},
    "201 characters": GOOD | {"id": "x" * 201},
    "a control character": GOOD | {"source": "/a\u0007"},
    "DEL": GOOD | {"source": "/a\u007f"},
    "a number for id": GOOD | {"id": 1},
    "no zone": GOOD | {"time": "2026-03-01T09:30:00"},
    "no such day": GOOD | {"time": "2026-02-29T09:30:00Z"},
    "no such hour": GOOD | {"time": "2026-02-28T24:00:00Z"},
    "a date": GOOD | {"time": "2026-03-01"},
    "a tenth of a second over 5 minutes ahead": GOOD | {"time": "2026-03-01T12:05:00.1Z"},
    "no data": GOOD | {"data": None},
    "data in text": GOOD | {"data": "{}"},
    "an identifier with a slash": with_data(customerId="C/1"),
    "an identifier with a line end": with_data(customerId="C-1\n"),
    "65 characters": with_data(customerId="C" * 65),
    "an identifier that begins with a dot": with_data(customerId=".C"),
    "an application in capitals": with_data(application="Finance"),
    "a negative amount": with_data(annualAmount="-1"),
    "an exponent": with_data(annualAmount="1e5"),
    "an amount as a number": with_data(annualAmount=300000),
    "three decimals": with_data(annualAmount="1.000"),
    "too large an amount": with_data(annualAmount="1000000000000000"),
    "Arabic digits": with_data(annualAmount="٣"),
    "not a truth": with_data(newDeployment="true"),
    "one for true": with_data(newDeployment=1),
    "a required null": with_data(licenceId=None),
    "a date with a time": with_data(endsOn="2026-03-01T00:00:00Z"),
    "a day that is not": with_data(endsOn="2026-02-29"),
    "a member nobody knows": with_data(more={"a": [1, 2]}),
    "a null member nobody knows": with_data(validUntil=None),
    "a member in another case": with_data(endson="2026-03-01"),
    "data and data in base64": GOOD | {"data_base64": in_base64(b"{}")["data_base64"]},
    "data that is not base64": in_base64(b"") | {"data_base64": "e30"},
    "base64 of what is not JSON": in_base64(b"{"),
    "base64 of a member twice": in_base64(b'{"a": 1, "a": 1}'),
    "base64 of a list": in_base64(b"[]"),
    "base64 that is not text": in_base64(b"") | {"data_base64": 7},
    "year nought": with_data(endsOn="0000-01-01"),
}
TEXT = json.dumps(GOOD)
REFUSED_BYTES = {
    "not UTF-8": TEXT.encode("utf-16"),
    "not JSON": TEXT[:-1].encode(),
    "a batch": f"[{TEXT}]".encode(),
    "a repeated key": f'{TEXT[:-1]}, "id": "other"}}'.encode(),
    "a repeated key where nobody looks": f'{TEXT[:-1]}, "x": [{{"a": 1, "a": 1}}]}}'.encode(),
    "NaN where nobody looks": f'{TEXT[:-1]}, "x": NaN}}'.encode(),
    "a lone surrogate": f'{TEXT[:-1]}, "x": "\\udc00"}}'.encode(),
    "a lone surrogate as a key": f'{TEXT[:-1]}, "\\udc00": 1}}'.encode(),
    "nested 20,000 deep": f'{TEXT[:-1]}, "x": {"[" * 20_000}{"]" * 20_000}}}'.encode(),
    "a byte over 48 KiB": padded(48 * 1024 + 1),
    "nothing": b"",
}


@pytest.mark.parametrize("event", TAKEN.values(), ids=TAKEN.keys())
def test_a_good_message_is_taken(event: dict[str, Any]) -> None:
    assert read(json.dumps(event).encode(), NOW).owner


def test_48_kib_are_taken() -> None:
    assert read(padded(48 * 1024), NOW).owner == "C-1001"


@pytest.mark.parametrize("event", REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_message_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(RefusedError):
        read(json.dumps(event).encode(), NOW)


def test_the_text_of_a_storage_queue_is_json_or_base64_of_it() -> None:
    for text in (TEXT, f" \n{TEXT}", f"\ufeff{TEXT}", f"\ufeff \n{TEXT}"):
        for written in (text.encode(), base64.b64encode(text.encode()), base64.encodebytes(text.encode())):
            assert read_text(written, NOW) == read(TEXT.encode(), NOW)


@pytest.mark.parametrize("text", [f"[{TEXT}]", "hello!", '"text"', "e30", "", f"\ufeff[{TEXT}]"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        read_text(text.encode(), NOW)


@pytest.mark.parametrize("body", REFUSED_BYTES.values(), ids=REFUSED_BYTES.keys())
def test_bad_bytes_are_refused(body: bytes) -> None:
    with pytest.raises(RefusedError):
        read(body, NOW)


def test_quarantine_has_one_row_for_each_distinct_body() -> None:
    oracle = Oracle(programme_rules(), NOW.date(), NOW)
    for body in (b"{}", b"[]", b"{}", json.dumps(GOOD).encode()):
        oracle.post(body)
    assert oracle.quarantined == [b"{}", b"[]"]
    assert oracle.customers() == ["C-1001"]


def test_what_the_generator_makes_malformed_is_refused_and_nothing_else_is() -> None:
    draw, today = Random(7), date(2026, 3, 1)
    oracle = Oracle(programme_rules(), today)
    bodies = events(7, 1000, today=today)
    for body in bodies:
        oracle.post(body)
    assert 8 <= len(oracle.quarantined) <= 40
    for body in bodies:
        if body not in oracle.reasons and "data" in json.loads(body):
            with pytest.raises(RefusedError):
                read(malformed(draw, json.loads(body), today), oracle.now)
