"""Opens a question: what everybody is compared with, as of which day."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.domain.decision import JsonObject
from shared.ports import Ports
from shared.rule_books import NoRuleSetInForceError, RuleBook
from shared.rules.difference import difference
from shared.rules.document import RuleSetDocument
from shared.rules.timeline import Timeline
from shared.storage.previews import ACTIVATE
from shared.storage.questions import COMPARISON, Question
from shared.storage.rule_sets import ACTIVE, RETIRED, StoredRuleSet
from shared.workflow.change_rules import active_after
from shared.workflow.population.survey import survey_if_due
from shared.workflow.population.walk import hand_on, open_question

_LAST_MILLISECOND = 16**11 - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What everybody is compared with: a stored rule set or a document, another day, partners with other facts."""

    title: str = ""
    stored: StoredRuleSet | None = None
    document: RuleSetDocument | None = None
    on: date | None = None
    partners: Sequence[JsonObject] = ()
    only: Sequence[str] = ()


async def ask(ports: Ports, asked: Asked) -> Question:
    """Begin it; raises TooManyQuestionsError, NoRuleSetInForceError."""
    book = await ports.rule_books.book(None)
    today = ports.today()
    start = _start(asked)
    on = asked.on or (max(today, start) if start else today)
    question = _new(ports, book, on)
    if asked.stored:
        question = await _under_version(ports, book, question, asked.stored.version)
        action = ACTIVATE if _is_of_activating(ports, book, question, asked) else ""
        question = replace(question, sha256=asked.stored.sha256, action=action, comes_into_force=True)
    elif asked.document:
        question = await _under_document(ports, book, question, asked.document)
    else:
        before_on = on if asked.partners else today
        before = await ports.rule_books.in_force(book, before_on)
        after = await ports.rule_books.in_force(book, on)
        question = replace(question, before=before.version, before_on=before_on, after=after.version)
    only = sorted({*asked.only, *(each["partnerId"] for each in asked.partners)})
    question = replace(question, title=asked.title, partners=list(asked.partners), only=only)
    await open_question(ports, question)
    return question


def _start(asked: Asked) -> date | None:
    if asked.document:
        return asked.document.effective_from
    return asked.stored.effective_from if asked.stored else None


async def _under_document(ports: Ports, book: RuleBook, question: Question, document: RuleSetDocument) -> Question:
    before = await ports.rule_books.in_force(book, question.on)
    words = list(difference(before.document, document))
    return replace(question, before=before.version, document=dict(document.value), difference=words)


async def _under_version(ports: Ports, book: RuleBook, question: Question, version: int) -> Question:
    """Compared with what would be in force without it."""
    others = [each for each in book.active if each[0] != version]
    without = Timeline(others).in_force(question.on)
    if without is None:
        raise NoRuleSetInForceError(question.on)
    before, after = await ports.rule_books.compiled(without), await ports.rule_books.compiled(version)
    words = list(difference(before.document, after.document))
    return replace(question, before=without, after=version, difference=words, version=version)


def _is_of_activating(ports: Ports, book: RuleBook, question: Question, asked: Asked) -> bool:
    """Whether it says what putting that version in force would do: then an activation may be held against it."""
    stored = asked.stored
    if stored is None or stored.state == ACTIVE or asked.partners or asked.only:
        return False
    then = Timeline(active_after(book.active, stored, ACTIVE, ports.today())).in_force(question.on)
    return question.on == max(ports.today(), stored.effective_from) and then == stored.version


async def ask_about_change(ports: Ports, stored: StoredRuleSet, action: str = ACTIVATE) -> Question:
    """Compare what would be in force after the action with what is, as of today or, if later, the day the version is
    effective from. Raises LastActiveError if a retirement would leave nothing in force, TooManyQuestionsError."""
    book = await ports.rule_books.book(None)
    on = max(ports.today(), stored.effective_from)
    now = await ports.rule_books.in_force(book, on)
    to = ACTIVE if action == ACTIVATE else RETIRED
    then = Timeline(active_after(book.active, stored, to, ports.today())).in_force(on) or now.version
    other = await ports.rule_books.compiled(stored.version if action == ACTIVATE else then)
    question = replace(
        _new(ports, book, on),
        before=now.version,
        after=then,
        version=stored.version,
        sha256=stored.sha256,
        action=action,
        difference=list(difference(now.document, other.document)),
        comes_into_force=then == stored.version,
    )
    await open_question(ports, question)
    return question


async def survey(ports: Ports) -> None:
    """Begin the question to everybody if it is time."""
    if question := await survey_if_due(ports, new_id(ports)):
        await hand_on(ports, question)


def _new(ports: Ports, book: RuleBook, on: date) -> Question:
    now = ports.timestamp()
    return Question(new_id(ports), COMPARISON, book.epoch, 0, on, on, now, now)


def new_id(ports: Ports) -> str:
    """Sixteen hexadecimal digits; the newest is the least."""
    left = _LAST_MILLISECOND - int(ports.now().timestamp() * 1000)
    return f"{left:011x}{secrets.token_hex(3)[:5]}"
