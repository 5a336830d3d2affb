"""Questions about previews of rule sets."""

from collections.abc import AsyncIterator

from shared.domain.decision import JsonObject
from shared.domain.event_data import IDENTIFIER
from shared.errors import MemberError
from shared.ports import Ports
from shared.queries.bodies import object_body
from shared.queries.bounded import within_page
from shared.queries.problems import Problem, bad_request, not_found
from shared.storage.previews import ACTIVATE, RETIRE, Preview
from shared.storage.rule_sets import ACTIVE
from shared.workflow.change_rules import LastActiveError
from shared.workflow.preview import CHANGES, LOST
from shared.workflow.preview import start_preview as start

MOST_LISTED = 1000
_PAGES = 20


async def post_preview(ports: Ports, version: int, body: bytes = b"") -> JsonObject:
    """Start to compare what activating a version, or retiring it, would put in force with what is."""
    action = object_body(body, ("action",), optional=True).get("action", ACTIVATE)
    if action not in (ACTIVATE, RETIRE):
        raise bad_request(MemberError("$.action", f'is not right; give "{ACTIVATE}" or "{RETIRE}"'))
    await ports.rule_books.book(None)  # the very first question finds the shipped rule set
    stored = await ports.rule_sets.version(version)
    if stored is None:
        raise not_found(f"there is no rule set version {version}")
    if action == RETIRE and stored.state != ACTIVE:
        raise not_active(version, stored.state)
    try:
        return _json(await start(ports, stored, action))
    except LastActiveError as fault:
        raise last_active() from fault


def not_active(version: int, state: str) -> Problem:
    return Problem(409, "Not active", f"rule set version {version} is {state}; only an active one can be retired")


def last_active() -> Problem:
    detail = "no other is in force today; activate one before this one is retired"
    return Problem(409, "Last active rule set", detail)


async def get_preview(ports: Ports, version: int, preview_id: str) -> JsonObject:
    """How far it has come, and what it found."""
    return _json(await load_preview(ports, version, preview_id))


async def list_preview_customers(
    ports: Ports, version: int, preview_id: str, change: str, after: str, limit: int
) -> JsonObject:
    """The customers of one kind of change, by id."""
    if change not in CHANGES:
        raise bad_request(MemberError("change", f"is not right; give one of {', '.join(CHANGES)}"))
    preview = await load_preview(ports, version, preview_id)
    found: list[JsonObject] = []
    async for told in _told(ports, preview, change):
        if told["customerId"] > after:
            found.append(told)
            if len(found) > limit:
                break
    items = within_page(found[:limit])
    return {"items": items, "next": items[-1]["customerId"] if len(found) > len(items) else None}


async def load_preview(ports: Ports, version: int, preview_id: str) -> Preview:
    preview = await ports.previews.load(preview_id) if IDENTIFIER.accepts(preview_id) else None
    if preview is None or preview.version != version:
        raise not_found(f"rule set version {version} has no preview {preview_id}")
    return preview


async def lost_customers(ports: Ports, preview: Preview) -> list[str]:
    """Ids of customers who would lose, at most 1,000."""
    lost: list[str] = []
    async for told in _told(ports, preview, LOST):
        lost.append(told["customerId"])
        if len(lost) == MOST_LISTED:
            break
    return lost


async def _told(ports: Ports, preview: Preview, change: str) -> AsyncIterator[JsonObject]:
    for start_page in range(0, preview.pages, _PAGES):
        for page in await ports.previews.pages(preview, start_page, _PAGES):
            for told in page.get(change, []):
                yield told


def _json(preview: Preview) -> JsonObject:
    return {
        "id": preview.id,
        "version": preview.version,
        "sha256": preview.sha256,
        "state": preview.state,
        "action": preview.action,
        "on": preview.on,
        "outOfDate": preview.out_of_date,
        "done": preview.done,
        "startedAt": preview.started_at,
        "finishedAt": preview.at if preview.state == "finished" else None,
        "comesIntoForce": preview.comes_into_force,
        "inForceThen": preview.then or None,
        "difference": list(preview.difference),
        "counts": dict(preview.counts),
        "byCriterion": {name: dict(counts) for name, counts in preview.by_criterion.items()},
        "byPartner": {name: dict(counts) for name, counts in preview.by_partner.items()},
    }
