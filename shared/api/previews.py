"""Population questions: what other rules, another day or other facts of partners would change, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, NotRequired, cast

from shared.api.bodies import Body
from shared.api.called import called, names_of
from shared.api.pages import within_page
from shared.api.parameters import AfterCursor, AfterId, Limit, Parameter, id_in_path, text
from shared.api.preview_results import Preview, PreviewCustomer, PreviewItem, item_json, preview_json
from shared.api.problems import Problem, bad_request, not_found
from shared.api.route import READERS, RULE_MANAGERS, Noun, Route
from shared.api.rule_sets import Version
from shared.api.shapes import FROM_1, Day, Identifier, Page, RuleSetDocument, TypedDict, among, ref
from shared.domain.decision import JsonObject
from shared.domain.event_data import IDENTIFIER
from shared.domain.named import Named
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage.previews import ACTIVATE, CHANGES, LOST, RETIRE
from shared.storage.questions import COMPARISON, Question
from shared.storage.rule_sets import ACTIVE

if TYPE_CHECKING:
    from shared.workflow.population.results import Cursor, Result

NOUN = Noun(
    "Previews",
    "What other rules, another day or other facts of partners would change, before it is so. Nothing of customers is "
    "stored, and nothing is sent.",
)

PreviewId = Annotated[str, id_in_path("the preview", "0123456789abcdef")]
_CHANGE = Annotated[str, "which change", among(CHANGES)]
Change = Annotated[str, Parameter("change", text, _CHANGE, required=True, example=LOST)]

_CRITERION = Annotated[str, "only customers for whom this criterion decides, by its id"]
Criterion = Annotated[str, Parameter("criterion", text, _CRITERION)]
_PARTNER = Annotated[str, "only customers of this partner, by the partners that the list names"]
OfPartner = Annotated[str, Parameter("partner", text, _PARTNER)]

MOST_LISTED = 1000
_FIRST = (0, 0, 0)
MOST_PARTNERS = 20
MAX_TITLE = 200
_BUSY = "the preview has not begun: four questions are running; wait until one of them is finished"


class PreviewRequest(TypedDict):
    """What to preview."""

    action: NotRequired[Annotated[str | None, "what to preview; activate if left out", among([ACTIVATE, RETIRE])]]


class AskedOf(TypedDict):
    """what everybody is compared with, at least one of these; a document or a version, not both"""

    ruleSetVersion: NotRequired[Annotated[int | None, "the rules would be these, a draft for instance", FROM_1]]
    document: NotRequired[RuleSetDocument | None]
    on: NotRequired[
        Annotated[
            Day | None,
            "as of this day; if left out today, or the day from which the rules are effective if that is later",
        ]
    ]
    partners: NotRequired[
        Annotated[
            list[Annotated[JsonObject, ref("given-partner")]] | None,
            "the facts of these partners would be others: they are applied over the stored ones",
            {"minItems": 1, "maxItems": MOST_PARTNERS},
        ]
    ]


class AskedAbout(TypedDict):
    """about whom; everybody if left out"""

    partnerIds: NotRequired[
        Annotated[
            list[Identifier] | None,
            "customers attached to one of these partners",
            {"minItems": 1, "maxItems": MOST_PARTNERS},
        ]
    ]


class PopulationQuestion(TypedDict):
    """A question about everybody, or about the customers of some partners."""

    title: NotRequired[Annotated[str | None, "what it is about, on one line", {"maxLength": MAX_TITLE}]]
    to: AskedOf
    only: NotRequired[AskedAbout | None]


_ENDING: JsonObject = {
    "partnerId": "P-fabrikam",
    "competencies": [
        {
            "competency": "cloud-business-applications",
            "area": "finance-and-operations",
            "level": "gold",
            "validFrom": "2024-01-01",
            "validUntil": "2026-12-31",
        }
    ],
}


@Route(
    NOUN,
    "POST",
    "previews",
    READERS,
    "Ask what would change for everybody",
    "The preview has started; `Location` tells where to follow it.",
    "Compares every customer, as it is when it is looked at, with the same customer under what is given in `to`. "
    "With rules it is compared with the rules that would be in force on that day without them; with partners, whose "
    "customers alone are then asked about, with the stored facts as of the same day; with a day alone, with today. "
    "With rules and partners, the other side has neither. When the rules change while it runs, it ends as "
    "`outOfDate`. At most four run at once (429).",
    Body(
        PopulationQuestion,
        {
            "Who loses it by a day": {"title": "Losses by 31 March", "to": {"on": "2027-03-31"}},
            "A partner's competency ends": {"to": {"partners": [_ENDING], "on": "2027-01-01"}},
        },
    ),
    status=202,
    problems=(404, 409, 422, 429),
    location="previews/{id}",
    location_text="where the preview is",
)
async def post_question(ports: Ports, body: PopulationQuestion) -> Preview:
    from shared.api.population_question import parse_asked  # no event should wait for it
    from shared.workflow.population.asking import ask
    from shared.workflow.population.walk import TooManyQuestionsError

    try:
        question = await ask(ports, await parse_asked(ports, cast(JsonObject, body)))
    except TooManyQuestionsError as fault:
        raise _busy() from fault
    return await _begun(ports, question)


@Route(NOUN, "GET", "previews", READERS, "List the previews", "Previews without what they found, newest first.")
async def list_previews(ports: Ports, after: AfterId, limit: Limit) -> Page[PreviewItem]:
    """A page of the longest fits an answer."""
    found = await ports.questions.listed(after, limit + 1)
    items = [item_json(each) for each in found[:limit] if each.kind == COMPARISON]
    return {"items": items, "next": found[limit - 1].id if len(found) > limit else None}


@Route(
    NOUN,
    "GET",
    "previews/{id}",
    READERS,
    "How far a preview has come, and what it found",
    problems=(404,),
)
async def get_question(ports: Ports, preview_id: PreviewId) -> Preview:
    return preview_json(await _load(ports, preview_id))


@Route(
    NOUN,
    "GET",
    "previews/{id}/customers",
    READERS,
    "For whom something would change, and why",
    "Customers in no order; a page may hold fewer than `limit`, even none.",
    problems=(404,),
)
async def list_customers_of_preview(
    ports: Ports,
    preview_id: PreviewId,
    after: AfterCursor,
    limit: Limit,
    change: Change,
    criterion: Criterion = "",
    partner: OfPartner = "",
) -> Page[PreviewCustomer]:
    return await _customers(ports, await _load(ports, preview_id), after, limit, change, criterion, partner)


@Route(
    NOUN,
    "POST",
    "rule-sets/{version}/preview",
    RULE_MANAGERS,
    "Preview what activating or retiring a version would change",
    "The preview has started; `Location` tells where to follow it.",
    "Compares every customer, as it is when it is looked at, under the rules in force with the same customer under "
    "those that would then be. Nothing is sent, and nothing of customers is stored. When the rules change while it "
    "runs, it ends as `outOfDate`. At most four run at once (429).",
    Body(PreviewRequest, {"Of putting it in force": {"action": ACTIVATE}}, required=False),
    status=202,
    problems=(404, 409, 429),
    location="rule-sets/{version}/previews/{id}",
    location_text="where the preview is",
)
async def post_preview(ports: Ports, version: Version, body: PreviewRequest) -> Preview:
    from shared.workflow.change_rules import LastActiveError
    from shared.workflow.population.asking import ask_about_change
    from shared.workflow.population.walk import TooManyQuestionsError

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
        return await _begun(ports, await ask_about_change(ports, stored, action))
    except LastActiveError as fault:
        raise last_active() from fault
    except TooManyQuestionsError as fault:
        raise _busy() from fault


def _busy() -> Problem:
    return Problem(429, "Too many questions", _BUSY, headers={"Retry-After": "30"})


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
    "How far a preview of a version has come, and what it found",
    problems=(404,),
)
async def get_preview(ports: Ports, version: Version, preview_id: PreviewId) -> Preview:
    return preview_json(await load_preview(ports, version, preview_id))


@Route(
    NOUN,
    "GET",
    "rule-sets/{version}/previews/{id}/customers",
    RULE_MANAGERS,
    "Who would gain, lose, or change",
    "Customers in no order; a page may hold fewer than `limit`, even none.",
    problems=(404,),
)
async def list_preview_customers(
    ports: Ports, version: Version, preview_id: PreviewId, after: AfterCursor, limit: Limit, change: Change
) -> Page[PreviewCustomer]:
    return await _customers(ports, await load_preview(ports, version, preview_id), after, limit, change)


async def _begun(ports: Ports, question: Question) -> Preview:
    return preview_json(await _load(ports, question.id))


async def _load(ports: Ports, preview_id: str) -> Result:
    found = await _result(ports, preview_id)
    if found is None:
        raise not_found(f"there is no preview {preview_id}")
    return found


async def load_preview(ports: Ports, version: int, preview_id: str) -> Result:
    """Of a version."""
    found = await _result(ports, preview_id)
    if found is None or found.question.version != version:
        raise not_found(f"rule set version {version} has no preview {preview_id}")
    return found


async def _result(ports: Ports, preview_id: str) -> Result | None:
    from shared.workflow.population.results import result_of  # no event should wait for it

    return await result_of(ports, preview_id) if IDENTIFIER.accepts(preview_id) else None


async def _customers(
    ports: Ports, result: Result, after: str, limit: int, change: str, criterion: str = "", partner: str = ""
) -> Page[PreviewCustomer]:
    from shared.workflow.population.results import Narrowed, customers

    if change not in CHANGES:
        raise bad_request(MemberError("change", f"is not right; give one of {', '.join(CHANGES)}"))
    start, narrowed = cursor_of(after), Narrowed(criterion, partner)
    found, following = await customers(ports, result, change, start, limit, narrowed)
    names = await names_of(ports, (str(each["customerId"]) for each in found))
    items = within_page(_customer_json(each, names) for each in found)
    if len(items) < len(found):
        _, following = await customers(ports, result, change, start, len(items), narrowed)
    return {"items": items, "next": cursor_text(following)}


def cursor_of(after: str) -> Cursor:
    if not after:
        return _FIRST
    numbers = after.split("~")
    if len(numbers) != len(_FIRST) or not all(each.isdecimal() and len(each) < 10 for each in numbers):
        raise bad_request(MemberError("after", "is not a cursor; give what the list answered as next, or leave it out"))
    part, page, customer = map(int, numbers)
    return part, page, customer


def cursor_text(following: Cursor | None) -> str | None:
    return "~".join(map(str, following)) if following else None


def _customer_json(told: Mapping[str, object], names: Mapping[str, Named]) -> PreviewCustomer:
    """As it was asked of, and as it is called now; a preview of 0.2.0 says less of it."""
    exceptions = {"byException": False, "previousByException": False}
    lacking: JsonObject = {"partners": [], "because": None, "spend": None, **exceptions}
    return cast(PreviewCustomer, {**lacking, **told, **called(names[str(told["customerId"])])})


async def lost_customers(ports: Ports, result: Result) -> list[str]:
    """Ids of customers who would lose, at most 1,000."""
    from shared.workflow.population.results import customers

    found, _ = await customers(ports, result, LOST, _FIRST, MOST_LISTED)
    return sorted(each["customerId"] for each in found)
