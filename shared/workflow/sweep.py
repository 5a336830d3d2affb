"""Finds by timer what no message will bring: due dates, unsent outboxes, stopped fan-outs; reads only those rows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from shared.at_once import at_once
from shared.logs import Log, about
from shared.messaging.sender import SenderUnavailableError
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.work import Outbox
from shared.workflow.decide import Committed
from shared.workflow.due_parts import DueSweep, move_due
from shared.workflow.partner_fan_out import is_under_way
from shared.workflow.relay import relay
from shared.workflow.steps import ABANDONED_AFTER, LEFT_AFTER, enqueue

LONGEST_SWEEP = timedelta(minutes=3)
_AT_ONCE = 16

_log = Log("sweep")


async def sweep_due(ports: Ports) -> None:
    """Have every customer with a date up to today decided; the rows go when that is done.

    All parts of the due rows are gone through at once, each by date in a round of its own. What lies elsewhere is moved
    first: while it is, no part is at its end.
    """
    began = ports.now()
    if not await move_due(ports, LONGEST_SWEEP):
        return
    sweep = DueSweep(ports, LONGEST_SWEEP - ports.age(began))
    ends = await at_once(sweep.part, ports.work.due_parts)
    _log.info("due dates swept", customers=sweep.sent)
    for fault in filter(None, ends):
        raise fault


async def sweep_outboxes(ports: Ports) -> None:
    """Send what was recorded and not notified; drop rows of what was sent or never committed.

    It ends well before the host would kill it: after a while, or when nobody takes notifications, it only counts.
    """
    began, answered = ports.now(), True
    outboxes, oldest = 0, 0.0
    async for some in _in_groups(ports.work.outboxes()):
        outboxes += len(some)
        left = [each for each in some if ports.is_older(each.at, LEFT_AFTER)]
        waiting = [each for each in some if each not in left]
        if left and answered and ports.age(began) < LONGEST_SWEEP:
            ends = await asyncio.gather(*(_try_left(ports, each) for each in left))
            answered = not all(isinstance(end, SenderUnavailableError) for end in ends)
            left = [each for each, end in zip(left, ends, strict=True) if end is not False]
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


async def _try_left(ports: Ports, outbox: Outbox) -> bool | Exception:
    """Send what is left of it; whether its decision was committed, or why that is not known."""
    with about(customer=outbox.customer_id):
        try:
            return await _relay_left(ports, outbox)
        except Exception as fault:  # one bad customer does not stop the others
            _log.warning("outbox stays", fault=type(fault).__name__)
            return fault


async def _relay_left(ports: Ports, outbox: Outbox) -> bool:
    loaded = await ports.customers.load(outbox.customer_id)
    is_committed = outbox.is_committed(loaded.state)
    found = outbox if is_committed else None
    await relay(ports, Committed(loaded.state, loaded.etag or "", {}, outbox=found))
    if not is_committed and ports.is_ahead(outbox.at):
        await ports.work.date_outbox(outbox, ports.timestamp())
    elif not is_committed and ports.is_older(outbox.at, ABANDONED_AFTER):
        await ports.work.close_outbox(outbox)
    return is_committed


async def sweep_fan_outs(ports: Ports) -> None:
    """Enqueue fan-outs that made no progress; not those of a partner of which one is under way, as it will do all."""
    fan_outs, oldest = 0, 0.0
    async for of_one in _by_owner(ports.fan_outs.all()):
        fan_outs, oldest = fan_outs + len(of_one), max([oldest, *(ports.seconds_since(each.since) for each in of_one)])
        if any(is_under_way(ports, each) for each in of_one):
            continue
        for each in of_one:
            if ports.is_older(each.at, LEFT_AFTER):
                await enqueue(ports, each.id)
    _log.info("fan-outs swept", fanOuts=fan_outs, oldestSeconds=oldest)


async def _by_owner(fan_outs: AsyncIterator[FanOut]) -> AsyncIterator[list[FanOut]]:
    """Those of a partner together; of the rules, each by itself."""
    of_one: list[FanOut] = []
    async for fan_out in fan_outs:
        if of_one and (fan_out.partner_id is None or fan_out.partner_id != of_one[0].partner_id):
            yield of_one
            of_one = []
        of_one.append(fan_out)
    if of_one:
        yield of_one


async def count_queues(ports: Ports) -> None:
    """Log what is on each queue that the platform does not measure, and how long the next message has waited."""
    for each in await ports.waiting():
        seconds = ports.age(each.since).total_seconds() if each.since else 0
        _log.info("queue counted", queue=each.queue, messages=each.messages, oldestSeconds=seconds)


async def count_quarantine(ports: Ports) -> None:
    """Log how many messages wait in quarantine for someone to look at them."""
    counted = await ports.quarantine.count_kept()
    if counted.all:
        _log.info("quarantine counted", kept=counted.kept)
    else:
        _log.info("quarantine counted", kept=counted.kept, isAtLeast=True)
