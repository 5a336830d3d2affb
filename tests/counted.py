"""Counts what is done instead of timing it: functions called, and the most of them between two turns of the loop."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType

_TOOL = 4


@dataclass
class Counted:
    """``calls`` of Python functions, whatever thread made them; ``longest``: most on this thread without a ``turn``."""

    calls: int = 0
    since: int = 0
    longest: int = 0

    def turn(self) -> None:
        self.longest, self.since = max(self.longest, self.since), 0


@contextmanager
def counted() -> Iterator[Counted]:
    found, here, events = Counted(), threading.get_ident(), sys.monitoring.events

    def called(_: CodeType, __: int) -> None:
        found.calls += 1
        found.since += threading.get_ident() == here

    sys.monitoring.use_tool_id(_TOOL, "counted")
    sys.monitoring.register_callback(_TOOL, events.PY_START, called)
    sys.monitoring.set_events(_TOOL, events.PY_START)
    try:
        yield found
    finally:
        sys.monitoring.set_events(_TOOL, 0)
        sys.monitoring.free_tool_id(_TOOL)
        found.turn()


@contextmanager
def counted_by_turns() -> Iterator[Counted]:
    """The same, where others have their turn as often as they may."""
    over = asyncio.Event()
    with counted() as found:

        async def beat() -> None:
            while not over.is_set():
                found.turn()
                await asyncio.sleep(0)

        beating = asyncio.ensure_future(beat())
        try:
            yield found
        finally:
            over.set()
            found.turn()
            beating.cancel()
