"""Enters in the change log what somebody does to something other than the rules.

The entry is written before the change, as one that is not done, and marked when the change was made. If the process
dies in between, the log says that it was begun and that nobody knows whether it took effect.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from shared.domain.who import Who
from shared.errors import PassingError
from shared.logs import Log
from shared.ports import Ports
from shared.storage.change_log import LogEntry
from shared.storage.store import Conflict
from shared.workflow.decide import until_first

_log = Log("change_log")


@dataclass(slots=True)
class Deed:
    """What came of it: how many things were changed; of none nothing is logged."""

    count: int = 1


@asynccontextmanager
async def logged(
    ports: Ports, action: str, kind: str, subject: str, who: Who, why: str = "", detail: str = ""
) -> AsyncIterator[Deed]:
    """Around a change that a person makes: enter it, then mark it as done, or take it back where ``count`` is 0 in the
    end. What the change raises leaves the entry as begun."""

    async def begin() -> LogEntry:
        mark = f"{ports.chance.getrandbits(32):x}"
        of_whom = who.name, who.verified, why, detail
        entry = LogEntry(ports.timestamp(), action, kind, subject, *of_whom, count=0, done=False, mark=mark)
        return await ports.change_log.enter(entry)

    entry, deed = await until_first(ports, begin), Deed()
    yield deed
    await _end(ports, entry, deed.count)


async def _end(ports: Ports, entry: LogEntry, count: int) -> None:
    """The change is made whatever becomes of this: it is not reported as failed."""
    try:
        if not count:
            await ports.change_log.drop(entry)
            return
        with suppress(Conflict):  # an answer was lost, and our own write was first
            await ports.change_log.save(replace(entry, count=count, done=True))
    except PassingError as fault:
        _log.warning("entry stays as begun", action=entry.action, fault=type(fault).__name__)
