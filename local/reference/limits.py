"""The reference of the limits, with the figures that the code uses."""

from datetime import timedelta

from local.reference.markdown import table
from shared import together
from shared.api import bodies, check, parameters
from shared.api import events as posted
from shared.domain import customer_state, events
from shared.domain.notification import MAX_TREE_BYTES
from shared.rules import cases, criteria_document, document
from shared.storage import customers, partners
from shared.workflow import keep

_QUARANTINE = "the message goes to quarantine"


def limits() -> str:
    return table(("what", "limit", "beyond it"), _ROWS)


def _size(size: int) -> str:
    return f"{size // 1024 // 1024} MiB" if size % (1024 * 1024) == 0 else f"{size // 1024} KiB"


_ROWS = (
    ("an event, as JSON in UTF-8", _size(events.MAX_EVENT_BYTES), f"{_QUARANTINE}; over HTTP 400"),
    (
        "an event's `time` ahead of the clock",
        f"{events.MAX_AHEAD.seconds // 60} minutes",
        f"{_QUARANTINE}; over HTTP 400",
    ),
    ("events in one `POST events`", f"{posted.MAX_BATCH}", "400, none is queued"),
    ("the body of `POST events`", _size(posted.MAX_EVENTS_BYTES), "413"),
    ("the body of any other request", _size(bodies.MAX_BODY_BYTES), "413"),
    (
        "a message that fails for what is not its fault",
        f"{keep.LONGEST_RETRIED // timedelta(hours=1)} hours of retries, 1 to 15 minutes apart",
        _QUARANTINE,
    ),
    ("events of one customer or partner decided together", f"{together.MOST}", "the next ones are decided after them"),
    ("facts of a customer", f"{customer_state.MAX_FACTS:,}", f"{_QUARANTINE} if it adds a fact"),
    (
        "stored facts of a customer, compressed; with a fact replaced",
        f"{_size(customers.MAX_STATE_BYTES_AFTER_NEW_FACT)}; {_size(customers.MAX_STATE_BYTES)}",
        _QUARANTINE,
    ),
    ("facts of a partner", f"{partners.MAX_FACTS:,}", f"{_QUARANTINE} if it adds a fact"),
    ("a notification", "32 KiB", "its lists are cut, and a member `…Omitted` counts what was left out"),
    (
        "the criteria in a recorded decision",
        _size(MAX_TREE_BYTES),
        "those that decided stay, `omitted` counts the rest",
    ),
    ("a rule set's document", _size(document.MAX_DOCUMENT_BYTES), "422"),
    ("criteria in a rule set", f"{criteria_document.MOST_CRITERIA}", "422"),
    ("nesting of criteria", f"{criteria_document.DEEPEST} deep", "422"),
    ("golden cases of a rule set", f"{cases.MOST_CASES}", "422"),
    ("questions in one `POST check`", f"{check.MAX_QUESTIONS}", "400"),
    ("facts in one question", f"{check.MAX_FACTS:,}", "422"),
    ("`limit` of a list", f"1 to {parameters.MAX_LIMIT:,}, {parameters.DEFAULT_LIMIT} if absent", "400"),
)
