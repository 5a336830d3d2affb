"""A body and a random source arrive; a body a little different leaves: bytes, characters of a text, or members."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.oracle.malformed import BAD_VALUES

SCRAPS = [
    *('"', "{", "}", "[", "]", ",", ":", "\\", "\\u", "\\ud800", "\\udc00", "\0", "\n", "é", "\U0001f600", "null"),
    *("true", "false", "0", "-", "9" * 30, "1e999", "NaN", "Infinity", "[" * 200, '{"a":' * 50, '"id":', "Z", "+23:59"),
    *("9999-12-31", "0000-01-01", "~", "fasttrack.spend.updated.v1", '"data":{}', '"type":null,', " " * 100),
]
_INTO_TEXT = ["", "é", " ", "0", "-", "Z", "\n", "\u0085", "\u2028", "/", "~", "'", "\ud800", "\0", "٣", "T24:00:00"]
_TIMES = [
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-23:59",
    "2026-03-02T12:05:00.000001Z",
    "2026-03-02T24:00:00Z",
]
_BASE64 = ["e30=", "e30", "bnVsbA==", "eyJwYXJ0bmVySWQiOiAiUC0xIn0="]
_TYPES = ["application/json", "application/cloudevents+json; charset=utf-8", "text/xml", "application/xml", "json"]
_NAMES = ["more", "endsOn", "validTo", "projectId", "datacontenttype", "data_base64", "\u2028"]
_VALUES = [
    *(None, True, False, 0, -0.0, 1, 1e308, 10**400, "", [], {}, [[]], {"": ""}, "x" * 65, "x" * 201, "1e999999999"),
    *("2024-02-29", "2023-02-29", "0001-01-01", "9999-12-31", "0", "0.0", "00", "999999999999999.99", "gold", "none"),
    *(_TIMES + _TYPES + _BASE64),
    *(value for values in BAD_VALUES.values() for value in values),
]  # fmt: skip


def with_bytes_changed(chance: Random, body: bytes) -> bytes:
    """Bytes cut out, swapped, repeated or put in."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice((0, 1, 1, 2, 5, 40)))
        piece = chance.choice((b"", chance.randbytes(1), chance.choice(SCRAPS).encode(), body[start:end] * 2))
        body = body[:start] + piece + body[end:]
    return body


def with_members_changed(chance: Random, body: bytes) -> bytes:
    """Values at any depth changed for others, texts spoilt, members left out or put in; bytes if it is no JSON."""
    try:
        value = json.loads(body)
        for _ in range(chance.choice((1, 1, 2, 3))):
            value = _changed(chance, value)
        return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return with_bytes_changed(chance, body)


def _changed(chance: Random, value: Any) -> Any:
    places = list(_places(value))
    if not places or chance.random() < 0.02:
        return chance.choice(_VALUES)
    holder, name = chance.choice(places)
    match chance.randrange(6):
        case 0 if isinstance(holder, dict):
            del holder[name]
        case 1 if isinstance(holder, dict):
            holder[chance.choice([*_NAMES, name.upper()])] = _drawn(chance)
        case 2 | 3 if isinstance(holder[name], str):
            holder[name] = _spoilt(chance, holder[name])
        case _:
            other, its_name = chance.choice(places)
            holder[name] = other[its_name] if chance.random() < 0.2 and _is_plain(other[its_name]) else _drawn(chance)
    return value


def _drawn(chance: Random) -> Any:
    return json.loads(json.dumps(chance.choice(_VALUES)))


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (object, member) and (list, index) in a value."""
    names = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in list(names):
        yield value, name
        yield from _places(value[name])


def _spoilt(chance: Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice([*_INTO_TEXT, text]) + text[at + chance.randrange(2) :]
