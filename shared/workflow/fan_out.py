"""Fans out from a change of rules, or an upgrade, to all customers.

If the directory or the population index has more than a page of them, it is split into chains that go on side by side
(``shared/workflow/chains.py``). Else they are handed on at once. While a version may run that knows no chains, it goes
page by page through the directory. A newer change of rules supersedes an unfinished fan-out: it decides the same
customers from the start.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.heads import INDEXED_SINCE
from shared.workflow import steps
from shared.workflow.chains import close, drop, enqueue_left, number_stored, reason_of, split
from shared.workflow.steps import enqueue, log_page, noted, send_recompute, wait_or_drop


async def fan_out_step(ports: Ports, fan_out_id: str) -> None:
    """Split a fan-out, or enqueue its next pages; nothing to do if it is finished, superseded or not yet committed."""
    fan_out = await ports.fan_outs.get(fan_out_id)
    if fan_out is None:
        return
    ports.storage_clock.check()  # before messages are sent whose progress would not be noted
    stored = await number_stored(ports, fan_out)
    if stored > fan_out.revision:
        await drop(ports, fan_out)
    elif stored < fan_out.revision:
        await wait_or_drop(ports, fan_out)
    else:
        with ports.span("process", Queue.RECOMPUTE, None):
            await _go_on(ports, fan_out)


async def _go_on(ports: Ports, fan_out: FanOut) -> None:
    if not fan_out.is_begun and await enqueue_left(ports, fan_out):
        return
    page = await page_of_all(ports, fan_out.after, steps.PAGE)
    if not fan_out.is_begun and _may_split(ports):
        page = await _with_indexed(ports, page)
        if len(page) >= steps.PAGE:
            await split(ports, fan_out)
            return
    await _enqueue_pages(ports, fan_out, page)


async def _with_indexed(ports: Ports, page: list[str]) -> list[str]:
    """The directory's first page, and whom the population index has besides: a restored directory may have few."""
    if len(page) == steps.PAGE:
        return page
    places = await ports.heads.places(None, steps.PAGE)
    return sorted({*page, *(each.customer_id for each in places)})


def _may_split(ports: Ports) -> bool:
    return ports.oldest_version is None and ports.decisions >= INDEXED_SINCE


async def _enqueue_pages(ports: Ports, fan_out: FanOut, page: Sequence[str]) -> None:
    """This page and the next ones of the directory."""
    for number in range(steps.PAGES_PER_CALL):
        page = await page_of_all(ports, fan_out.after, steps.PAGE) if number else page
        await send_recompute(ports, page, reason_of(fan_out))
        is_last = len(page) < steps.PAGE
        fan_out = replace(fan_out, after=page[-1] if page else fan_out.after, handed_on=fan_out.handed_on + len(page))
        log_page(ports, fan_out, len(page), finished=is_last)
        if is_last:
            await close(ports, fan_out, fan_out.handed_on)
            return
        if (advanced := await noted(ports, fan_out)) is None:
            return
        fan_out = advanced
    await enqueue(ports, fan_out.id)


async def page_of_all(ports: Ports, after: str, limit: int) -> list[str]:
    """A page of the directory; a directory that was lost is not one of nobody."""
    page = await ports.indexes.directory(after, limit)
    if not page and not after and await ports.has_customers():
        raise PassingError(
            "the directory is empty and there are customers: restore the table directory, or ./dev repair"
        )
    return page
