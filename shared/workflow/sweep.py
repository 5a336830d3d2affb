"""Sweeps, by timer: what is due, outboxes left full, fan-outs that stopped. Each reads only what there is to do."""

import itertools
import logging
from datetime import timedelta
from operator import attrgetter

from shared.domain.recompute import DayCame
from shared.ports import Ports
from shared.storage.work import Outbox
from shared.workflow.decide import Committed
from shared.workflow.fan_out import ABANDONED_AFTER, hand_on, send_recompute
from shared.workflow.relay import relay

PAGE = 1000
_log = logging.getLogger("eligibility.sweep")

LEFT_AFTER = timedelta(minutes=2)
"""Work younger than this is in the hands of the call that announced it."""


async def sweep_due(ports: Ports) -> None:
    """Have every customer with a date up to today decided; the rows go when that is done."""
    today, after = ports.today(), None
    while page := await ports.work.due(today, after, PAGE):
        for day, rows in itertools.groupby(page, key=attrgetter("day")):
            await send_recompute(ports, [row.customer_id for row in rows], DayCame(day))
        after = page[-1]


async def sweep_outboxes(ports: Ports) -> None:
    """Send what was recorded and not notified; drop rows whose notification was sent or never came to be."""
    async for outbox in ports.work.outboxes():
        if ports.is_older(outbox.at, LEFT_AFTER):
            try:
                await _relay_left(ports, outbox)
            except Exception as fault:  # one bad customer does not stop the others
                _log.warning("outbox of %s stays: %s", outbox.customer_id, type(fault).__name__)


async def _relay_left(ports: Ports, outbox: Outbox) -> None:
    loaded = await ports.customers.load(outbox.customer_id)
    await relay(ports, Committed(loaded.state, loaded.etag or "", {}))
    if loaded.state.sequence >= outbox.sequence or ports.is_older(outbox.at, ABANDONED_AFTER):
        await ports.work.drop_outbox(outbox)


async def sweep_fan_outs(ports: Ports) -> None:
    """Hand on fan-outs that made no progress."""
    async for fan_out in ports.work.fan_outs():
        if ports.is_older(fan_out.at, LEFT_AFTER):
            await hand_on(ports, fan_out.id)
