"""W3C trace context, as the members that the distributed-tracing extension of CloudEvents puts beside an event's own.

What is malformed is ignored, as every extension is that the contract does not know.
"""

import re
from dataclasses import dataclass

from shared.domain.decision import JsonObject

MAX_STATE = 512
"""Characters of a ``tracestate`` that is carried: what W3C asks to carry at least. A longer one is left out whole."""
MAX_STATE_MEMBERS = 32

_IDS = r"(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
_PARENT = re.compile(rf"00-({_IDS})")
_LATER_PARENT = re.compile(rf"(?!ff)[0-9a-f]{{2}}-({_IDS})(?:-[!-~]*)?")
"""A later version may add fields, but starts with those of version 00."""

_KEY = r"(?:[a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})"
_VALUE = r"[ -+\--<>-~]{0,255}[!-+\--<>-~]"
_STATE_MEMBER = re.compile(f"({_KEY})={_VALUE}")


@dataclass(frozen=True, slots=True)
class TraceContext:
    """Where in a trace something was made."""

    traceparent: str
    tracestate: str = ""

    @classmethod
    def of(cls, envelope: JsonObject) -> "TraceContext | None":
        """The trace context among an event's members."""
        parent, state = envelope.get("traceparent"), envelope.get("tracestate")
        if not isinstance(parent, str):
            return None
        pattern = _PARENT if parent.startswith("00") else _LATER_PARENT
        found = pattern.fullmatch(parent)
        return cls(f"00-{found[1]}", _state(state) if isinstance(state, str) else "") if found else None

    def members(self) -> dict[str, str]:
        """What an event made there says of it."""
        state = {"tracestate": self.tracestate} if self.tracestate else {}
        return {"traceparent": self.traceparent, **state}


def _state(text: str) -> str:
    """Without white space and empty members; empty if any member is malformed or repeated."""
    members = [member for part in text[: MAX_STATE + 1].split(",") if (member := part.strip(" \t"))]
    found = [_STATE_MEMBER.fullmatch(member) for member in members]
    keys = {each[1] for each in found if each}
    good = len(text) <= MAX_STATE and len(members) <= MAX_STATE_MEMBERS and len(keys) == len(members)
    return ",".join(members) if good else ""
