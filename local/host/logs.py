"""Log records as one line each on standard error; a message that is a JSON object as words."""

import json
import logging
import sys


class OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return " | ".join(line for line in super().format(record).splitlines() if line.strip())

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name the base class gives it
        record.message = _readable(record.message)
        return super().formatMessage(record)


def _readable(message: str) -> str:
    """A JSON object as the value of its first member, then the other members; any other text as it is."""
    if not message.startswith("{"):
        return message
    try:
        (_, first), *others = json.loads(message).items()
    except ValueError:
        return message
    return f"{first}: {', '.join(f'{name} {json.dumps(value)}' for name, value in others)}"


def set_up_logs(*, everything: bool = False) -> None:
    """From INFO on, of the SDKs from WARNING on; or all there is."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.DEBUG if everything else logging.INFO, handlers=[handler], force=True)
    if not everything:
        logging.getLogger("azure").setLevel(logging.WARNING)  # the SDKs, and the worker library's line per call
