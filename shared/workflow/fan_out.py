"""Fans out from a change of rules, or an upgrade, to all customers, page by page of the directory.

A newer change of rules supersedes an unfinished fan-out: it decides the same customers from the start.
"""

from dataclasses import replace

from shared.domain.recompute import Reason, RulesChanged, Upgraded
from shared.errors import PassingError
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.workflow import steps
from shared.workflow.steps import enqueue, log_page, noted, send_recompute, wait_or_drop


async def fan_out_step(ports: Ports, fan_out_id: str) -> None:
    """Enqueue the next pages of a fan-out; nothing to do if it is finished, superseded or not yet committed."""
    fan_out = await ports.fan_outs.get(fan_out_id)
    if fan_out is None:
        return
    ports.storage_clock.check()  # before messages are sent whose progress would not be noted
    stored = await _stored(ports, fan_out)
    if stored > fan_out.revision:
        await ports.fan_outs.drop(fan_out)
    elif stored < fan_out.revision:
        await wait_or_drop(ports, fan_out)
    else:
        with ports.span("process", Queue.RECOMPUTE, None):
            await _enqueue_pages(ports, fan_out)


async def _enqueue_pages(ports: Ports, fan_out: FanOut) -> None:
    for _ in range(steps.PAGES_PER_CALL):
        page = await page_of_all(ports, fan_out.after, steps.PAGE)
        await send_recompute(ports, page, _reason(fan_out))
        is_last = len(page) < steps.PAGE
        fan_out = replace(fan_out, after=page[-1] if page else fan_out.after, handed_on=fan_out.handed_on + len(page))
        log_page(ports, fan_out, len(page), finished=is_last)
        if is_last:
            await _close(ports, fan_out)
            return
        if (advanced := await noted(ports, fan_out)) is None:
            return
        fan_out = advanced
    await enqueue(ports, fan_out.id)


async def _close(ports: Ports, fan_out: FanOut) -> None:
    of = keys.upgrade(fan_out.revision) if fan_out.decisions else fan_out.revision
    await ports.progress.add_total(of, fan_out.handed_on, ports.timestamp())
    await ports.fan_outs.close(fan_out)


async def _stored(ports: Ports, fan_out: FanOut) -> int:
    """The epoch of the rules, or the run of the upgrade."""
    rules = await ports.rule_sets.load()
    if rules is None:
        return 0
    return rules.upgrade if fan_out.decisions else rules.epoch


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
    return RulesChanged(fan_out.revision)
