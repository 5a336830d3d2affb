"""Notifications as readable lines.

Arrives: records of the logger ``eligibility.notification``. Leaves: one line each on standard output, and how many
there were; delivery is at least once, so a repeat is shown as one.
"""

import logging
from collections import Counter
from typing import Any

from local.event_notices import watch_events
from local.logs import made_of

LOGGER = "eligibility.notification"


class Notices(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self._repeats: Counter[str] = Counter()

    @property
    def summary(self) -> str:
        again = self._repeats.total() - len(self._repeats)
        return f"{len(self._repeats)} notifications sent" + (f" ({again} of them again)" if again else "")

    def emit(self, record: logging.LogRecord) -> None:
        event = made_of(record, "beside").get("notification")
        if isinstance(event, dict):
            self._repeats[str(event.get("id"))] += 1
            print(line(event, self._repeats[str(event.get("id"))] > 1), flush=True)


def watch() -> Notices:
    """From now on a line for each notification and each event that is not simply applied; of the app's other records
    only warnings are left to show."""
    notices = Notices()
    logging.getLogger("eligibility").setLevel(logging.WARNING)
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    logger.addHandler(notices)
    logger.propagate = False  # once is enough
    watch_events()
    return notices


def line(event: dict[str, Any], again: bool = False) -> str:
    data = event.get("data", {})
    projects = ", ".join(data.get("eligibleProjects") or ())
    change = f"{data.get('previousStatus')} -> {data.get('status')}"
    shown = f"{'again   ' if again else 'notified'}  {event.get('id', '?'):<14}  {change:<26}"
    return f"{shown}  {f'for {projects}  ' if projects else ''}because of {_cause(data.get('cause') or {})}"


def _cause(cause: dict[str, Any]) -> str:
    if "type" in cause and "id" in cause:
        return f"{cause['type']} {cause['id']}"
    return ", ".join(f"{name} {value}" for name, value in cause.items()) or "?"
