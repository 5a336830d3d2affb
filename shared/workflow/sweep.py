"""Finds by timer what no message will bring: due dates, unsent outboxes, stopped fan-outs; reads only those rows."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto
from operator import attrgetter

from shared.domain.recompute import DayCame
from shared.logs import Log, about
from shared.messaging.sender import SenderUnavailableError
from shared.ports import Ports
from shared.storage.store import Conflict
from shared.storage.work import DueSweep, Outbox
from shared.workflow.decide import Committed
from shared.workflow.fan_out import ABANDONED_AFTER, hand_on, send_recompute
from shared.workflow.relay import relay

PAGE = 1000
LEFT_AFTER = timedelta(minutes=2)
"""Work younger than this is in the hands of the call that announced it."""
REST = timedelta(minutes=30)
"""After a round of more than a page: within the hour in which the changes of a date are promised."""
LONGEST_SWEEP = timedelta(minutes=3)
_AT_ONCE = 16

_log = Log("sweep")


async def sweep_due(ports: Ports) -> None:
    """Have every customer with a date up to today decided; the rows go when that is done.

    A round of more than a page notes how far it has come and ends before the host would kill it; the next call goes
    on there. After such a round the next one waits: what is still being worked on is not sent again.
    """
    noted = await ports.work.due_sweep()
    if (
        noted
        and noted.after is None
        and noted.on == ports.today().isoformat()
        and not ports.is_older(noted.began, REST)
    ):
        _log.info("due dates swept", customers=0)
        return
    begun = DueSweep(ports.timestamp(), ports.today().isoformat(), etag=noted.etag if noted else None)
    sweep = noted if noted and noted.after and noted.on <= begun.on else begun  # else a clock that is ahead began it
    before = sweep.sent
    with contextlib.suppress(Conflict):  # another sweep goes on
        sweep = await _send_due(ports, sweep)
    _log.info("due dates swept", customers=sweep.sent - before)


async def _send_due(ports: Ports, sweep: DueSweep) -> DueSweep:
    today, began = ports.today(), ports.now()
    while page := await ports.work.due(today, sweep.after, PAGE):
        for day, rows in itertools.groupby(page, key=attrgetter("day")):
            await send_recompute(ports, [row.customer_id for row in rows], DayCame(day))
        sweep = replace(sweep, after=page[-1], sent=sweep.sent + len(page))
        if sweep.sent >= PAGE:
            sweep = await ports.work.note_due_sweep(sweep)
        if ports.age(began) > LONGEST_SWEEP:
            return sweep
    sweep = replace(sweep, after=None)
    return await ports.work.note_due_sweep(sweep) if sweep.sent >= PAGE else sweep


async def sweep_outboxes(ports: Ports) -> None:
    """Send what was recorded and not notified; drop rows whose notification was sent or never came to be.

    It ends well before the host would kill it: after a while, or when nobody takes notifications, it only counts.
    """
    began, answered = ports.now(), True
    outboxes, oldest = 0, 0.0
    async for some in _in_groups(ports.work.outboxes()):
        outboxes += len(some)
        left = [each for each in some if ports.is_older(each.at, LEFT_AFTER)]
        waiting = [each for each in some if each not in left]
        if left and answered and ports.age(began) < LONGEST_SWEEP:
            ends = dict(zip(left, await asyncio.gather(*(_end(ports, each) for each in left)), strict=True))
            answered = any(end is not _End.NOT_TAKEN for end in ends.values())
            left = [each for each, end in ends.items() if end is not _End.NEVER_CAME_TO_BE]
        oldest = max([oldest, *(ports.seconds_since(each.at) for each in waiting + left)])
    _log.info("outboxes swept", outboxes=outboxes, oldestSeconds=oldest)


async def _in_groups(outboxes: AsyncIterator[Outbox]) -> AsyncIterator[list[Outbox]]:
    group: list[Outbox] = []
    async for outbox in outboxes:
        group.append(outbox)
        if len(group) == _AT_ONCE:
            yield group
            group = []
    yield group


class _End(Enum):
    """What became of an outbox that was left."""

    TRIED = auto()
    NOT_TAKEN = auto()
    NEVER_CAME_TO_BE = auto()


async def _end(ports: Ports, outbox: Outbox) -> _End:
    with about(customer=outbox.customer_id):
        try:
            return await _relay_left(ports, outbox)
        except Exception as fault:  # one bad customer does not stop the others
            _log.warning("outbox stays", fault=type(fault).__name__)
            return _End.NOT_TAKEN if isinstance(fault, SenderUnavailableError) else _End.TRIED


async def _relay_left(ports: Ports, outbox: Outbox) -> _End:
    loaded = await ports.customers.load(outbox.customer_id)
    await relay(ports, Committed(loaded.state, loaded.etag or "", {}))
    came_to_be = loaded.state.sequence >= outbox.sequence
    if not came_to_be and ports.is_ahead(outbox.at):
        await ports.work.date_outbox(outbox, ports.timestamp())
    elif came_to_be or ports.is_older(outbox.at, ABANDONED_AFTER):
        await ports.work.drop_outbox(outbox)
    return _End.TRIED if came_to_be else _End.NEVER_CAME_TO_BE


async def sweep_fan_outs(ports: Ports) -> None:
    """Hand on fan-outs that made no progress."""
    fan_outs, oldest = 0, 0.0
    async for fan_out in ports.work.fan_outs():
        fan_outs, oldest = fan_outs + 1, max(oldest, ports.seconds_since(fan_out.since))
        if ports.is_older(fan_out.at, LEFT_AFTER):
            await hand_on(ports, fan_out.id)
    _log.info("fan-outs swept", fanOuts=fan_outs, oldestSeconds=oldest)


async def tell_quarantine(ports: Ports) -> None:
    """Log how many messages wait in quarantine for someone to look at them."""
    counted = await ports.quarantine.count_kept()
    if counted.all:
        _log.info("quarantine counted", kept=counted.kept)
    else:
        _log.info("quarantine counted", kept=counted.kept, isAtLeast=True)
