"""Statistics: how many customers there are of each kind, by day, and who lacks nothing but spend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, cast

from shared.api.called import CalledName, CalledOwner, called, names_of
from shared.api.pages import within_page
from shared.api.parameters import AfterCursor, Limit, Parameter, day
from shared.api.problems import bad_request
from shared.api.route import READERS, Noun, Route
from shared.api.shapes import Day, Identifier, Moment, Page, TypedDict
from shared.domain.named import Named
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage.statistics import NEAR_PAGE, CountedDay

NOUN = Noun(
    "Statistics",
    "What a question to everybody found, which the app asks every `SURVEY_HOURS` hours: customers as they were then.",
)

_FROM = "the first day; thirty days before the last one if left out"
From = Annotated[date | None, Parameter("from", day, Annotated[Day, _FROM])]
To = Annotated[date | None, Parameter("to", day, Annotated[Day, "the last day; today if left out"])]
_DAYS_BEFORE = timedelta(days=30)
_AT_A_TIME = 10


class StatusCounts(TypedDict):
    """customers by status"""

    eligible: Annotated[int, "eligible"]
    ineligible: Annotated[int, "not eligible"]
    undecided: Annotated[int, "cannot be decided: an exchange rate is missing, for instance"]


class SpendStep(TypedDict):
    """customers whose counted spend is from one amount up to another"""

    least: Annotated[int, "from this amount"]
    below: Annotated[int | None, "up to this one, which is not included; null: there is no end"]
    customers: Annotated[int, "how many"]


class DayStatistics(TypedDict):
    """Customers counted as of a day."""

    on: Annotated[Day, "the day"]
    countedAt: Annotated[Moment, "when counting them began"]
    ruleSetVersion: Annotated[int, "the rules in force on that day"]
    customers: Annotated[int, "all that were ever decided"]
    counts: StatusCounts
    byCriterion: Annotated[dict[str, int], "customers who are not eligible, by the criteria that decide"]
    byPartner: Annotated[dict[str, StatusCounts], "by partner attached, the thousand with the most customers"]
    lossesByMonth: Annotated[dict[str, int], "eligible customers by the month in which they lose that"]
    lossesWithin90Days: (
        Annotated[int, "those who lose that within 90 days of that day; null if an earlier version counted"] | None
    )
    currency: Annotated[str, "of the spend"]
    bySpend: Annotated[list[SpendStep], "all customers by their counted spend"]
    near: Annotated[int, "customers who lack nothing but spend"]


class NearCustomer(TypedDict):
    """A customer who lacks nothing but spend."""

    customerId: Identifier
    name: CalledName | None
    owner: CalledOwner | None
    missing: Annotated[str, "how much more spend would make it eligible"]
    spend: Annotated[str, "its counted spend"]
    required: Annotated[str, "how much would do"]


class NearPage(TypedDict):
    """Customers who lack nothing but spend."""

    items: list[NearCustomer]
    next: Annotated[str | None, "the cursor of the next page; null on the last"]
    countedAt: Annotated[Moment | None, "when they were counted; null if nobody has been counted yet"]
    currency: Annotated[str | None, "of the amounts"]
    omitted: Annotated[int, "how many more there are behind the last of the list"]


@Route(NOUN, "GET", "statistics", READERS, "How many customers there are of each kind, by day", "Days, oldest first.")
async def get_statistics(ports: Ports, since: From, until: To, limit: Limit, after: AfterCursor) -> Page[DayStatistics]:
    last = until or ports.today()
    first = since or last - _DAYS_BEFORE
    if after:
        first = _day_after(after)
    items: list[DayStatistics] = []
    while len(items) <= limit:
        some = await ports.statistics.days(first, last, _AT_A_TIME)
        items += [_day_json(each) for each in some]
        if len(some) < _AT_A_TIME or len(within_page(items)) < len(items):
            break
        first = some[-1].day + timedelta(days=1)
    kept = within_page(items[:limit])
    return {"items": kept, "next": kept[-1]["on"] if len(kept) < len(items) else None}


@Route(
    NOUN,
    "GET",
    "near",
    READERS,
    "Who lacks nothing but spend",
    "Customers, those that lack least first.",
    "Of very many the nearest 20,000 are listed. Customers who cannot be decided are not among them.",
)
async def list_near(ports: Ports, after: AfterCursor, limit: Limit) -> NearPage:
    start, near = _number_after(after), await ports.statistics.near()
    if near is None:
        return {"items": [], "next": None, "countedAt": None, "currency": None, "omitted": 0}
    found: list[NearCustomer] = []
    for number in range(start // NEAR_PAGE, (start + limit - 1) // NEAR_PAGE + 1):
        page = await ports.statistics.near_page(near.question_id, number)
        found += cast("list[NearCustomer]", page)
    before = start % NEAR_PAGE
    names = await names_of(ports, (each["customerId"] for each in found[before : before + limit]))
    items = within_page([_near(each, names) for each in found[before : before + limit]])
    end = start + len(items)
    return {
        "items": items,
        "next": str(end) if items and end < near.customers else None,
        "countedAt": near.counted_at,
        "currency": near.currency,
        "omitted": near.omitted,
    }


def _near(each: NearCustomer, names: Mapping[str, Named]) -> NearCustomer:
    """As it was counted, and as it is called now."""
    return {**each, **called(names[each["customerId"]])}


def _day_after(after: str) -> date:
    """A cursor is the last day that was answered."""
    try:
        return date.fromisoformat(after) + timedelta(days=1)
    except (ValueError, OverflowError) as fault:
        raise _no_cursor() from fault


def _number_after(after: str) -> int:
    if after and not (after.isdecimal() and len(after) < 7):
        raise _no_cursor()
    return int(after or 0)


def _no_cursor() -> Exception:
    return bad_request(MemberError("after", "is not a cursor; give what the list answered as next, or leave it out"))


def _day_json(counted: CountedDay) -> DayStatistics:
    from shared.workflow.population.counting import SOON, SPEND_STEPS  # no event should wait for it

    found = counted.found
    counts = cast(Mapping[str, int], found["counts"])
    by_spend: Mapping[str, int] = found["bySpend"]
    ends = (*SPEND_STEPS[1:], None)
    steps: list[SpendStep] = [
        {"least": least, "below": below, "customers": by_spend[str(least)]}
        for least, below in zip(SPEND_STEPS, ends, strict=True)
        if str(least) in by_spend
    ]
    answer = {
        "on": counted.day.isoformat(),
        "countedAt": counted.counted_at,
        "ruleSetVersion": counted.rule_set_version,
        "customers": sum(counts.values()),
        "counts": counts,
        "byCriterion": found["byCriterion"],
        "byPartner": found["byPartner"],
        "lossesByMonth": dict(sorted(found["lossesByMonth"].items())),
        "lossesWithin90Days": found.get(SOON),
        "currency": counted.currency,
        "bySpend": steps,
        "near": found["near"],
    }
    return cast(DayStatistics, answer)
