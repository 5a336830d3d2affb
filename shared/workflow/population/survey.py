"""Asks about everybody as they are, every day: how many there are of each kind, and who lacks nothing but spend.

The survey is a question like others, beside the few that may run. What it found is published when it ends: first the
pages of the nearest, then the day's counts, then the row that names the pages. A repetition writes the same.
"""

import heapq
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from shared.domain.decision import JsonObject
from shared.logs import Log
from shared.ports import Ports
from shared.storage.questions import SURVEY, Part, Question
from shared.storage.statistics import NEAR_PAGE, CountedDay, Near
from shared.storage.store import Conflict
from shared.workflow.population.counting import NEAR, SOON, STATUSES
from shared.workflow.population.tallies import merged_all

MOST_NEAR = 20_000
"""Customers kept that lack nothing but spend, the nearest; the others are counted."""
MOST_NAMES = 1_000
"""Partners, or criteria, of which a day's counts are kept: those of the most customers."""
_PAGES = 20
_EARLY = timedelta(minutes=10)
"""The timer does not come on time: without this a survey would be later every day."""

_log = Log("survey")


async def survey_if_due(ports: Ports, new_id: str) -> Question | None:
    """Open the next survey, unless the last one runs or is young; None if there is nothing to do."""
    running = await ports.questions.running()
    last = await ports.questions.load(running.survey) if running.survey else None
    if last is not None and not _is_due(ports, last):
        return None
    if not await ports.has_customers():
        return None
    book, today = await ports.rule_books.book(None), ports.today()
    rule_set, now = await ports.rule_books.in_force(book, today), ports.timestamp()
    question = Question(new_id, SURVEY, book.epoch, rule_set.version, today, today, now, now)
    try:
        await ports.questions.open(question, replace(running, survey=question.id))
    except Conflict:  # another timer was first
        return None
    _log.info("survey begun", question=question.id, ruleSetVersion=rule_set.version)
    return question


def _is_due(ports: Ports, last: Question) -> bool:
    """One that ended because the rules changed is made again at once."""
    if not last.is_finished:
        return False
    return last.out_of_date or ports.is_older(last.started_at, ports.survey_every - _EARLY)


async def publish(ports: Ports, survey: Question, parts: Sequence[Part]) -> None:
    rule_set = await ports.rule_books.compiled(survey.before)
    found = merged_all(each.found for each in parts)
    kept, near = await _nearest(ports, survey)
    for number, page in enumerate(itertools.batched(kept, NEAR_PAGE, strict=False)):
        await ports.statistics.save_near(survey.id, number, page)
    most = {name: _largest(found.get(name, {})) for name in ("byCriterion", "byPartner")}
    counts = dict.fromkeys(STATUSES, 0)
    whole = {"counts": counts, "bySpend": {}, "lossesByMonth": {}, SOON: 0, **found, **most, "near": near}
    counted_at, version, currency = survey.started_at, survey.before, rule_set.document.terms.currency
    await ports.statistics.save(CountedDay(survey.on, counted_at, version, currency, whole))
    await ports.statistics.point_to(Near(survey.id, counted_at, len(kept), near - len(kept), currency))


async def _nearest(ports: Ports, survey: Question) -> tuple[list[JsonObject], int]:
    """The nearest, nearest first, and how many there are in all."""
    nearest: list[tuple[Decimal, str, JsonObject]] = []
    near = 0
    async for page in _near_pages(ports, survey):
        near += len(page)
        found = ((Decimal(each["missing"]), each["customerId"], each) for each in page)
        nearest = heapq.nsmallest(MOST_NEAR, itertools.chain(nearest, found), key=lambda each: each[:2])
    return [each for _, _, each in nearest], near


async def _near_pages(ports: Ports, survey: Question) -> AsyncIterator[Sequence[JsonObject]]:
    after = ("", 0)
    while True:
        pages = await ports.questions.pages(survey.id, NEAR, after, _PAGES)
        yield [customer for page in pages for customer in page.customers]
        if len(pages) < _PAGES:
            return
        after = (pages[-1].part, pages[-1].number + 1)


def _largest(counts: Mapping[str, int | Mapping[str, int]]) -> JsonObject:
    """Of the most customers."""

    def number(name: str) -> tuple[int, str]:
        count = counts[name]
        return -(count if isinstance(count, int) else sum(count.values())), name

    return {name: counts[name] for name in sorted(counts, key=number)[:MOST_NAMES]}
