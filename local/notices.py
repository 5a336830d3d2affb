"""The lines of ``./dev up`` for notifications and quarantined messages, made of the app's log records.

Delivery is at least once; a notification that is sent again is marked.
"""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from local.event_notices import made_of, watch_events
from local.setup.app_commands import DEFAULT_URL
from shared.domain.notification import EXPIRING

_LONGEST = 200
NOTIFYING = ("eligibility.event", "eligibility.decision", "eligibility.notification")
QUARANTINE = "eligibility.quarantine"


class Notices(logging.Handler):
    """``address`` is where the app runs; ``closed`` is called when standard output is closed by its reader."""

    def __init__(self, closed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._repeats: Counter[str] = Counter()
        self._closed = closed
        self.address = DEFAULT_URL

    @property
    def summary(self) -> str:
        again = self._repeats.total() - len(self._repeats)
        return f"{len(self._repeats)} notifications sent" + (f" ({again} of them again)" if again else "")

    def emit(self, record: logging.LogRecord) -> None:
        beside = made_of(record, "beside")
        try:
            if isinstance(event := beside.get("notification"), dict):
                self._repeats[str(event.get("id"))] += 1
                print(line(event, self._repeats[str(event.get("id"))] > 1), flush=True)
            elif "reason" in beside:
                print(quarantined(made_of(record, "fields"), str(beside["reason"]), self.address), flush=True)
        except BrokenPipeError:  # no fault of the message: raised, it would be retried and end in quarantine
            self._closed()


def watch(closed: Callable[[], None]) -> Notices:
    """From now on a line for each of these and for each event that is not simply applied; of the app's other records
    only warnings are left to show."""
    notices = Notices(closed)
    logging.getLogger("eligibility").setLevel(logging.WARNING)
    for name in (*NOTIFYING, QUARANTINE):
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(notices)
    logging.getLogger().handlers[0].addFilter(_is_left_to_show)
    watch_events()
    return notices


def _is_left_to_show(record: logging.LogRecord) -> bool:
    """Once is enough."""
    return "reason" not in made_of(record, "beside") and (record.name not in NOTIFYING or record.levelno > logging.INFO)


def line(event: dict[str, Any], again: bool = False) -> str:
    data = event.get("data", {})
    projects = ", ".join(data.get("eligibleProjects") or ())
    shown = f"{'again   ' if again else 'notified'}  {event.get('id', '?'):<14}  {_change(event, data):<26}"
    return f"{shown}  {f'for {projects}  ' if projects else ''}because of {_cause(data.get('cause') or {})}"


def _change(event: dict[str, Any], data: dict[str, Any]) -> str:
    if event.get("type") != EXPIRING:
        before = _status(data.get("previousStatus"), data.get("previousByException"))
        return f"{before} -> {_status(data.get('status'), data.get('byException'))}"
    expiring = data.get("expiring")
    return f"loses it on {expiring['losesOn']}" if expiring else "no loss is near"


def _status(status: object, by_exception: object) -> str:
    return f"{status} by exception" if by_exception else str(status)


def quarantined(fields: dict[str, Any], reason: str, address: str) -> str:
    """Why, and the command that shows all of it. The reason may quote what was sent, even control characters."""
    shown = "".join(each if each.isprintable() else " " for each in reason)
    shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."
    url = "" if address == DEFAULT_URL else f" --url {address}"
    return f"quarantined  {shown}\n             ./dev quarantine show {fields['quarantineId']}{url}"


def _cause(cause: dict[str, Any]) -> str:
    if "type" in cause and "id" in cause:
        return f"{cause['type']} {cause['id']}"
    return ", ".join(f"{name} {value}" for name, value in cause.items()) or "?"
