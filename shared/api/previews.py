"""Previews: what activating or retiring a rule set would change, and for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, NotRequired, cast

from shared.api.bodies import Body
from shared.api.pages import within_page
from shared.api.parameters import AfterId, Limit, Parameter, id_in_path, text
from shared.api.problems import Problem, bad_request, not_found
from shared.api.route import RULE_MANAGERS, Noun, Route
from shared.api.rule_sets import Version
from shared.api.shapes import FROM_1, STATUSES, Day, Identifier, Moment, Page, Sha256, TypedDict, among, counts
from shared.domain.event_data import IDENTIFIER
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage.previews import ACTIVATE, CHANGES, FINISHED, GAINED, LOST, RETIRE, RUNNING
from shared.storage.previews import Preview as Stored
from shared.storage.rule_sets import ACTIVE

NOUN = Noun(
    "Previews",
    "What activating or retiring a version of the rules would change, before it is done. Nothing is stored or sent.",
)

PreviewId = Annotated[str, id_in_path("the preview", "0123456789abcdef")]
_CHANGE = Annotated[str, "which change", among(CHANGES)]
Change = Annotated[str, Parameter("change", text, _CHANGE, required=True, example=LOST)]

MOST_LISTED = 1000
_PAGES = 20


class Tally(TypedDict):
    """counts"""

    gained: Annotated[int, "who would become eligible"]
    lost: Annotated[int, "who would no longer be"]


class Preview(TypedDict):
    """What activating or retiring a version would change."""

    id: Identifier
    version: Annotated[int, "the version previewed", FROM_1]
    sha256: Annotated[Sha256, "of the version's canonical JSON"]
    state: Annotated[str, "whether it is done", among([RUNNING, FINISHED])]
    action: Annotated[str, "what is previewed", among([ACTIVATE, RETIRE])]
    on: Annotated[Day, "the date decided for"]
    outOfDate: Annotated[bool, "true: the rules changed while it ran, so it ended before everybody was looked at"]
    done: Annotated[int, "customers looked at"]
    startedAt: Annotated[Moment, "when it started"]
    finishedAt: Annotated[Moment | None, "when it was finished; null before"]
    comesIntoForce: Annotated[bool, "false: another version would be in force on that date"]
    inForceThen: Annotated[
        int | None, "the version in force on that date then; null of previews of an older app", FROM_1
    ]
    difference: Annotated[list[Annotated[str, "a difference"]], "to the rules in force on that date, in words"]
    counts: Annotated[dict[str, int], counts("customers by what would change")]
    byCriterion: Annotated[dict[str, Tally], "customers who would gain or lose, by the criteria that decide"]
    byPartner: Annotated[dict[str, Tally], "customers who would gain or lose, by partner"]


class PreviewCustomer(TypedDict):
    """A customer for whom something would change."""

    customerId: Identifier
    status: Annotated[str, "the status then", STATUSES]
    previousStatus: Annotated[str, "the status now", STATUSES]
    eligibleProjects: Annotated[list[Identifier], "eligible projects then, the first twenty"]
    criteria: Annotated[list[Annotated[str, "a criterion's id"]], "the criteria that decide"]


class PreviewRequest(TypedDict):
    """What to preview."""

    action: NotRequired[Annotated[str | None, "what to preview; activate if left out", among([ACTIVATE, RETIRE])]]


@Route(
    NOUN,
    "POST",
    "rule-sets/{version}/preview",
    RULE_MANAGERS,
    "Preview what activating or retiring a version would change",
    "The preview has started; `Location` tells where to follow it.",
    "Decides every customer, as it is when it is looked at, under the rules in force and under those "
    "that would then be. Nothing is sent, and nothing of customers is stored. When the rules change while it runs, "
    "it ends as `outOfDate`.",
    Body(PreviewRequest, {"Of putting it in force": {"action": ACTIVATE}}, required=False),
    status=202,
    problems=(404, 409),
    location="rule-sets/{version}/previews/{id}",
    location_text="where the preview is",
)
async def post_preview(ports: Ports, version: Version, body: PreviewRequest) -> Preview:
    from shared.workflow.change_rules import LastActiveError
    from shared.workflow.preview import start_preview

    action = body.get("action", ACTIVATE)
    if action not in (ACTIVATE, RETIRE):
        raise bad_request(MemberError("$.action", f'is not right; give "{ACTIVATE}" or "{RETIRE}"'))
    await ports.rule_books.book(None)  # the very first question finds the shipped rule set
    stored = await ports.rule_sets.version(version)
    if stored is None:
        raise not_found(f"there is no rule set version {version}")
    if action == RETIRE and stored.state != ACTIVE:
        raise not_active(version, stored.state)
    try:
        return _json(await start_preview(ports, stored, action))
    except LastActiveError as fault:
        raise last_active() from fault


def not_active(version: int, state: str) -> Problem:
    return Problem(409, "Not active", f"rule set version {version} is {state}; only an active one can be retired")


def last_active() -> Problem:
    detail = "no other is in force today; activate one before this one is retired"
    return Problem(409, "Last active rule set", detail)


@Route(
    NOUN,
    "GET",
    "rule-sets/{version}/previews/{id}",
    RULE_MANAGERS,
    "How far a preview has come, and what it found",
    problems=(404,),
)
async def get_preview(ports: Ports, version: Version, preview_id: PreviewId) -> Preview:
    return _json(await load_preview(ports, version, preview_id))


@Route(
    NOUN,
    "GET",
    "rule-sets/{version}/previews/{id}/customers",
    RULE_MANAGERS,
    "Who would gain, lose, or change",
    "Customers by id.",
    problems=(404,),
)
async def list_preview_customers(
    ports: Ports, version: Version, preview_id: PreviewId, after: AfterId, limit: Limit, change: Change
) -> Page[PreviewCustomer]:
    if change not in CHANGES:
        raise bad_request(MemberError("change", f"is not right; give one of {', '.join(CHANGES)}"))
    preview = await load_preview(ports, version, preview_id)
    found: list[PreviewCustomer] = []
    async for customer in _customers(ports, preview, change):
        if customer["customerId"] > after:
            found.append(customer)
            if len(found) > limit:
                break
    items = within_page(found[:limit])
    return {"items": items, "next": items[-1]["customerId"] if len(found) > len(items) else None}


async def load_preview(ports: Ports, version: int, preview_id: str) -> Stored:
    preview = await ports.previews.load(preview_id) if IDENTIFIER.accepts(preview_id) else None
    if preview is None or preview.version != version:
        raise not_found(f"rule set version {version} has no preview {preview_id}")
    return preview


async def lost_customers(ports: Ports, preview: Stored) -> list[str]:
    """Ids of customers who would lose, at most 1,000."""
    lost: list[str] = []
    async for customer in _customers(ports, preview, LOST):
        lost.append(customer["customerId"])
        if len(lost) == MOST_LISTED:
            break
    return lost


async def _customers(ports: Ports, preview: Stored, change: str) -> AsyncIterator[PreviewCustomer]:
    for start_page in range(0, preview.pages, _PAGES):
        for page in await ports.previews.pages(preview, start_page, _PAGES):
            for customer in page.get(change, []):
                yield cast(PreviewCustomer, customer)


def _json(preview: Stored) -> Preview:
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
        "finishedAt": preview.at if preview.state == FINISHED else None,
        "comesIntoForce": preview.comes_into_force,
        "inForceThen": preview.then or None,
        "difference": list(preview.difference),
        "counts": dict(preview.counts),
        "byCriterion": _tallies(preview.by_criterion),
        "byPartner": _tallies(preview.by_partner),
    }


def _tallies(stored: Mapping[str, Mapping[str, int]]) -> dict[str, Tally]:
    return {name: {"gained": tally[GAINED], "lost": tally[LOST]} for name, tally in stored.items()}
