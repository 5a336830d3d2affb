"""Removes finished work: old progress, questions, previews and chains, messages that are done, due rows that moved,
entries of days that are past, and those of the change log.

A page that is done twice changes nothing. Messages that are kept in quarantine never expire.
"""

from contextlib import suppress
from datetime import timedelta
from functools import partial

from shared.at_once import at_once
from shared.logs import Log
from shared.ports import Ports
from shared.storage import keys
from shared.storage.rounds import Round
from shared.storage.store import Conflict, Row
from shared.storage.upcoming import Entry
from shared.storage.work import Due
from shared.workflow.rounds import alone, go_on
from shared.workflow.upcoming import forget_if_wrong, is_past

PAGE = 500
LONGEST = timedelta(seconds=20)
"""Of each kind: together they end before the host would kill them."""
REST = timedelta(days=1)
"""Between the end of a round and the next one."""
LOG_KEPT_FOR = timedelta(days=400)
"""The change log has all of a year when it is looked at a month after its end."""

_THEN = "|"
"""Between a partition and a key, where a round notes both."""

_log = Log("retention")


async def remove_expired(ports: Ports) -> None:
    """Go on with the round of each kind. One that fails stops there, and the others go on."""
    for name, page in _PAGES.items():
        with alone(_log, "retention stops", kind=name):
            await go_on(ports, name, partial(page, ports), LONGEST, partial(_rests, ports), is_noted_whole=True)


def _rests(ports: Ports, noted: Round) -> bool:
    return not ports.is_older(noted.at, REST)


async def _moved_dates(ports: Ports, after: str) -> str | None:
    """Due rows of days to come on which their customer's decision does not change any more."""
    since = ports.today() + timedelta(days=2)  # what is due before is in the hands of its sweep
    page = await ports.work.due_in(ports.work.due_parts, Due.at(after), PAGE, since)
    for due in page:
        with alone(_log, "due row stays", customer=due.customer_id):
            await _forget_if_moved(ports, due)
    return page[-1].place if len(page) == PAGE else None


async def _forget_if_moved(ports: Ports, due: Due) -> None:
    """Touch the customer, then delete the row as it was read before that.

    A writer that makes the date the next one again read the customer after the touch, or loses to it and reads again;
    then it adds the row, which is another version of it, and the delete leaves that alone.
    """
    loaded = await ports.customers.load(due.customer_id)
    if loaded.state.decision is None or loaded.state.due_on == due.day:
        return
    with suppress(Conflict):  # somebody writes: the next round looks again
        await ports.customers.touch(loaded, ports.timestamp())
        await ports.work.delete_due(due)


async def _past_days(ports: Ports, after: str) -> str | None:
    """Rows of lists by day that are past and that processes which died left; of a list whose next row is not past, no
    more are read."""
    partition, _, key = after.partition(_THEN)
    page = await ports.upcoming.rows(Row(partition, key) if after else None, PAGE, rest_of_partition=bool(key))
    for entry in map(Entry.of, page):
        if is_past(ports, entry):
            with alone(_log, "entry of a day stays", row=entry.key), suppress(Conflict):
                await forget_if_wrong(ports, entry)
    if len(page) < PAGE:
        return None
    last = page[-1]
    return f"{last.partition}{_THEN}{last.key if is_past(ports, Entry.of(last)) else ''}"


async def _done_messages(ports: Ports, after: str) -> str | None:
    """Messages in quarantine that were done long ago; those kept by earlier versions are put into their groups."""
    passed = await ports.quarantine.passed(after, PAGE)
    for each in passed.done:
        if _is_expired(ports, each.done_at):
            await ports.quarantine.delete(each)
    await at_once(ports.quarantine.name_fault, passed.without_fault)
    return passed.place


async def _messages_of_earlier_versions(ports: Ports, _: str) -> str | None:
    """Messages in quarantine where earlier versions keep all of them."""
    return "" if await ports.quarantine.move_old(PAGE) == PAGE else None


async def _old_previews(ports: Ports, after: str) -> str | None:
    """The next preview if nothing happened to it for long: first its row, so that nobody reads some of its pages."""
    preview_id = await ports.previews.next_id(after)
    if preview_id is None:
        return None
    preview = await ports.previews.load(preview_id)
    if preview is not None:
        if not _is_expired(ports, preview.at):
            return preview_id
        await ports.previews.delete(preview)
        return after
    return preview_id if await ports.previews.delete_pages(preview_id, PAGE) else after


async def _old_questions(ports: Ports, after: str) -> str | None:
    """The next question if nothing happened to it for long, its own row last, so that nothing of it is forgotten."""
    page = await ports.questions.listed(after, 1)
    if not page:
        return None
    question = page[0]
    if not _is_expired(ports, question.at) or await ports.questions.delete_some(question.id, PAGE):
        return question.id
    return after


async def _old_progress(ports: Ports, after: str) -> str | None:
    """The parts of a progress that is over for long; their sum stays."""
    of = await ports.progress.next_of(after)
    if of is None:
        return None
    progressed = await ports.progress.read(of)
    if not _is_expired(ports, progressed.at) or (not progressed.is_finished and await _goes_on(ports, of)):
        return of
    await ports.progress.settle(of, progressed)
    return of if await ports.progress.delete_parts(of, PAGE) else after


async def _left_chains(ports: Ports, after: str) -> str | None:
    """Those of the next fan-out that has any, if it is over: a version that knows none ended it, or who did died."""
    fan_out_id = await ports.chains.next_id(after)
    if fan_out_id is None:
        return None
    chains = await ports.chains.of(fan_out_id)  # read first: a fan-out has its row before them
    if await ports.fan_outs.get(fan_out_id) is None:
        await ports.chains.close(chains)
    return fan_out_id


async def _goes_on(ports: Ports, of: str) -> bool:
    """Whether it is of the last change of the rules, or of the last upgrade."""
    state = await ports.rule_sets.load()
    last = (state.epoch, keys.upgrade(state.upgrade)) if state else ()
    return state is None or keys.progress(of) in [keys.progress(each) for each in last]


async def _old_log(ports: Ports, _: str) -> str | None:
    """Entries of the change log, which stay longer than what is done."""
    return None if await ports.change_log.delete_older(ports.now() - LOG_KEPT_FOR, PAGE) else ""


def _is_expired(ports: Ports, at: str) -> bool:
    return ports.is_older(at, ports.retention) and not ports.is_ahead(at)


_PAGES = {
    "chains": _left_chains,
    "dates": _moved_dates,
    "log": _old_log,
    "messages": _done_messages,
    "old-messages": _messages_of_earlier_versions,
    "days": _past_days,
    "previews": _old_previews,
    "progress": _old_progress,
    "questions": _old_questions,
}
