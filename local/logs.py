"""Log records as one line each on standard error; the app's JSON as what happened and its fields."""

import json
import logging
import sys
from typing import Any


class OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return " | ".join(line for line in super().format(record).splitlines() if line.strip())

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name the base class gives it
        fields = made_of(record, "fields")
        if fields:
            record.message = _readable(fields)
        return super().formatMessage(record)


def made_of(record: logging.LogRecord, part: str) -> dict[str, Any]:
    """What a record of the app was made of: its ``fields``, or what is ``beside`` them; nothing of other records."""
    text = record.args[0] if isinstance(record.args, tuple) and record.args else None
    found = getattr(text, part, None)
    return found if isinstance(found, dict) else {}


def _readable(line: dict[str, Any]) -> str:
    fields = (f"{name} {json.dumps(value, default=str)}" for name, value in line.items() if name != "what")
    return f"{line['what']}: {', '.join(fields)}"


def set_up_logs(*, everything: bool = False) -> None:
    """From INFO on, of the SDKs from WARNING on; or all there is."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.DEBUG if everything else logging.INFO, handlers=[handler], force=True)
    if not everything:
        logging.getLogger("azure").setLevel(logging.WARNING)  # the SDKs, and the worker library's line per call
