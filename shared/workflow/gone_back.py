"""Settles rows that went back: a partner's, or the rules', that is older than a decision made by it.

A table was restored, or the storage failed over: the last writes are lost. Until it is settled, decisions that need the
row fail with a passing error, and the handler notes the row. If it is not back five minutes after the first note, it is
accepted as it is, under a number greater than any that was lost, and all affected customers are decided again. Each
step can be repeated, and a process may die after any: the note goes last.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain.customer_state import CustomerState
from shared.errors import PassingError, WentBackError
from shared.logs import Log, about
from shared.ports import Ports
from shared.storage.gone_back import GoneBack, RowsGoneBack
from shared.storage.rounds import Rounds
from shared.storage.store import Conflict
from shared.workflow.fan_out import hand_on
from shared.workflow.renew import renew_partner, renew_rules

ACCEPTED_AFTER = timedelta(minutes=5)
PAGE = 100
LONGEST_SWEEP = timedelta(minutes=2)
_ROUND = "gone-back"

_log = Log("gone_back")


async def note(ports: Ports, fault: WentBackError) -> None:
    """Note it; who meets it again does, if this fails."""
    with suppress(PassingError):
        if await RowsGoneBack(ports.rows).note(GoneBack(fault.partner_id, fault.seen, ports.timestamp())):
            _log.warning("row went back", {"fault": str(fault)}, partner=fault.partner_id, seen=fault.seen)


async def mend(ports: Ports, state: CustomerState, fault: WentBackError) -> None:
    """Enter the customer again where it is looked for when the row is accepted: those rows may be lost as well."""
    rows = [ports.indexes.enter_in_directory(state.customer_id)]
    if fault.partner_id in state.customer.partner_ids:
        rows.append(ports.indexes.enter_attachments(state.customer_id, [fault.partner_id]))
    if state.next_change_on is not None:
        rows.append(ports.work.add_due(state.customer_id, state.next_change_on))
    await asyncio.gather(*rows)


async def sweep_gone_back(ports: Ports) -> None:
    """Settle those noted: forget those that came back, accept those that are due.

    It ends well before the host would kill it; the next call goes on where it was.
    """
    before = await Rounds(ports.rows).load(_ROUND)
    swept = await _settle_after(ports, before.after)
    if swept.after or before.after:
        with suppress(Conflict):  # another sweep goes on
            await Rounds(ports.rows).note(replace(before, after=swept.after, at=ports.timestamp()))
    if swept.seen:
        _log.info("rows that went back swept", seen=swept.seen, settled=swept.settled, finished=not swept.after)


@dataclass(frozen=True, slots=True)
class _Swept:
    """So many were seen, and so many of them settled; ``after``: up to where, if that is not the end."""

    seen: int = 0
    settled: int = 0
    after: str = ""


async def _settle_after(ports: Ports, after: str) -> _Swept:
    began, swept = ports.now(), _Swept(after=after)
    while page := await RowsGoneBack(ports.rows).page(swept.after, PAGE):
        for each in page:
            settled = await _try_to_settle(ports, each)
            swept = _Swept(swept.seen + 1, swept.settled + settled, each.key)
            if ports.age(began) > LONGEST_SWEEP:
                return swept
    return replace(swept, after="")


async def _try_to_settle(ports: Ports, found: GoneBack) -> bool:
    with about(partner=found.partner_id):
        try:
            return await _settle(ports, found)
        except Exception as fault:  # one does not stop the others
            _log.warning("row is not settled", fault=type(fault).__name__)
            return False


async def _settle(ports: Ports, found: GoneBack) -> bool:
    """Tells whether there is nothing left to wait for."""
    stored = await _stored(ports, found.partner_id)
    if stored < found.seen:
        if not ports.is_older(found.at, ACCEPTED_AFTER):
            return False
        if found.partner_id is None:
            fan_out = await renew_rules(ports, found.seen)
        else:
            fan_out = await renew_partner(ports, found.partner_id, found.seen)
        if fan_out is not None:
            _log.warning("row accepted as it is", stored=stored, seen=found.seen, since=found.at)
            await hand_on(ports, fan_out.id)
    await RowsGoneBack(ports.rows).drop(found)
    return True


async def _stored(ports: Ports, partner_id: str | None) -> int:
    if partner_id is not None:
        return (await ports.partners.load(partner_id)).partner.revision
    state = await ports.rule_sets.load()
    return state.epoch if state else 0
