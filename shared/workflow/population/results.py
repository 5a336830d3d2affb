"""What a question has found up to now: the sum of its parts, or what a preview of 0.2.0 has in its row."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from shared.domain.decision import JsonObject
from shared.ports import Ports
from shared.storage.previews import CHANGES, FINISHED, RUNNING, Preview
from shared.storage.questions import COMPARISON, SURVEY, PageOfCustomers, Question
from shared.workflow.population.places import DIRECTORY, names_of
from shared.workflow.population.tallies import merged_all

_ROWS = 20
"""Read at a time, of a page of customers each."""
_READS = 20
"""For one answer: it may be short, and the next one goes on there."""
_READS_OF_SURVEY = 4
"""The same, of a list of customers as they were counted."""

type Cursor = tuple[int, int, int]
"""The part, its page, and the customer in it."""


@dataclass(frozen=True, slots=True)
class Result:
    """``of``: how many customers there are to be looked at, as far as that is known. ``is_old``: of 0.2.0."""

    question: Question
    counts: Mapping[str, int]
    by_criterion: Mapping[str, Mapping[str, int]]
    by_partner: Mapping[str, Mapping[str, int]]
    spend: str
    currency: str | None
    of: int | None
    is_old: bool = False

    @property
    def done(self) -> int:
        return sum(self.counts.values())


async def result_of(ports: Ports, question_id: str) -> Result | None:
    """Of a question that was asked, or of a preview of 0.2.0."""
    question = await ports.questions.load(question_id)
    if question is None:
        preview = await ports.previews.load(question_id)
        return _of_older(preview) if preview else None
    if question.kind != COMPARISON:
        return None
    parts = await ports.questions.parts(question_id)
    found = merged_all(each.found for each in parts)
    counts = {change: found.get("counts", {}).get(change, 0) for change in CHANGES}
    rule_set = await ports.rule_books.compiled(question.before)
    are_counted = len([each for each in parts if each.name != DIRECTORY]) >= len(names_of(question)) - 1
    rows, done = sum(each.rows - each.passed_over for each in parts), sum(counts.values())
    return Result(
        question,
        counts,
        found.get("byCriterion", {}),
        found.get("byPartner", {}),
        found.get("spend", "0.00"),
        rule_set.document.terms.currency,
        done if question.is_finished else max(rows, done) if are_counted and parts else None,
    )


def _of_older(preview: Preview) -> Result:
    """One that runs is ended by the next message of it that comes here."""
    question = Question(
        preview.id,
        COMPARISON,
        preview.epoch,
        0,
        _day(preview),
        _day(preview),
        preview.started_at,
        preview.at,
        after=preview.then,
        version=preview.version,
        sha256=preview.sha256,
        action=preview.action,
        comes_into_force=preview.comes_into_force,
        state=FINISHED,
        out_of_date=preview.out_of_date or preview.state == RUNNING,
        difference=preview.difference,
    )
    tallies = preview.counts, preview.by_criterion, preview.by_partner
    return Result(question, *tallies, "0.00", None, preview.done, is_old=True)


class Narrowed(NamedTuple):
    """Customers for whom a criterion decides, and who have a partner; empty: any."""

    criterion: str = ""
    partner: str = ""

    def includes(self, customer: JsonObject) -> bool:
        return all(
            not wanted or wanted in customer.get(name, ())
            for name, wanted in (("criteria", self.criterion), ("partners", self.partner))
        )


EVERYBODY: Final = Narrowed()


async def customers(
    ports: Ports, result: Result, change: str, after: Cursor, limit: int, narrowed: Narrowed = EVERYBODY
) -> tuple[list[JsonObject], Cursor | None]:
    """Those for whom something changes, by part, and where the next ones are."""
    return await _narrowed(_rows(ports, result, change, after), after, limit, narrowed, _READS)


async def counted_customers(
    ports: Ports, survey_id: str, kind: str, after: Cursor, limit: int, criterion: str
) -> tuple[list[JsonObject], Cursor | None]:
    """Those of a kind, in a survey, for whom a criterion decides if one is given; by part, and where the next are."""
    result = Result(Question(survey_id, SURVEY, 0, 0, date.min, date.min, "", ""), {}, {}, {}, "", None, None)
    rows = _rows(ports, result, kind, after)
    return await _narrowed(rows, after, limit, Narrowed(criterion), _READS_OF_SURVEY)


async def _narrowed(
    pages: AsyncIterator[Sequence[tuple[int, PageOfCustomers]]],
    after: Cursor,
    limit: int,
    narrowed: Narrowed,
    most_reads: int,
) -> tuple[list[JsonObject], Cursor | None]:
    found: list[JsonObject] = []
    reads = 0
    async for rows in pages:
        reads += 1
        for part, page in rows:
            for number, customer in enumerate(page.customers):
                here = (part, page.number, number)
                if here >= after and narrowed.includes(customer):
                    if len(found) == limit:
                        return found, here
                    found.append(customer)
        if reads == most_reads and rows:
            part, page = rows[-1]
            return found, (part, page.number + 1, 0)
    return found, None


async def _rows(
    ports: Ports, result: Result, change: str, after: Cursor
) -> AsyncIterator[Sequence[tuple[int, PageOfCustomers]]]:
    """Some rows at a time, each with the number of its part."""
    names = sorted(names_of(result.question))  # as their rows are
    part, number, _ = after
    while part < len(names):
        if result.is_old:
            rows = await _older(ports, result, change, number)
        else:
            rows = await ports.questions.pages(result.question.id, change, (names[part], number), _ROWS)
        if not rows:
            return
        yield [(0 if result.is_old else names.index(each.part), each) for each in rows]
        if len(rows) < _ROWS:
            return
        part, number = (0 if result.is_old else names.index(rows[-1].part)), rows[-1].number + 1


async def _older(ports: Ports, result: Result, change: str, start: int) -> list[PageOfCustomers]:
    preview = await ports.previews.load(result.question.id)
    pages = await ports.previews.pages(preview, start, _ROWS) if preview else []
    return [PageOfCustomers("", start + number, page.get(change, [])) for number, page in enumerate(pages)]


def _day(preview: Preview) -> date:
    return date.fromisoformat(preview.on)
