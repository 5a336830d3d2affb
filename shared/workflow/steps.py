"""Sends what goes on over many customers: steps of fan-outs, and messages of a hundred customers each.

A step does some pages and puts a step for the rest behind the messages it sent, so that no call is long and no fan-out
is far ahead of the customers that are decided. Progress is written over the version read: of two calls at the same page
one stops.
"""

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.at_once import at_once
from shared.domain.recompute import CUSTOMERS_PER_MESSAGE, FanOutStep, Reason, Recompute
from shared.logs import Fields, Log
from shared.messaging.sender import Message, Queue
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.store import Conflict

MESSAGE = CUSTOMERS_PER_MESSAGE
PAGE = 1000
PAGES_PER_CALL = 10
"""Customers of a message and of a page, and pages of a step."""
DIRECTORY_PAGES = 25
"""Pages of a step that compares the directory with the population index, which takes a call per partition of that."""
SHARES = 16
"""Of the population index: more chains than partitions of a table are hot at a time, and than an instance works on."""
LEFT_AFTER = timedelta(minutes=2)
"""Work younger than this is in the hands of the call that announced it."""
ABANDONED_AFTER = timedelta(days=1)
"""A fan-out whose cause was never committed is dropped after this; no call lasts nearly as long."""

_log = Log("fan_out")


async def enqueue(ports: Ports, fan_out_id: str, chain: str = "", delay: float = 0) -> None:
    await ports.sender.send(Queue.RECOMPUTE, Message(FanOutStep(fan_out_id, chain).to_bytes(), delay=delay))


async def enqueue_if_open(ports: Ports, fan_out_id: str) -> None:
    """For a repeated event: its first delivery may have ended before the fan-out was enqueued."""
    if await ports.fan_outs.get(fan_out_id) is not None:
        await enqueue(ports, fan_out_id)


async def send_recompute(ports: Ports, customer_ids: Sequence[str], reason: Reason, chain: str = "") -> None:
    messages = [
        Message(Recompute(some, reason, chain).to_bytes())
        for some in itertools.batched(customer_ids, MESSAGE, strict=False)
    ]
    await at_once(lambda each: ports.sender.send(Queue.RECOMPUTE, each), messages)


async def noted(ports: Ports, fan_out: FanOut) -> FanOut | None:
    """Note how far it has come; None if another call goes on with it."""
    fan_out = replace(fan_out, at=ports.timestamp())
    try:
        return replace(fan_out, etag=await ports.fan_outs.advance(fan_out))
    except Conflict:
        _log.info("fan-out goes on elsewhere", fanOut=fan_out.id)
        return None


def log_page(ports: Ports, fan_out: FanOut, customers: int, *, finished: bool, **more: str) -> None:
    handed_on = fan_out.handed_on
    page: Fields = {"fanOut": fan_out.id, **more, "customers": customers, "handedOn": handed_on, "finished": finished}
    _log.info("fan-out page", **page, lagSeconds=ports.seconds_since(fan_out.since))


async def wait_or_drop(ports: Ports, early: FanOut) -> None:
    """Its cause is not committed, and may be at any moment; a day later it is dropped."""
    if not ports.is_ahead(early.at):
        if ports.is_older(early.at, ABANDONED_AFTER):
            await ports.fan_outs.drop(early)
    else:  # a day from now on
        with contextlib.suppress(Conflict):
            await ports.fan_outs.advance(replace(early, at=ports.timestamp()))
