"""The customers of a part of a question, page by page: each of everybody is in one part.

16 parts go over shares of the population index, one over the directory: that one has whom the index had not when the
question began, customers that only an older version decided. When a row was inserted never changes, so that both sides
agree on whose each customer is, whatever happens to it meanwhile. A question about partners' customers has one part,
which goes over the partners' indexes side by side, by the customers' ids.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from shared.at_once import at_once
from shared.domain.events import utc_text
from shared.ports import Ports
from shared.storage.heads import Place, Share
from shared.storage.questions import Part, Question
from shared.storage_clock import MOST_OFF
from shared.workflow.fan_out import page_of_all

PAGE = 200
SHARES = 16
DIRECTORY, PARTNERS = "directory", "partners"
_COUNTED = 1000


def names_of(question: Question) -> list[str]:
    """Of the parts, in their order."""
    if question.only:
        return [PARTNERS]
    return [*(share.name for share in Share.all(SHARES)), DIRECTORY]


async def begun(ports: Ports, question: Question, name: str) -> Part:
    """A part before its first page, which counts what it goes through."""
    rows = 0
    if name not in (DIRECTORY, PARTNERS):
        rows = await _count_share(ports, Share.named(name))
    elif name == PARTNERS:
        rows = sum(await at_once(lambda each: _count_attached(ports, each), question.only))
    return Part(question.id, name, ports.timestamp(), rows=rows)


async def next_page(ports: Ports, question: Question, part: Part) -> tuple[list[str], Part]:
    """Who is next, and the part as it is after that."""
    if part.name == DIRECTORY:
        return await _of_directory(ports, question, part)
    if part.name == PARTNERS:
        ids = await _of_partners(ports, question.only, part.after)
        return ids, _past(part, Place("", ids[-1]) if ids else None, over=len(ids) < PAGE)
    places = await ports.heads.places(part.place, PAGE, Share.named(part.name))
    ids = [each.customer_id for each in places if each.is_right and each.entered_at < _began(question)]
    past = _past(part, places[-1] if places else None, over=len(places) < PAGE)
    return ids, replace(past, passed_over=part.passed_over + len(places) - len(ids))


async def _of_directory(ports: Ports, question: Question, part: Part) -> tuple[list[str], Part]:
    """Whose row the index had not when the question began."""
    are_many = 2 * part.rows > part.pages * PAGE  # else asking the index, a call for each partition, is done for more
    limit = PAGE if are_many else PAGE * SHARES
    every = await page_of_all(ports, part.after, limit)
    ids = await ports.heads.entered_since(every, _began(question))
    if len(ids) > PAGE:  # before an upgrade is done
        every = [each for each in every if each <= ids[PAGE - 1]]
        ids, limit = ids[:PAGE], 0
    past = _past(part, Place("", every[-1]) if every else None, over=len(every) < limit)
    return ids, replace(past, rows=part.rows + len(ids))


async def _of_partners(ports: Ports, partner_ids: Sequence[str], after: str) -> list[str]:
    """The first of those that are or were attached to one of them, each once."""
    found = await at_once(lambda each: ports.indexes.attached(each, after, PAGE), partner_ids)
    return sorted({each for ids in found for each in ids})[:PAGE]


def _past(part: Part, last: Place | None, *, over: bool) -> Part:
    place = last or Place(part.partition, part.after)
    return replace(part, partition=place.partition, after=place.customer_id, over=over)


def _began(question: Question) -> str:
    """When it had not begun by any clock: that of the question, and of who inserted a row, may be off."""
    return utc_text(datetime.fromisoformat(question.started_at) - 2 * MOST_OFF)


async def _count_share(ports: Ports, share: Share) -> int:
    return await _counted(lambda last: ports.heads.places(last, _COUNTED, share))


async def _count_attached(ports: Ports, partner_id: str) -> int:
    return await _counted(lambda last: ports.indexes.attached(partner_id, last or "", _COUNTED))


async def _counted[T](page_after: Callable[[T | None], Awaitable[Sequence[T]]]) -> int:
    """How many rows there are, page by page."""
    rows, last = 0, None
    while True:
        page = await page_after(last)
        rows += len(page)
        if len(page) < _COUNTED:
            return rows
        last = page[-1]
