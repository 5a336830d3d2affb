"""The routes about quarantine."""

from collections.abc import Iterator

from shared.api_description.json_schema import (
    IDENTIFIER,
    Schema,
    list_of,
    moment,
    named,
    number,
    one_of,
    record,
    ref,
    text,
    titled,
)
from shared.api_description.operation import LIMIT, Operation, after, in_path, page_of
from shared.messaging.sender import Queue
from shared.queries.parameters import CURSOR
from shared.storage.quarantine import KEPT, REDRIVEN

TELLS = "Messages that could not be handled, kept whole."

_FAULT = {"path": text("where"), "message": text("what is wrong")}
_ITEM = {
    "id": text("of the kept message", pattern="^[0-9a-f]{32}$"),
    "queue": one_of("the queue it came from", [each.value for each in Queue]),
    "at": moment("when it was first kept"),
    "reason": text("why"),
    "errors": list_of(titled("quarantined-fault", record("a member at fault", _FAULT))),
    "attempts": number("tries before it was kept"),
    "count": number("how many times it came", 1),
    "state": one_of("whether it was put back", [KEPT, REDRIVEN]),
    "body": text("the message, if it is text"),
    "bodyBase64": text("the message, if it is not", contentEncoding="base64"),
}


def schemas() -> Iterator[tuple[str, Schema]]:
    one_body = {"oneOf": [{"required": ["body"]}, {"required": ["bodyBase64"]}]}
    yield "quarantined", record("A kept message.", _ITEM, optional=("body", "bodyBase64")) | one_body


OPERATIONS = (
    Operation(
        "list_quarantine",
        "GET",
        "quarantine",
        "List the kept messages",
        page_of(ref("quarantined")),
        told="Kept messages, oldest first.",
        parameters=(LIMIT, after(text("", pattern=f"^{CURSOR.pattern}$"))),
    ),
    Operation(
        "redrive",
        "POST",
        "quarantine/{id}/redrive",
        "Put a kept message back on its queue",
        ref("quarantined"),
        told="How the message stands now; one put back before is only told of.",
        parameters=(in_path("id", named(IDENTIFIER, "the kept message"), "0123456789abcdef0123456789abcdef"),),
        status=202,
        problems=(404,),
    ),
)
