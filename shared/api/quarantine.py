"""Quarantine: the messages kept there, and how they end: put back, closed, or corrected."""

from __future__ import annotations

from typing import Annotated

from shared.api.bodies import Body
from shared.api.pages import within_page
from shared.api.parameters import AfterCursor, Limit, Parameter, id_in_path, one_of, text
from shared.api.problems import not_found
from shared.api.quarantine_shapes import (
    MOST_IDS,
    Closing,
    ClosingMany,
    Correction,
    HandledMany,
    Quarantined,
    QuarantineGroup,
    Redriving,
    RedrivingMany,
    Resubmitted,
    answer,
)
from shared.api.route import OPERATORS, Caller, Noun, Route, Signed
from shared.api.shapes import Page, among
from shared.ports import Ports
from shared.storage.quarantine_lists import Wanted
from shared.storage.quarantined import STATES
from shared.storage.quarantined import Quarantined as Stored

NOUN = Noun("Quarantine", "Messages that could not be handled, kept whole until somebody acts.")

_ID = "0123456789abcdef0123456789abcdef"
MessageId = Annotated[str, id_in_path("the kept message", _ID)]
State = Annotated[str, Parameter("state", one_of(STATES), Annotated[str, "only those in this state", among(STATES)])]
Source = Annotated[str, Parameter("source", text, Annotated[str, "only events of this source"])]
Fault = Annotated[str, Parameter("fault", text, Annotated[str, "only those of this fault, as `faults` names it"])]
Type = Annotated[str, Parameter("type", text, Annotated[str, "only events of this type"])]


@Route(
    NOUN,
    "GET",
    "quarantine",
    OPERATORS,
    "List the kept messages",
    "Messages, oldest first.",
    "With a filter a page may be short, or empty, though `next` is set.",
)
async def list_quarantine(
    ports: Ports, state: State, source: Source, of_type: Type, fault: Fault, after: AfterCursor, limit: Limit
) -> Page[Quarantined]:
    messages, cursor = await ports.quarantine.page(after, limit, Wanted(state, source, of_type, fault))
    items = within_page(map(answer, messages))
    if len(items) < len(messages):
        cursor = messages[len(items) - 1].place
    return {"items": items, "next": cursor}


@Route(
    NOUN,
    "GET",
    "quarantine/faults",
    OPERATORS,
    "Count the kept messages by fault",
    "Groups, the greatest first.",
)
async def list_faults(ports: Ports) -> Page[QuarantineGroup]:
    counted = await ports.quarantine.count_kept()
    items: list[QuarantineGroup] = [
        {"fault": fault, "count": count, "isAtLeast": False} for fault, count in counted.faults
    ]
    if without := counted.kept - sum(count for _, count in counted.faults):
        items.append({"fault": None, "count": without, "isAtLeast": not counted.all})
    return {"items": items, "next": None}


@Route(NOUN, "GET", "quarantine/{id}", OPERATORS, "One message", "The message, with its reason.", problems=(404,))
async def get_quarantined(ports: Ports, message_id: MessageId) -> Quarantined:
    return answer(await load(ports, message_id))


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/redrive",
    OPERATORS,
    "Put a message back on its queue",
    "How the message stands now; one put back before is only told of.",
    "It goes back whether or not it can succeed; one that fails again is kept again.",
    Body(Redriving, {"With an author": {"author": "Programme office"}}, required=False),
    status=202,
    problems=(404, 409),
)
async def redrive(
    ports: Ports, message_id: MessageId, body: Redriving | None = None, caller: Caller = ""
) -> Quarantined:
    from shared.api.quarantine_endings import redrive_one

    return await redrive_one(ports, message_id, body or {}, caller)


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/close",
    OPERATORS,
    "Mark a message as done",
    "How the message stands now; one that was done before is only told of.",
    body=Body(Closing, {"Corrected elsewhere": {"reason": "corrected by inv-88122", "author": "Programme office"}}),
    problems=(404,),
)
async def close_quarantined(ports: Ports, message_id: MessageId, body: Closing, caller: Caller = "") -> Quarantined:
    from shared.api.quarantine_endings import close_one

    return await close_one(ports, message_id, body, caller)


def _correction() -> Correction:
    from shared.api.events import EXAMPLE
    from shared.own_json import compact_bytes

    return {"body": compact_bytes(EXAMPLE).decode(), "author": "Programme office"}


@Route(
    NOUN,
    "POST",
    "quarantine/{id}/resubmit",
    OPERATORS,
    "Queue a corrected event in a message's place",
    "How the message stands now; the corrected event is on the queue.",
    "The event is checked as `POST events` checks it: with app roles, an exception takes the role `Exceptions.Manage` "
    "as well. A repeat with the same event queues nothing more.",
    Body(Correction, {"A corrected event": _correction}),
    status=202,
    problems=(404, 409),
)
async def resubmit_quarantined(
    ports: Ports, message_id: MessageId, body: Correction, signed: Signed = None
) -> Resubmitted:
    from shared.api.granting import Granter
    from shared.api.quarantine_endings import resubmit_one

    return await resubmit_one(ports, message_id, body, Granter(signed))


_MANY = f"""\
By `ids`, at most {MOST_IDS}, or by `fault`, as `GET quarantine/faults` names it: of a group each call looks at
{MOST_IDS}, oldest first. Only kept messages are changed."""


@Route(
    NOUN,
    "POST",
    "quarantine/close",
    OPERATORS,
    "Mark many messages as done",
    "What became of each.",
    _MANY,
    Body(ClosingMany, {"A group, to see which": {"fault": "$.*", "reason": "sent by a test", "dryRun": True}}),
)
async def close_many(ports: Ports, body: ClosingMany, caller: Caller = "") -> HandledMany:
    from shared.api.quarantine_many import close_those

    return await close_those(ports, body, caller)


@Route(
    NOUN,
    "POST",
    "quarantine/redrive",
    OPERATORS,
    "Put many messages back",
    "What became of each.",
    f"{_MANY} One that this version's checks would not pass stays kept; by id alone it goes back all the same.",
    Body(RedrivingMany, {"A group, to see which": {"fault": "$.time", "dryRun": True}}),
)
async def redrive_many(ports: Ports, body: RedrivingMany, caller: Caller = "") -> HandledMany:
    from shared.api.quarantine_many import redrive_those

    return await redrive_those(ports, body, caller)


async def load(ports: Ports, message_id: str) -> Stored:
    """Raises Problem 404."""
    message = await ports.quarantine.load(message_id)
    if message is None:
        raise not_found(f"no message {message_id} is in quarantine")
    return message
