"""Reads one event from the bytes of a message, or names every member at fault.

A message is one CloudEvents 1.0 event in structured JSON mode; ``event_data`` says what is right for each member of its
data, where an unknown one is a fault: a misspelt end would otherwise never come. Unknown members beside ``data`` are
extension attributes, and ignored.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from shared.domain.cause import Cause
from shared.domain.decision import JsonObject
from shared.domain.event_data import EventData, fault, shown
from shared.domain.facts import CUSTOMER, DESCRIBED, FACTS, Fact, Kind
from shared.domain.registers import Register
from shared.domain.strict_json import parse_json
from shared.domain.trace_context import TraceContext
from shared.errors import MemberError, PermanentError

MAX_EVENT_BYTES = 48 * 1024
MAX_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class EventType:
    """What one ``type`` of event says and writes: a fact and the members of its data."""

    fact: type[Fact]
    says: str
    data: EventData


EVENT_TYPES: Mapping[str, EventType] = {
    name: EventType(fact, says, fact.event_data()) for fact in FACTS.values() for name, says in fact.events
}


@dataclass(frozen=True, slots=True)
class Event:
    """One accepted event: the register of ``owner_id`` that it challenges, and the value it brings.

    The trace it belongs to says nothing of the fact: events that differ in it alone are equal.
    """

    kind: Kind
    owner_id: str
    key: str
    register: Register
    trace: TraceContext | None = field(default=None, compare=False)

    @property
    def is_about_customer(self) -> bool:
        return FACTS[self.kind].whose == CUSTOMER

    @property
    def is_description(self) -> bool:
        """Whether no rule reads what it brings."""
        return self.kind in DESCRIBED

    @property
    def cause(self) -> Cause:
        """Why a decision is made because of this event."""
        register = self.register
        named = {"kind": "event", "source": register.source, "id": register.id, "type": register.type}
        return Cause(named, self.trace)


def parse_event(body: bytes, now: datetime) -> Event:
    """The event in a message's ``body``; raises PermanentError."""
    if len(body) > MAX_EVENT_BYTES:
        reason = f"the message has {len(body)} bytes; at most {MAX_EVENT_BYTES} are taken"
        raise PermanentError(reason, (MemberError("$", reason),))
    value = parse_json(body)
    if isinstance(value, list | str):
        what, reason = _NO_MESSAGES[type(value)]
        raise PermanentError(f"{what}: {reason}", (MemberError("$", reason),))
    return read_event(value, now)


_NO_MESSAGES = {
    list: ("a batch", "is a list; send each event as a message of its own (POST /api/events takes a list)"),
    str: ("text in quotes", "is a JSON string; send the event's JSON itself, which the client must not encode again"),
}
"""What clients send instead of an event, and why it is none."""


def read_event(value: object, now: datetime, path: str = "$") -> Event:
    """The event in a JSON ``value`` found at ``path``; raises PermanentError with every fault."""
    if not isinstance(value, dict):
        raise PermanentError("not a CloudEvent", (MemberError(path, "is not an object; send one CloudEvent"),))
    errors = [*_envelope_faults(value, path)]
    event_type = EVENT_TYPES.get(value["type"]) if isinstance(value.get("type"), str) else None
    time = _read_time(value.get("time"), now, path, errors)
    data = _read_data(value, event_type, path, errors)
    if errors or event_type is None or time is None:
        reason = "; ".join(f"{error.path}: {error.message}" for error in errors[:3])
        raise PermanentError(reason, tuple(errors))
    key = "~".join(data.get(name, "") for name in event_type.fact.key)
    register = Register(data, value["type"], time, value["source"], value["id"])
    return Event(event_type.fact.kind, data[event_type.fact.whose], key, register, TraceContext.of(value))


NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,200}")
_JSON_TYPE = re.compile(r"application/([\w.-]+\+)?json(\s*;.*)?", re.IGNORECASE | re.ASCII)


def _envelope_faults(value: JsonObject, path: str) -> list[MemberError]:
    checks = {
        "specversion": (value.get("specversion") == "1.0", '"1.0"'),
        "id": (_is_name(value.get("id")), "a string of 1 to 200 characters, none a control character"),
        "source": (_is_name(value.get("source")), "a string of 1 to 200 characters, none a control character"),
        "type": (_is_known_type(value.get("type")), f"one of {', '.join(EVENT_TYPES)}"),
        "datacontenttype": (is_json_type(value.get("datacontenttype")), '"application/json", or leave it out'),
    }
    return [fault(f"{path}.{name}", value.get(name), right) for name, (good, right) in checks.items() if not good]


def _is_name(value: object) -> bool:
    return isinstance(value, str) and NAME.fullmatch(value) is not None


def _is_known_type(value: object) -> bool:
    return isinstance(value, str) and value in EVENT_TYPES


def is_json_type(value: object) -> bool:
    """Whether a ``datacontenttype`` is a JSON one; absent it is."""
    return value is None or (isinstance(value, str) and _JSON_TYPE.fullmatch(value) is not None)


TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6})\d*)?(?:([Zz])|([+-](?:[01]\d|2[0-3]):[0-5]\d))", re.ASCII
)


def _read_time(value: object, now: datetime, path: str, errors: list[MemberError]) -> str | None:
    try:
        time = _utc(value)
    except (ValueError, OverflowError):
        right = 'a time of RFC 3339 with its zone, such as "2026-03-02T09:30:00Z"'
        errors.append(fault(f"{path}.time", value, right))
        return None
    if time > now + MAX_AHEAD:
        message = f"is more than 5 minutes ahead of the clock ({now.isoformat(timespec='seconds')}); correct it"
        errors.append(MemberError(f"{path}.time", message))
    return utc_text(time)


def utc_text(moment: datetime) -> str:
    """A moment in UTC as RFC 3339 text that sorts by time."""
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _utc(value: object) -> datetime:
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not RFC 3339")
    day, clock, fraction, _, offset = found.groups()
    micros = (fraction or "").ljust(6, "0")
    return datetime.fromisoformat(f"{day}T{clock}.{micros}{offset or '+00:00'}").astimezone(UTC)


def _read_data(envelope: JsonObject, event_type: EventType | None, path: str, errors: list[MemberError]) -> JsonObject:
    value, encoded = envelope.get("data"), envelope.get("data_base64")
    if encoded is not None:
        try:
            value = _decoded(encoded) if value is None else _refuse("is given beside data; give one of them")
        except ValueError as refused:
            errors.append(MemberError(f"{path}.data_base64", str(refused)))
            return {}
    if not isinstance(value, dict):
        errors.append(fault(f"{path}.data", value, "an object with the members of this type"))
        return {}
    return _known_data(value, event_type.data, f"{path}.data", errors) if event_type else {}


def _decoded(text: object) -> object:
    """The JSON value that .NET's client writes in base64; raises ValueError."""
    try:
        body = base64.b64decode(text, validate=True) if isinstance(text, str) else _refuse("no text")
    except ValueError:
        return _refuse(f"{shown(text)} is not right; give JSON in base64, or data as it is")
    try:
        return parse_json(body)
    except PermanentError as refused:
        return _refuse(f"is base64 of something else than JSON ({refused.reason}); give JSON in base64")


def _refuse(reason: str) -> NoReturn:
    raise ValueError(reason)


def _known_data(value: JsonObject, data: EventData, path: str, errors: list[MemberError]) -> JsonObject:
    known = data.members
    given = {name: member for name, member in value.items() if member is not None}
    wrong, unknown = [*data.wrong(given)], [name for name in value if name not in known]
    if wrong or unknown:
        from shared.domain.suggestions import unknown_members, value_fault  # no good event should wait for it

        errors += [value_fault(f"{path}{place}", at, kind) for place, at, kind in wrong]
        errors += unknown_members(unknown, known, path)
    return {name: given[name] for name in known if name in given}
