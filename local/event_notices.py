"""The lines of ``./dev up`` for events that changed nothing and for what in an event was probably not meant.

They are made of the app's own log records of events.
"""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

LOGGER = "eligibility.event"


class EventNotices(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        with suppress(BrokenPipeError):  # no fault of the event: raised, it would be retried and end in quarantine
            for line in lines(made_of(record, "fields")):
                print(line, flush=True)


def made_of(record: logging.LogRecord, part: str) -> dict[str, Any]:
    """What a record of the app was made of: its ``fields``, or what is ``beside`` them; nothing of other records."""
    text = record.args[0] if isinstance(record.args, tuple) and record.args else None
    found = getattr(text, part, None)
    return found if isinstance(found, dict) else {}


def watch_events() -> None:
    """From now on these lines are printed; the records themselves are not shown."""
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    logger.addHandler(EventNotices())
    logger.propagate = False


def lines(fields: dict[str, Any]) -> Iterator[str]:
    """What is shown of a record; an event that is simply applied needs no line."""
    event = f"{fields.get('type')} {fields.get('eventId')}"
    if fields.get("result") == "unchanged":
        yield _printable(f"unchanged {event}  because {_reason(fields)}")
    for warning in fields.get("warnings", ()):
        yield _printable(f"warning   {event}  {warning}")


def _printable(text: str) -> str:
    """An id may have characters that steer a terminal."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _reason(fields: dict[str, Any]) -> str:
    if fields.get("because") == "repeated":
        return "it was applied before"
    standing = f"{fields.get('byId')} of {fields.get('bySource')}, {fields.get('byTime')}"
    return f"{standing}, is kept; to correct it, post a later time"
