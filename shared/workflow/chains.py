"""Goes over everybody in chains, side by side: 16 over shares of the population index, one over the directory.

That one hands on whom the index lacks: customers that a version without the index entered. The order of steps lets
nobody between the two. A version with the index enters a customer there before it reads the rules that it decides by,
so the customer is in the index before its chain comes by, or is decided by the new rules. And the directory is read
before the index: whoever is there by then with a commit was decided by such a version. Whoever has no commit yet, or
got a row from the state since the fan-out began, may be handed on twice, and is counted twice: as done, in the total.

Each chain notes its progress over the version read, and goes on behind its messages, when its share of the pace allows
it. The last one that is over notes the total and deletes the fan-out's row, then those of the chains.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.events import utc_text
from shared.domain.recompute import Reason, RulesChanged, Upgraded
from shared.logs import Log
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.chains import DIRECTORY, Chain
from shared.storage.fan_outs import FanOut
from shared.storage.store import Conflict
from shared.storage_clock import MOST_OFF
from shared.workflow import steps
from shared.workflow.steps import enqueue, log_page, send_recompute

CATCHES_UP = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)
"""Longer than a page takes at the least pace, of two fan-outs at once."""

_log = Log("fan_out")


async def split(ports: Ports, fan_out: FanOut) -> None:
    """Begin all chains; nothing to do if another step did."""
    chains = Chain.of(fan_out, ports.timestamp(), steps.SHARES)
    with suppress(Conflict):
        await ports.chains.open(chains)
    await enqueue_left(ports, fan_out)


async def enqueue_left(ports: Ports, fan_out: FanOut) -> bool:
    """Enqueue chains that were not begun, or stopped; tells whether the fan-out has chains."""
    chains = await ports.chains.of(fan_out.id)
    if any(each.since != fan_out.since for each in chains):  # of another with this number, long ago
        await ports.chains.close(chains)
        return False
    for each in chains:
        if not each.over and (not each.is_begun or _is_left(ports, each)):
            await enqueue(ports, fan_out.id, each.name)
    await _end_if_over(ports, fan_out, chains)
    return bool(chains)


def _is_left(ports: Ports, chain: Chain) -> bool:
    """A step that waits for the pace is not lost; one that could go on by now may be."""
    return not _wait(ports, chain) and ports.is_older(max(chain.at, chain.next_at), steps.LEFT_AFTER)


async def chain_step(ports: Ports, fan_out_id: str, name: str) -> None:
    """Enqueue the next page of a chain; nothing to do if its fan-out is finished or superseded."""
    chain = await ports.chains.get(fan_out_id, name)
    if chain is None:
        return
    ports.storage_clock.check()  # before messages are sent whose progress would not be noted
    under_way = await ports.fan_outs.of_everybody()
    fan_out = next((each for each in under_way if each.id == fan_out_id), None)
    if fan_out is None or fan_out.since != chain.since:
        await ports.chains.close(await ports.chains.of(fan_out_id))
        return
    stored = await number_stored(ports, fan_out)
    if stored > fan_out.revision:
        await drop(ports, fan_out)
    elif stored == fan_out.revision:  # else the rules went back, and its own step waits for them
        with ports.span("process", Queue.RECOMPUTE, None):
            await _go_on(ports, fan_out, chain, ports.pace / _sharing(under_way))


def _sharing(under_way: Sequence[FanOut]) -> int:
    """How many share the pace: a change of rules and an upgrade do, and of each kind the last one alone goes on."""
    return len({bool(each.decisions) for each in under_way})


async def _go_on(ports: Ports, fan_out: FanOut, chain: Chain, pace: float) -> None:
    """A page at a time: of so many chains, more would keep the steps of partners waiting."""
    if wait := _wait(ports, chain):
        await enqueue(ports, fan_out.id, chain.name, wait)
        return
    if not chain.over:
        page, past = await _next(ports, chain)
        await send_recompute(ports, page, reason_of(fan_out), DIRECTORY if chain.name == DIRECTORY else "")
        past = replace(past, handed_on=chain.handed_on + len(page), at=ports.timestamp())
        past = replace(past, next_at=_next_at(ports, chain, len(page) / pace))
        log_page(ports, replace(fan_out, handed_on=past.handed_on), len(page), finished=False, chain=chain.name)
        try:
            await ports.chains.advance(past)
        except Conflict:
            _log.info("fan-out goes on elsewhere", fanOut=fan_out.id, chain=chain.name)
            return
        if not past.over:
            await enqueue(ports, fan_out.id, chain.name, _wait(ports, past))
            return
    await _end_if_over(ports, fan_out, await ports.chains.of(fan_out.id))


def _next_at(ports: Ports, chain: Chain, seconds: float) -> str:
    """When the next page may be handed on, after one that by the pace takes all chains so long.

    What was late, or not used for a while, is made up for, as much as is handed on in ``CATCHES_UP``. The chain of the
    directory, which has nobody but after an upgrade, has the whole pace.
    """
    share = 1 if chain.name == DIRECTORY else steps.SHARES
    earliest = ports.now() - CATCHES_UP
    return utc_text(max(earliest, _free_at(ports, chain) or earliest) + timedelta(seconds=seconds * share))


def _free_at(ports: Ports, chain: Chain) -> datetime | None:
    """When its next page may be handed on by its pace, if any was; a date of a clock that was ahead says nothing."""
    if not chain.next_at:
        return None
    at = datetime.fromisoformat(chain.next_at)
    return at if at - ports.now() < LONGEST_WAIT else None


def _wait(ports: Ports, chain: Chain) -> float:
    """Seconds until the next page may be handed on."""
    free_at = None if chain.over else _free_at(ports, chain)
    return max(0.0, (free_at - ports.now()).total_seconds()) if free_at else 0.0


async def _next(ports: Ports, chain: Chain) -> tuple[list[str], Chain]:
    """Whom to hand on next, and the chain as it is after that."""
    if chain.name == DIRECTORY:
        limit = steps.PAGE * steps.DIRECTORY_PAGES
        ids = await ports.indexes.directory(chain.after, limit)
        lacking = await ports.heads.lacking(ids, _before(chain))
        return lacking, replace(chain, after=ids[-1] if ids else chain.after, over=len(ids) < limit)
    places = await ports.heads.places(chain.place, steps.PAGE, chain.share)
    over = len(places) < steps.PAGE
    last = places[-1] if places else None
    past = replace(chain, partition=last.partition, after=last.customer_id) if last else chain
    return [each.customer_id for each in places], replace(past, over=over)


def _before(chain: Chain) -> str:
    """When the fan-out had not begun by any clock: both of those that date may be off."""
    return utc_text(datetime.fromisoformat(chain.since) - 2 * MOST_OFF)


async def _end_if_over(ports: Ports, fan_out: FanOut, chains: Sequence[Chain]) -> None:
    """Can be repeated until the chains' rows are deleted, which go last."""
    if not chains or not all(each.over for each in chains):
        return
    handed_on = sum(each.handed_on for each in chains)
    log_page(ports, replace(fan_out, handed_on=handed_on), 0, finished=True)
    await close(ports, fan_out, handed_on)
    await ports.chains.close(chains)


async def close(ports: Ports, fan_out: FanOut, handed_on: int) -> None:
    """Everybody is handed on: so many are to be decided."""
    of = keys.upgrade(fan_out.revision) if fan_out.decisions else fan_out.revision
    await ports.progress.add_total(of, handed_on, ports.timestamp())
    await ports.fan_outs.close(fan_out)


async def drop(ports: Ports, fan_out: FanOut) -> None:
    """A newer one does what it would have done."""
    await ports.fan_outs.drop(fan_out)
    await ports.chains.close(await ports.chains.of(fan_out.id))


async def number_stored(ports: Ports, fan_out: FanOut) -> int:
    """The epoch of the rules, or the run of the upgrade."""
    rules = await ports.rule_sets.load()
    if rules is None:
        return 0
    return rules.upgrade if fan_out.decisions else rules.epoch


def reason_of(fan_out: FanOut) -> Reason:
    if fan_out.decisions:
        return Upgraded(fan_out.revision, fan_out.decisions)
    return RulesChanged(fan_out.revision)
