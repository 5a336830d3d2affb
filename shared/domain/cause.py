"""Why a customer is decided: an event, a change of rules, a date, an upgrade, a repair."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.trace_context import TraceContext


@dataclass(frozen=True, slots=True)
class Cause:
    """What decisions name as their cause and, beside it and in none of them, the trace it belongs to."""

    named: Mapping[str, str | int]
    trace: TraceContext | None = None


REPAIR = Cause({"kind": "repair"})
ERASURE = Cause({"kind": "erasure"})
"""Of no decision: of the notification of an erasure."""
