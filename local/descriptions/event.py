"""The schemas of the events, from the members that are checked.

A schema cannot tell that a time is ahead of the clock, or that a message is longer than 48 KiB. It describes ``data``
alone: what ``data_base64`` holds, which some clients write instead, no schema sees.
"""

from collections.abc import Iterator

from local.descriptions.parts import Schema, closed, nullable, record, ref, text
from shared.domain import events
from shared.domain.event_data import EventData
from shared.domain.events import EVENT_TYPES, EventType


def event_schemas() -> Iterator[tuple[str, Schema]]:
    """Each event's schema by its type, and one for any of them."""
    for name, event_type in EVENT_TYPES.items():
        yield name, _event(name, event_type)
    yield "event", {"description": "One event: a CloudEvent.", "oneOf": [ref(name) for name in EVENT_TYPES]}


def data_schema(data: EventData) -> Schema:
    """The schema of an event's data, which has no other members."""
    optional = {name: nullable(kind.schema) for name, kind in data.optional.items()}
    properties = {name: kind.schema for name, kind in data.required.items()} | optional
    return closed({"type": "object", "required": list(data.required), "properties": properties})


def _event(name: str, event_type: EventType) -> Schema:
    members = {
        "specversion": {"const": "1.0", "description": "the version of CloudEvents"},
        "id": _name("tells this event apart from the others of its source"),
        "source": _name('the system that tells, such as "/billing"'),
        "type": {"const": name, "description": "what kind of event this is"},
        "time": text(
            "when it became so: RFC 3339 with a zone", pattern=_whole(events.TIME.pattern), format="date-time"
        ),
        "subject": {"description": "what the event is about; not read"},
        "traceparent": {"description": "W3C trace context, carried on to notifications; ignored where malformed"},
        "tracestate": {"description": "the rest of it"},
        "datacontenttype": nullable(text('"application/json", or left out', pattern=_JSON_TYPE)),
        "data": {
            **data_schema(event_type.data),
            "description": "the fact; its members depend on the event's type, and any other is rejected",
        },
    }
    return record(event_type.says, members, optional=("subject", "traceparent", "tracestate", "datacontenttype"))


def _name(what: str) -> Schema:
    return text(f"{what}: 1 to 200 characters, none a control character", pattern=_whole(events.NAME.pattern))


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _any_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


_JSON_TYPE = rf"^{_any_case('application')}/([A-Za-z0-9_.-]+\+)?{_any_case('json')}(\s*;.*)?$"
