"""Goes round a partner's index until each of its customers was decided by the partner's newest revision.

One fan-out goes round for all changes of a partner. Each change opens a row of its own and enqueues a step. The first
step to come begins: in one transaction it deletes the rows of the others and notes the partner's revision as that of
its lap. While it goes round, steps of newer changes end at once; at its next step it takes over their rows and begins
another lap where it is. So it ends a lap after the last change, however many came meanwhile, and no customer is
enqueued twice for two changes that were there before.

The index is read after the partner, so that a lap finds every customer that an older revision decided. At its end the
row is deleted, and after that the rows of the partner are read once more: a handler that opened one and still saw the
fan-out under way left it to this.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from shared.domain.recompute import PartnerChanged, Recompute
from shared.logs import Log
from shared.messaging.sender import Queue
from shared.ports import Ports
from shared.storage.fan_outs import FanOut
from shared.storage.partners import PartnerState
from shared.workflow import steps
from shared.workflow.decide import until_first
from shared.workflow.steps import enqueue, log_page, noted, send_recompute, wait_or_drop

_log = Log("fan_out")

type Decide = Callable[[Ports, Recompute], Awaitable[None]]


async def partner_step(ports: Ports, step: FanOut, decide: Decide) -> None:
    """Enqueue the next pages of a partner's index, or ``decide`` the last customers of a lap here; nothing to do if
    another step does it or none is left."""
    if ports.laps.carries(step):
        return
    taken = await until_first(ports, lambda: _taken(ports, step))
    if taken is not None:
        await _go_on(ports, taken, decide)


class Taken(NamedTuple):
    """A fan-out that a step goes on with, of a partner with this state."""

    fan_out: FanOut
    partner: PartnerState


async def _taken(ports: Ports, step: FanOut) -> Taken | None:
    """The fan-out that this step goes on with, on a lap by the partner's newest revision; raises Conflict if another
    step took it over meanwhile."""
    partner_id = step.partner_id or ""
    rows = await ports.fan_outs.of_partner(partner_id)
    own = next((each for each in rows if each.id == step.id), None)
    others = [each for each in rows if each is not own]
    running = next((each for each in others if is_under_way(ports, each)), None)
    if running is not None and not (own and own.is_begun):
        ports.laps.note(running)
        return None
    if not rows:
        return None
    ports.storage_clock.check()  # before messages are sent whose progress would not be noted
    partner = await ports.kept_partners.partner(partner_id, None)
    revision = partner.partner.revision
    left = [each for each in others if each.revision <= revision]
    if own is None:  # its step was all there was of another that ended meanwhile
        if left:
            await enqueue(ports, left[0].id)
        return None
    if own.revision > revision:
        await wait_or_drop(ports, own)
        return None
    return Taken(await _with_others(ports, own, left, revision), partner)


def is_under_way(ports: Ports, fan_out: FanOut) -> bool:
    """Whether a step of it is being handled or will be."""
    return fan_out.is_begun and not ports.is_older(fan_out.at, steps.LEFT_AFTER)


async def _with_others(ports: Ports, own: FanOut, others: Sequence[FanOut], revision: int) -> FanOut:
    """Take over what other changes opened, to go on where it is or where one of them stopped. The newest row stays for
    a version that knows no laps: if that goes on with this one, it leaves out whom it passed before."""
    is_newer = bool(others) and (not own.is_begun or others[-1].revision > own.asks_for)
    if not is_newer and len(others) <= 1:
        return own
    begun = next((each for each in (own, *others) if each.is_begun), own)
    lap = own.lapping(revision, begun.place, ports.timestamp()) if is_newer else own
    stays = others[-1:] if others[-1].revision > own.revision else []
    done = [each for each in others if each not in stays]
    fan_out = await ports.fan_outs.take_over(replace(lap, at=ports.timestamp()), done)
    ports.laps.note(fan_out)
    return fan_out


async def _go_on(ports: Ports, taken: Taken, decide: Decide) -> None:
    """A page that is the last is decided here if a message would hold it, else it is sent as all before: then the next
    step, behind its messages, finds the end."""
    page = await _page(ports, fan_out := taken.fan_out)
    past = fan_out.past(page, steps.PAGE)
    if not past.is_over or len(page) > steps.MESSAGE:
        trace = taken.partner.cause.trace if taken.partner.cause else None
        with ports.span("process", Queue.RECOMPUTE, trace):
            await _send_pages(ports, fan_out, page)
        return
    if page:
        await _decide_or_send(ports, fan_out, page, decide)
    log_page(ports, past, len(page), finished=True)
    await _end(ports, fan_out)


async def _decide_or_send(ports: Ports, fan_out: FanOut, page: Sequence[str], decide: Decide) -> None:
    """If deciding fails, enqueue the page: its message is retried, and one customer cannot hold up the fan-out."""
    try:
        await decide(ports, Recompute(tuple(page), _reason(fan_out)))
    except Exception as fault:
        _log.warning("last page sent", fanOut=fan_out.id, fault=type(fault).__name__)
        await send_recompute(ports, page, _reason(fan_out))


async def _send_pages(ports: Ports, fan_out: FanOut, page: Sequence[str]) -> None:
    for number in range(steps.PAGES_PER_CALL):
        if number:
            page = await _page(ports, fan_out)
        await send_recompute(ports, page, _reason(fan_out))
        past = fan_out.past(page, steps.PAGE)
        log_page(ports, past, len(page), finished=False)
        if (advanced := await noted(ports, past)) is None:
            return
        fan_out = advanced
        if fan_out.is_over:
            break
    await enqueue(ports, fan_out.id)


async def _page(ports: Ports, fan_out: FanOut) -> list[str]:
    return await ports.indexes.attached(fan_out.partner_id or "", fan_out.place, steps.PAGE, fan_out.until)


def _reason(fan_out: FanOut) -> PartnerChanged:
    return PartnerChanged(fan_out.partner_id or "", fan_out.asks_for)


async def _end(ports: Ports, fan_out: FanOut) -> None:
    """All are decided, or will be by messages before this one. Others relied on it only if it was begun by its row."""
    await ports.fan_outs.drop(fan_out)
    if not fan_out.is_begun:
        return
    left = await ports.fan_outs.of_partner(fan_out.partner_id or "")
    for each in left:
        if each.asks_for <= fan_out.asks_for:
            await ports.fan_outs.drop(each)
    if newer := [each for each in left if each.asks_for > fan_out.asks_for]:
        await enqueue(ports, newer[0].id)
