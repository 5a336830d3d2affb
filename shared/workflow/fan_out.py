"""Fans out from a partner or the rules to their customers, page by page, as recompute messages of many customers.

Each call does some pages and enqueues a message for the rest, so that no call is long. Progress is written over the
version read: of two calls at the same page one stops.
"""

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.domain.recompute import (
    CUSTOMERS_PER_MESSAGE,
    FanOutStep,
    PartnerChanged,
    Reason,
    Recompute,
    RulesChanged,
    Upgraded,
)
from shared.domain.trace_context import TraceContext
from shared.errors import PassingError
from shared.logs import Fields, Log, add
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.store import Conflict
from shared.storage.work import FanOut

PAGE = 1000
PAGES_PER_CALL = 10
ABANDONED_AFTER = timedelta(days=1)
"""A fan-out whose cause was never committed is dropped after this; no call lasts nearly as long."""

_log = Log("fan_out")


async def enqueue(ports: Ports, fan_out_id: str) -> None:
    await ports.sender.send(Queue.RECOMPUTE, Message(FanOutStep(fan_out_id).to_bytes()))


async def enqueue_if_open(ports: Ports, fan_out_id: str) -> None:
    """For a repeated event: its first delivery may have ended before the fan-out was enqueued."""
    if await ports.work.fan_out(fan_out_id) is not None:
        await enqueue(ports, fan_out_id)


async def step(ports: Ports, fan_out_id: str) -> None:
    """Enqueue the next pages of a fan-out; nothing to do if it is finished, superseded or not yet committed."""
    fan_out = await ports.work.fan_out(fan_out_id)
    if fan_out is None:
        return
    ports.storage_clock.check()  # before messages are sent whose progress would not be noted
    revision, trace = await _stored(ports, fan_out)
    if await _is_current(ports, fan_out, revision):
        with ports.span("process", Queue.RECOMPUTE, trace):
            add(fanOut=fan_out_id)
            await _enqueue_pages(ports, fan_out)


async def _enqueue_pages(ports: Ports, fan_out: FanOut) -> None:
    for _ in range(PAGES_PER_CALL):
        customer_ids = await _page(ports, fan_out)
        await send_recompute(ports, customer_ids, _reason(fan_out))
        handed_on = fan_out.handed_on + len(customer_ids)
        page: Fields = {"customers": len(customer_ids), "handedOn": handed_on, "finished": len(customer_ids) < PAGE}
        _log.info("fan-out page", **page, lagSeconds=ports.seconds_since(fan_out.since))
        if len(customer_ids) < PAGE:
            await _close(ports, replace(fan_out, handed_on=handed_on))
            return
        fan_out = replace(fan_out, after=customer_ids[-1], handed_on=handed_on, at=ports.timestamp())
        try:
            fan_out = replace(fan_out, etag=await ports.work.advance(fan_out))
        except Conflict:
            _log.info("fan-out goes on elsewhere")
            return
    await enqueue(ports, fan_out.id)


async def _close(ports: Ports, fan_out: FanOut) -> None:
    if fan_out.partner_id is None:
        of = keys.upgrade(fan_out.revision) if fan_out.decisions else fan_out.revision
        await ports.progress.add_total(of, fan_out.handed_on, ports.timestamp())
    await ports.work.close_fan_out(fan_out)


async def send_recompute(ports: Ports, customer_ids: Sequence[str], reason: Reason) -> None:
    for some in itertools.batched(customer_ids, CUSTOMERS_PER_MESSAGE, strict=False):
        await ports.sender.send(Queue.RECOMPUTE, Message(Recompute(some, reason).to_bytes()))


async def _stored(ports: Ports, fan_out: FanOut) -> tuple[int, TraceContext | None]:
    """The revision of a partner, or the epoch of the rules; and the trace of what made a partner's."""
    if fan_out.partner_id is not None:
        state = await ports.partners.load(fan_out.partner_id)
        return state.partner.revision, state.cause.trace if state.cause else None
    rules = await ports.rule_sets.load()
    if rules is None:
        return 0, None
    return rules.upgrade if fan_out.decisions else rules.epoch, None


async def _is_current(ports: Ports, fan_out: FanOut, revision: int) -> bool:
    superseded = fan_out.partner_id is None and revision > fan_out.revision
    is_early = revision < fan_out.revision
    if superseded or (is_early and not ports.is_ahead(fan_out.at) and ports.is_older(fan_out.at, ABANDONED_AFTER)):
        await ports.work.drop_fan_out(fan_out)
    elif is_early and ports.is_ahead(fan_out.at):  # its cause may be about to be committed: a day from now on
        with contextlib.suppress(Conflict):
            await ports.work.advance(replace(fan_out, at=ports.timestamp()))
    return revision >= fan_out.revision and not superseded


async def _page(ports: Ports, fan_out: FanOut) -> list[str]:
    if fan_out.partner_id is None:
        return await page_of_all(ports, fan_out.after, PAGE)
    return await ports.indexes.attached(fan_out.partner_id, fan_out.after, PAGE)


async def page_of_all(ports: Ports, after: str, limit: int) -> list[str]:
    """A page of the directory; a directory that was lost is not one of nobody."""
    page = await ports.indexes.directory(after, limit)
    if not page and not after and await ports.has_customers():
        raise PassingError(
            "the directory is empty and there are customers: restore the table directory, or ./dev repair"
        )
    return page


def _reason(fan_out: FanOut) -> Reason:
    if fan_out.decisions:
        return Upgraded(fan_out.revision, fan_out.decisions)
    if fan_out.partner_id is None:
        return RulesChanged(fan_out.revision)
    return PartnerChanged(fan_out.partner_id, fan_out.revision)
