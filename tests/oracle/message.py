"""Reads a message by section 1 of the contract alone: the event in it, or `RefusedError` with the reason."""

import binascii
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from .grammar import KINDS, Kind

type Order = tuple[datetime, str, str, str]

LARGEST = 48 * 1024
TOLERATED_AHEAD = timedelta(minutes=5)


class RefusedError(Exception):
    """The message can never succeed."""


@dataclass(frozen=True)
class Event:
    """A message that holds to the contract; `data` has its known members only, without nulls."""

    type: str
    kind: Kind
    order: Order
    data: dict[str, Any]

    @property
    def owner(self) -> str:
        return str(self.data[self.kind.owner])

    @property
    def register(self) -> tuple[str, ...]:
        return (self.kind.register, *(self.data.get(member, "") for member in self.kind.key))


def read_text(text: bytes, now: datetime) -> Event:
    """The event in the text of a Storage queue's message, which is JSON or base64 of it; or `RefusedError`."""
    return read(body_of(text), now)


def body_of(text: bytes) -> bytes:
    first = text.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")[:1]
    if first == "[":
        raise RefusedError("a batch")
    if first == "{":
        return text
    if not BASE64.fullmatch(squeezed := b"".join(text.split()).decode("latin-1")):
        raise RefusedError("neither JSON nor base64")
    return binascii.a2b_base64(squeezed)


def read(body: bytes, now: datetime) -> Event:
    """The event in the message, or `RefusedError`."""
    envelope = parsed(body)
    if envelope.get("specversion") != "1.0":
        raise RefusedError("specversion is not 1.0")
    name = envelope.get("type")
    if not isinstance(name, str) or name not in KINDS:
        raise RefusedError(f"type {name!r} is unknown")
    time = instant(envelope.get("time"))
    if time > now + TOLERATED_AHEAD:
        raise RefusedError("time is more than 5 minutes ahead")
    source, event_id = label(envelope, "source"), label(envelope, "id")
    if not says_json(envelope.get("datacontenttype")):
        raise RefusedError("datacontenttype is not JSON's")
    data = known(data_of(envelope), KINDS[name])
    return Event(name, KINDS[name], (time, source, event_id, digest(data)), data)


def parsed(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST:
        raise RefusedError("larger than 48 KiB")
    document = json_of(body)
    if not isinstance(document, dict):
        raise RefusedError("not a JSON object")
    return document


def json_of(body: bytes) -> Any:
    try:
        # No member is a number, so what a number in an ignored member says is never read.
        document = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=without_repeated_keys,
            parse_constant=no_constant,
            parse_int=lambda _: 0,
            parse_float=lambda _: 0.0,
        )
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise RefusedError("not UTF-8, or a lone surrogate") from None
    except ValueError:
        raise RefusedError("not JSON") from None
    except RecursionError:
        raise RefusedError("nested too deep") from None
    return document


def without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise RefusedError("a key is repeated")
    return dict(pairs)


def no_constant(name: str) -> None:
    raise RefusedError(f"{name} is not JSON")


def label(envelope: dict[str, Any], member: str) -> str:
    value = envelope.get(member)
    if not isinstance(value, str) or not 1 <= len(value) <= 200:
        raise RefusedError(f"{member} is not 1 to 200 characters")
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise RefusedError(f"{member} has a control character")
    return value


def says_json(value: Any) -> bool:
    """Nothing at all, or `application/json` or `application/NAME+json`, with any parameters after it on one line."""
    if value is None:
        return True
    if not isinstance(value, str) or "\n" in value.partition(";")[2]:
        return False
    essence, semicolon, _ = value.partition(";")
    kind, _, name = (essence.rstrip(" \t\n\r\f\v") if semicolon else essence).partition("/")
    before, plus, last = name.rpartition("+")
    suffixed = bool(plus) and re.fullmatch(r"[A-Za-z0-9_.-]+", before) is not None
    return kind.lower() == "application" and last.lower() == "json" and (suffixed or not plus)


RFC_3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)


def instant(value: Any) -> datetime:
    found = RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise RefusedError("time is not RFC 3339 with a zone")
    year, month, day_of_month, hour, minute, second = (int(found[n]) for n in range(1, 7))
    microsecond = int((found[7] or "0")[:6].ljust(6, "0"))
    try:
        zone = offset(found[8], found[9], found[10])
        return datetime(year, month, day_of_month, hour, minute, second, microsecond, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RefusedError("time does not exist") from None


def offset(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None or hours is None or minutes is None:
        return UTC
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError("no such zone")
    behind = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(behind if sign == "+" else -behind)


BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def data_of(envelope: dict[str, Any]) -> Any:
    data, encoded = envelope.get("data"), envelope.get("data_base64")
    if encoded is None:
        return data
    if data is not None:
        raise RefusedError("both data and data_base64")
    if not isinstance(encoded, str) or not BASE64.fullmatch(encoded):
        raise RefusedError("data_base64 is not base64")
    return json_of(binascii.a2b_base64(encoded))


def known(data: Any, kind: Kind) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise RefusedError("data is not an object")
    checks = kind.required | kind.optional
    for member in data:
        if member not in checks:
            raise RefusedError(f"data.{member} is unknown")
    kept = {member: value for member, value in data.items() if value is not None}
    for member in kind.required:
        if member not in kept:
            raise RefusedError(f"data.{member} is missing")
    for member, value in kept.items():
        if not checks[member](value):
            raise RefusedError(f"data.{member} is invalid")
    return kept


def digest(data: dict[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
