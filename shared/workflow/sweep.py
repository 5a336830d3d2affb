"""Sweeps, by timer: what is due, outboxes left full, fan-outs that stopped. Each reads only what there is to do."""

import itertools
from datetime import timedelta
from operator import attrgetter

from shared.domain.recompute import DayCame
from shared.logs import Log, about
from shared.ports import Ports
from shared.storage.work import Outbox
from shared.workflow.decide import Committed
from shared.workflow.fan_out import ABANDONED_AFTER, hand_on, send_recompute
from shared.workflow.relay import relay

PAGE = 1000
LEFT_AFTER = timedelta(minutes=2)
"""Work younger than this is in the hands of the call that announced it."""

_log = Log("sweep")


async def sweep_due(ports: Ports) -> None:
    """Have every customer with a date up to today decided; the rows go when that is done."""
    today, after, customers = ports.today(), None, 0
    while page := await ports.work.due(today, after, PAGE):
        for day, rows in itertools.groupby(page, key=attrgetter("day")):
            await send_recompute(ports, [row.customer_id for row in rows], DayCame(day))
        after, customers = page[-1], customers + len(page)
    _log.info("due dates swept", customers=customers)


async def sweep_outboxes(ports: Ports) -> None:
    """Send what was recorded and not notified; drop rows whose notification was sent or never came to be."""
    outboxes, oldest = 0, 0.0
    async for outbox in ports.work.outboxes():
        outboxes, oldest = outboxes + 1, max(oldest, ports.seconds_since(outbox.at))
        if ports.is_older(outbox.at, LEFT_AFTER):
            with about(customer=outbox.customer_id):
                try:
                    await _relay_left(ports, outbox)
                except Exception as fault:  # one bad customer does not stop the others
                    _log.warning("outbox stays", fault=type(fault).__name__)
    _log.info("outboxes swept", outboxes=outboxes, oldestSeconds=oldest)


async def _relay_left(ports: Ports, outbox: Outbox) -> None:
    loaded = await ports.customers.load(outbox.customer_id)
    await relay(ports, Committed(loaded.state, loaded.etag or "", {}))
    if loaded.state.sequence >= outbox.sequence or ports.is_older(outbox.at, ABANDONED_AFTER):
        await ports.work.drop_outbox(outbox)


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
    _log.info("quarantine counted", kept=await ports.quarantine.count_kept())
