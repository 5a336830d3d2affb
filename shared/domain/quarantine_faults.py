"""Names the fault of a quarantined message so that messages with the same one are a group.

There are few names, whatever is sent: a member at fault is named if the type has it, and what quotes the message is
left out of reasons.
"""

import re
from collections.abc import Container, Sequence
from typing import Final

from shared.domain.events import EVENT_TYPES, MAX_EVENT_BYTES, NAME
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PermanentError

MAX_FAULT = 120
"""Characters of a name."""
_ENVELOPE: Final = ("specversion", "id", "source", "type", "time", "datacontenttype", "data_base64", "data")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_OWNER: Final = re.compile(r"\b(customer|partner) \S+")
_NUMBER: Final = re.compile(r"\d+")


def named_in(body: bytes) -> tuple[str, str]:
    """Source and type of the event in a message; empty where they cannot be read."""
    if len(body) > MAX_EVENT_BYTES:
        return "", ""
    try:
        value = parse_json(body)
    except PermanentError:
        return "", ""
    found = [value.get("source"), value.get("type")] if isinstance(value, dict) else [None, None]
    source, of_type = (each if isinstance(each, str) and NAME.fullmatch(each) else "" for each in found)
    return source, of_type


def fault_of(reason: str, errors: Sequence[MemberError], of_type: str) -> str:
    """``fasttrack.spend.updated.v1: $.data.currency``, or the reason without what it quotes."""
    path = errors[0].path if errors else "$"
    if not path.startswith("$."):
        return _general(reason)
    known = EVENT_TYPES.get(of_type)
    place = _place(path, known.data.members if known else ())
    return f"{of_type}: {place}" if known else place


def _place(path: str, members: Container[str]) -> str:
    """Of the first member at fault, without numbers and names that only this message has."""
    first, *more = re.split(r"[.\[]", path.removeprefix("$."))
    if first != "data" or not more:
        return f"$.{first}" if first in _ENVELOPE else "$.*"
    return f"$.data.{more[0]}" if more[0] in members else "$.data.*"


def _general(reason: str) -> str:
    text = _OWNER.sub(r"\1 …", _QUOTED.sub("…", reason))
    return _NUMBER.sub("N", text)[:MAX_FAULT]
