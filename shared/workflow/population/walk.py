"""Goes through the customers of a question in parts, side by side, by messages on the recompute queue.

A step does some pages of one part and puts a message for the rest behind the others. Each page is noted with what was
found in it, over the version read: of two handlers at the same page one stops. Nothing of customers is stored or sent.
All pages have one baseline: a question ends as out of date when the rules change. The part that is over last ends it;
what stopped is found by the sweep.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.at_once import at_once
from shared.domain.decision import JsonObject
from shared.domain.recompute import PreviewStep
from shared.logs import Log
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.questions import FINISHED, SURVEY, Part, Question
from shared.storage.store import Conflict
from shared.workflow.decide import until_first
from shared.workflow.population import places
from shared.workflow.population.looking import Found, Look, look_of
from shared.workflow.population.places import begun, names_of, next_page
from shared.workflow.population.survey import publish
from shared.workflow.population.tallies import merged, merged_all
from shared.workflow.rounds import alone

PAGES_PER_CALL = 5
MOST_AT_ONCE = 4
LEFT_AFTER = timedelta(minutes=5)
"""A part that made progress since is in the hands of a message, which may wait behind others or for the pace."""
GIVEN_UP_AFTER = timedelta(days=1)
"""As old, no activation would take it."""

_log = Log("questions")


class TooManyQuestionsError(Exception):
    """As many are running as may at once."""


async def open_question(ports: Ports, question: Question) -> None:
    """Begin it, or raise TooManyQuestionsError."""

    async def attempt() -> None:
        running = await ports.questions.running()
        left = [each for each in running.asked if await _is_running(ports, each)]
        if len(left) >= MOST_AT_ONCE:
            raise TooManyQuestionsError
        await ports.questions.open(question, replace(running, asked=[*left, question.id]))

    await until_first(ports, attempt)
    await hand_on(ports, question)


async def _is_running(ports: Ports, question_id: str) -> bool:
    question = await ports.questions.load(question_id)
    return question is not None and not question.is_finished


async def hand_on(ports: Ports, question: Question) -> None:
    """Enqueue all its parts."""
    await at_once(lambda name: _enqueue(ports, question.id, name), names_of(question))


async def _enqueue(ports: Ports, question_id: str, part: str, delay: float = 0) -> None:
    await ports.sender.send(Queue.RECOMPUTE, Message(PreviewStep(question_id, part).to_bytes(), delay=delay))


async def step(ports: Ports, question_id: str, name: str) -> None:
    """Look at the next customers of a part; nothing to do when the question, or the part, has ended."""
    if not name:
        await end_older(ports, question_id)
        return
    question = await ports.questions.load(question_id)
    if question is None or question.is_finished or name not in names_of(question):
        return
    ports.storage_clock.check()
    began, pages = ports.now(), 0
    part = await ports.questions.part(question_id, name) or await begun(ports, question, name)
    look = await look_of(ports, question)
    for number in range(PAGES_PER_CALL):
        if part.over:
            break
        seen, past = await _seen(ports, question, part, look)
        if await _end_if_out_of_date(ports, question):
            return
        try:
            part, pages = await ports.questions.advance(past, _told(seen)), number + 1
        except Conflict:
            _log.info("question goes on elsewhere", question=question_id, part=name)
            return
    if part.over:
        await end_if_over(ports, question)
    else:
        await _enqueue(ports, question_id, name, _pause(ports, began, pages, question))


async def _seen(ports: Ports, question: Question, part: Part, look: Look) -> tuple[list[Found], Part]:
    """What is found of the customers of the next page, and the part after it."""
    ids, past = await next_page(ports, question, part)
    seen = [each for each in await at_once(look, ids) if each is not None]
    counted = merged_all(counted for _, counted in seen)
    passed_over = past.passed_over + len(ids) - len(seen)
    found = merged(part.found, counted)
    return seen, replace(past, at=ports.timestamp(), pages=part.pages + 1, passed_over=passed_over, found=found)


def _told(seen: Sequence[Found]) -> dict[str, list[JsonObject]]:
    """By kind of customer."""
    pages: dict[str, list[JsonObject]] = {}
    for by_kind, _ in seen:
        for kind, told in by_kind.items():
            pages.setdefault(kind, []).append(told)
    return pages


async def end_if_over(ports: Ports, question: Question) -> None:
    """Can be repeated until it has ended."""
    parts = await ports.questions.parts(question.id)
    if len(parts) < len(names_of(question)) or not all(each.over for each in parts):
        return
    if await _end_if_out_of_date(ports, question):
        return
    if question.kind == SURVEY:
        await publish(ports, question, parts)
    await _end(ports, question)


async def _end_if_out_of_date(ports: Ports, question: Question) -> bool:
    if (await ports.rule_books.book(None)).epoch == question.epoch:
        return False
    await _end(ports, question, out_of_date=True)
    return True


async def _end(ports: Ports, question: Question, *, out_of_date: bool = False) -> None:
    """What was counted up to a change of rules is by the rules as they were; going on would count by others."""
    with suppress(Conflict):  # another call ended it
        ended = replace(question, state=FINISHED, out_of_date=out_of_date, at=ports.timestamp())
        await ports.questions.save(ended)
        _log.info("question ended", question=question.id, kind=question.kind, outOfDate=out_of_date)


def _pause(ports: Ports, began: datetime, pages: int, question: Question) -> float:
    """Seconds until the next step, so that all parts together keep the pace: each customer takes a call or two."""
    customers = pages * places.PAGE * len(names_of(question))
    return max(0.0, customers / ports.pace - ports.age(began).total_seconds())


async def end_older(ports: Ports, preview_id: str) -> None:
    """A preview of 0.2.0 that runs ends as out of date: it has no parts. Epoch 0 is that of no rules, so that no change
    is held against it by that version either."""
    preview = await ports.previews.load(preview_id)
    if preview is not None and preview.state != FINISHED:
        with suppress(Conflict):  # that version goes on with it: its next message comes here, or there
            await ports.previews.save(replace(preview, state=FINISHED, out_of_date=True, epoch=0, at=ports.timestamp()))


async def sweep_questions(ports: Ports) -> None:
    """Hand on the parts that stopped: their message was lost, or an older version took it. End a question that made no
    progress for a day, or whose rules changed."""
    running = await ports.questions.running()
    left = 0
    for question_id in (*running.asked, *([running.survey] if running.survey else [])):
        with alone(_log, "question stays", question=question_id):
            question = await ports.questions.load(question_id)
            if question is not None and not question.is_finished:
                left += await _swept(ports, question)
    if left:
        _log.info("questions swept", parts=left)


async def _swept(ports: Ports, question: Question) -> int:
    """How many parts were handed on."""
    rules = await ports.rule_sets.load()
    parts = {each.name: each for each in await ports.questions.parts(question.id)}
    last = max([question.started_at, *(each.at for each in parts.values())])
    if rules is None or rules.epoch != question.epoch or ports.is_older(last, GIVEN_UP_AFTER):
        await _end(ports, question, out_of_date=True)
        return 0
    names = names_of(question)
    unfinished = [each for each in names if each not in parts or not parts[each].over]
    since = {each: parts[each].at if each in parts else question.started_at for each in names}
    stopped = [each for each in unfinished or names[:1] if ports.is_older(since[each], LEFT_AFTER)]
    for each in stopped:
        await _enqueue(ports, question.id, each)
    return len(stopped)
