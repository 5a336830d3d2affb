"""Stores population questions: what was asked and how far it has come, apart from what was found of each part.

A question's row is opened in the transaction that adds it to those that run, so that no more run at a time than may.
The rows of a part are in the question's own partition: a page of customers counts in the transaction that writes the
part's progress over the version read, so that a page which is done twice, or by two handlers, counts once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from shared.domain.decision import JsonObject
from shared.domain.unknown import NOTHING, Unknown
from shared.storage import keys
from shared.storage.heads import Place
from shared.storage.rows import Form, Noun, RowsOf, delete_some, packed_json, unpacked_json
from shared.storage.store import ANY, Row, Span, Store, Table, Write

RUNNING, FINISHED = "running", "finished"
COMPARISON, SURVEY = "comparison", "survey"
"""Kinds of question: everybody as they are and as they would be; everybody as they are, which is asked every day."""
_JSON: Final = Form(packed_json, unpacked_json, in_pieces=True)


@dataclass(frozen=True, slots=True)
class Question:
    """Customers compared under version ``before`` as of ``before_on`` and ``after`` as of ``on``; of a survey only the
    first. ``document`` is the rule set compared with where that is no stored version (``after`` is then 0).

    ``partners`` are facts applied over the stored ones in the comparison; ``only`` the partners whose customers are
    asked about, nobody else if there are any. ``version``, ``sha256`` and ``action`` tie it to a change of the rules:
    without an action it is of none. ``epoch`` is that of the rules when it began.
    """

    id: str
    kind: str
    epoch: int
    before: int
    before_on: date
    on: date
    started_at: str
    at: str
    after: int = 0
    title: str = ""
    version: int = 0
    sha256: str = ""
    action: str = ""
    comes_into_force: bool = False
    state: str = RUNNING
    out_of_date: bool = False
    document: JsonObject | None = None
    difference: Sequence[str] = ()
    partners: Sequence[JsonObject] = ()
    only: Sequence[str] = ()
    etag: str = field(default="", compare=False)
    unknown: Unknown = NOTHING

    @property
    def is_finished(self) -> bool:
        return self.state == FINISHED


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the customers. Those up to ``after`` in ``partition`` have been looked at, in so many ``pages``.

    ``rows`` are all that it goes through, counted when it began, of which ``passed_over`` are of nobody to ask about;
    ``found`` is what was counted so far.
    """

    question_id: str
    name: str
    at: str
    partition: str = ""
    after: str = ""
    pages: int = 0
    rows: int = 0
    passed_over: int = 0
    over: bool = False
    found: JsonObject = field(default_factory=dict)
    etag: str | None = field(default=None, compare=False)
    unknown: Unknown = NOTHING

    @property
    def place(self) -> Place | None:
        return Place(self.partition, self.after) if self.after else None


@dataclass(frozen=True, slots=True)
class Running:
    """Ids of the questions opened last, of which some may have ended, and of the last survey."""

    name: str = keys.RUNNING_QUESTIONS
    asked: Sequence[str] = ()
    survey: str = ""
    etag: str | None = field(default=None, compare=False)
    unknown: Unknown = NOTHING


@dataclass(frozen=True, slots=True)
class PageOfCustomers:
    """What is told of customers, ``at`` so many of the ``number``-th page of a ``part``."""

    part: str
    number: int
    customers: Sequence[JsonObject]


type Pages = Mapping[str, Sequence[JsonObject]]
"""By kind, what is told of each customer of one page."""

_QUESTIONS: Final = RowsOf(
    Question,
    Table.QUESTIONS,
    lambda each: (keys.QUESTIONS, keys.question(each.id)),
    in_key={"id": lambda row: row.key.removeprefix(keys.QUESTION)},
    added=("document", "difference", "partners", "only", "sha256"),
    forms={"document": _JSON, "difference": _JSON, "partners": _JSON, "only": _JSON},
)
_LISTED: Final = (
    *("kind", "epoch", "before", "beforeOn", "on", "startedAt", "at", "after", "title", "version", "action"),
    *("comesIntoForce", "state", "outOfDate"),
)
_PARTS: Final = RowsOf(
    Part,
    Table.QUESTIONS,
    lambda each: (keys.question(each.question_id), keys.question_part(each.question_id, each.name)),
    forms={"found": _JSON},
)
_RUNNING: Final = RowsOf(
    Running,
    Table.QUESTIONS,
    lambda each: (keys.QUESTIONS, each.name),
    in_key={"name": lambda row: row.key},
    forms={"asked": _JSON},
)


class Questions(Noun):
    """The rows of population questions."""

    async def running(self) -> Running:
        return await _RUNNING.get(self._store, keys.QUESTIONS, keys.RUNNING_QUESTIONS) or Running()

    async def open(self, question: Question, running: Running) -> None:
        """Insert it with those that run now, over the version of these that was read; raises Conflict."""
        writes = [Write(_RUNNING.row(running), running.etag), Write(_QUESTIONS.row(question))]
        await self._store.commit(Table.QUESTIONS, writes)

    async def load(self, question_id: str) -> Question | None:
        return await _QUESTIONS.get(self._store, keys.QUESTIONS, keys.question(question_id))

    async def save(self, question: Question) -> Question:
        """Write over the version read; raises Conflict."""
        return replace(question, etag=await _QUESTIONS.write(self._store, question, question.etag))

    async def listed(self, after: str, limit: int) -> list[Question]:
        """Newest first, without what is large."""
        span = _after(after)
        rows = await self._store.query(Table.QUESTIONS, span, limit, _LISTED)
        return [_QUESTIONS.read(row) for row in rows]

    async def part(self, question_id: str, name: str) -> Part | None:
        key = keys.question_part(question_id, name)
        return await _PARTS.get(self._store, keys.question(question_id), key)

    async def parts(self, question_id: str) -> list[Part]:
        """Those that were begun."""
        first = keys.question_part(question_id, "")
        span = Span(keys.question(question_id), key_from=first, key_to=first + keys.END)
        return [each async for each in _PARTS.all_of(self._store, span)]

    async def advance(self, part: Part, pages: Pages) -> Part:
        """Note a part's progress over the version read, with the customers of its last page; raises Conflict."""
        rows = [_page(part, kind, customers) for kind, customers in pages.items() if customers]
        writes = [Write(_PARTS.row(part), part.etag), *(Write(row, ANY) for row in rows)]
        return replace(part, etag=(await self._store.commit(Table.QUESTIONS, writes))[0])

    async def pages(self, question_id: str, kind: str, after: tuple[str, int], limit: int) -> list[PageOfCustomers]:
        """Of customers of a kind, from that page of a part on (none: from the first)."""
        start = keys.question_page(question_id, kind)
        first = keys.question_page(question_id, kind, *after) if after[0] else start
        span = Span(keys.question(question_id), key_from=first, key_to=start + keys.END)
        rows = await self._store.query(Table.QUESTIONS, span, limit)
        return [_page_of(row) for row in rows]

    async def delete_some(self, question_id: str, most: int) -> bool:
        """Delete so many of its rows, its own when no other is left; tells whether none is left."""
        if not await delete_some(self._store, Table.QUESTIONS, Span(keys.question(question_id)), most):
            return False
        await self._store.delete(Table.QUESTIONS, keys.QUESTIONS, keys.question(question_id))
        return True


def _after(question_id: str) -> Span:
    return Span(keys.QUESTIONS, key_from=keys.after(question_id, keys.QUESTION), key_to=keys.QUESTION + keys.END)


def _page(part: Part, kind: str, customers: Sequence[JsonObject]) -> Row:
    key = keys.question_page(part.question_id, kind, part.name, part.pages - 1)
    return Row(keys.question(part.question_id), key, packed_json("customers", list(customers)))


def _page_of(row: Row) -> PageOfCustomers:
    *_, part, number = row.key.split("~")
    return PageOfCustomers(part, int(number), unpacked_json("customers", row.properties))


async def reads(store: Store, row: Row) -> bool:
    """Whether a row that is alone in a store is one of these."""
    questions = Questions(store)
    if row.partition == keys.QUESTIONS:
        return await _reads_question(questions, row)
    question_id = row.partition.removeprefix(keys.QUESTION)
    if row.partition != keys.question(question_id):
        return False
    if row.key.startswith(keys.question_part(question_id, "")):
        (part,) = await questions.parts(question_id)
        return row.key == keys.question_part(part.question_id, part.name) and isinstance(part.found, dict)
    page = _page_of(row)
    return row.key.startswith(keys.question_page(question_id, "").removesuffix("~")) and bool(page.customers)


async def _reads_question(questions: Questions, row: Row) -> bool:
    if row.key == keys.RUNNING_QUESTIONS:
        return isinstance((await questions.running()).asked, list)
    question_id = row.key.removeprefix(keys.QUESTION)
    return row.key == keys.question(question_id) and await questions.load(question_id) is not None
