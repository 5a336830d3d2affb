"""The reference of the events: what each type says, the register it writes, its members, an example if the sample
programme has one."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from local.descriptions.catalogue import published
from local.reference.markdown import code, codes, fenced, table
from shared.domain.events import EVENT_TYPES, EventType

SAMPLES = Path(__file__).parents[2] / "samples" / "events.jsonl"


def event_types() -> str:
    """One line for each type."""
    rows = (
        (f"[`{name}`](#{_anchor(name)})", published(name)["description"], _register(event_type))
        for name, event_type in EVENT_TYPES.items()
    )
    return table(("`type`", "says", "register: kind (key)"), rows)


def event_members() -> str:
    """A section for each type."""
    return "\n".join(_section(name, event_type) for name, event_type in EVENT_TYPES.items())


def envelope() -> str:
    """The members beside ``data``; they are the same for every type."""
    schema = published(next(iter(EVENT_TYPES)))
    rows = (
        (code(name), _needed(name in schema["required"]), _right(member))
        for name, member in schema["properties"].items()
        if name != "data"
    )
    return table(("member", "needed", "what it is"), rows)


def _right(member: Mapping[str, Any]) -> str:
    if member.get("description") == "what kind of event this is":
        return "one of the types above"
    said = str(member.get("description", ""))
    return f'"{member["const"]}": {said}' if "const" in member else said


def _needed(required: bool) -> str:
    return "required" if required else "optional"


def _register(event_type: EventType) -> str:
    fact = event_type.fact
    return f"{fact.kind} ({codes((fact.whose, *fact.key))})"


def _section(name: str, event_type: EventType) -> str:
    members = ((code(each), _needed(each in event_type.data.required), right) for each, right in _members(event_type))
    event = _samples().get(name)
    example = fenced("json", _example(event)) if event else ""
    return (
        f"### {name}\n\n{published(name)['description']} Register: {_register(event_type)}. "
        f"[JSON Schema](../../shared/api/published/schemas/{name}.json).\n\n"
        f"{table(('member of `data`', 'needed', 'right is'), members)}\n"
        f"{example}"
    )


def _members(event_type: EventType) -> Iterator[tuple[str, str]]:
    yield from ((name, kind.right) for name, kind in event_type.data.members.items())


def _example(event: Mapping[str, Any]) -> str:
    data = json.dumps(event["data"])
    head = {member: value for member, value in event.items() if member != "data"}
    return f'{json.dumps(head)[:-1]},\n "data": {data}}}'


@cache
def _samples() -> Mapping[str, Any]:
    """The sample programme's first event of each type."""
    found: dict[str, Any] = {}
    for line in SAMPLES.read_text("utf-8").splitlines():
        try:
            event = json.loads(line)
        except ValueError:  # some samples are broken on purpose
            continue
        if isinstance(event, dict) and isinstance(event.get("data"), dict):
            found.setdefault(str(event.get("type")), event)
    return found


def _anchor(name: str) -> str:
    return name.replace(".", "")
