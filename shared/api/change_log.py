"""The change log: who changed rules, approved, granted, ended messages in quarantine, imported or erased, and why."""

from __future__ import annotations

from typing import Annotated

from shared.api.pages import within_page
from shared.api.parameters import BeforeCursor, Limit
from shared.api.route import LOG_READERS, Noun, Route
from shared.api.shapes import Moment, Page, TypedDict, among
from shared.ports import Ports
from shared.storage.change_log import ACTIONS, KINDS, LogEntry

NOUN = Noun("Change log", "Who did what that is not an event, when and why.")


class LoggedChange(TypedDict):
    """What somebody did."""

    at: Annotated[Moment, "when"]
    action: Annotated[str, "what was done", among(ACTIONS)]
    kind: Annotated[str, "to what", among(KINDS)]
    subject: Annotated[str, "to which: a version of the rules, a customer, a message's id, a fault of messages, a file"]
    count: Annotated[int, "to how many; 0 where that is not known"]
    detail: Annotated[str | None, "what was approved, which exception, what an import was; null of the others"]
    epoch: Annotated[int | None, "of the rules: what a change made it, what it was at an approval", {"format": "int64"}]
    by: Annotated[str | None, "who; null if nobody was named"]
    verified: Annotated[bool, "true: the caller was signed in; false: the name was given"]
    why: Annotated[str | None, "the reason that was given; null if none was"]
    done: Annotated[bool, "false: it was begun, and it is not known whether it took effect: look at the subject"]


@Route(
    NOUN,
    "GET",
    "log",
    LOG_READERS,
    "Who changed, approved and ended what",
    "Changes, newest first.",
    "Changes of the rules are entered in the transaction that makes them. Others are entered before they are made, and "
    "marked when they were. Entries stay for 400 days.",
)
async def list_changes(ports: Ports, before: BeforeCursor, limit: Limit) -> Page[LoggedChange]:
    entries = await ports.change_log.page(before, limit + 1)
    items = within_page(_told(each) for each in entries[:limit])
    more = len(entries) > len(items)
    return {"items": items, "next": entries[len(items) - 1].place if more else None}


def _told(entry: LogEntry) -> LoggedChange:
    return {
        "at": entry.at,
        "action": entry.action,
        "kind": entry.kind,
        "subject": entry.subject,
        "count": entry.count,
        "detail": entry.detail or None,
        "epoch": entry.epoch or None,
        "by": entry.by or None,
        "verified": entry.verified,
        "why": entry.why or None,
        "done": entry.done,
    }
