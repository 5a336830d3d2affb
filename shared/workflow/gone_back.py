"""Settles rows that went back: a partner's, or the rules', that is older than a decision made by it.

A table was restored, or the storage failed over: the last writes are lost. Until it is settled, decisions that need the
row fail with a passing error, and the handler notes the row. If it is not back five minutes after the first note, it is
accepted as it is, under a number greater than any that was lost, and all affected customers are decided again. Each
step can be repeated, and a process may die after any: the note goes last.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from shared.domain.customer_state import CustomerState
from shared.errors import PassingError, WentBackError
from shared.logs import Log
from shared.ports import Ports
from shared.storage.gone_back import GoneBack, RowsGoneBack
from shared.workflow.index import write_head
from shared.workflow.renew import renew_partner, renew_rules
from shared.workflow.rounds import alone, go_on
from shared.workflow.steps import enqueue

ACCEPTED_AFTER = timedelta(minutes=5)
PAGE = 100
LONGEST_SWEEP = timedelta(minutes=2)

_log = Log("gone_back")


async def note(ports: Ports, fault: WentBackError) -> None:
    """Note it; who meets it again does, if this fails."""
    with suppress(PassingError):
        if await RowsGoneBack(ports.rows).note(GoneBack(fault.partner_id, fault.seen, ports.timestamp())):
            _log.warning("row went back", {"fault": str(fault)}, partner=fault.partner_id, seen=fault.seen)


async def mend(ports: Ports, state: CustomerState, fault: WentBackError) -> None:
    """Enter the customer again where it is looked for when the row is accepted: those rows may be lost as well."""
    rows = [ports.indexes.enter_in_directory(state.customer_id), write_head(ports, state)]
    if fault.partner_id in state.customer.partner_ids:
        rows.append(ports.indexes.enter_attachments(state.customer_id, [fault.partner_id]))
    if state.due_on is not None:
        rows.append(ports.work.add_due(state.customer_id, state.due_on))
    await asyncio.gather(*rows)


async def sweep_gone_back(ports: Ports) -> None:
    """Settle those noted: forget those that came back, accept those that are due."""
    began, seen, settled = ports.now(), 0, 0

    async def page(after: str) -> str | None:
        nonlocal seen, settled
        rows = await RowsGoneBack(ports.rows).page(after, PAGE)
        for each in rows:
            with alone(_log, "row is not settled", partner=each.partner_id):
                settled += await _settle(ports, each)
            seen += 1
            if ports.age(began) > LONGEST_SWEEP:  # one may take seconds
                return each.key
        return rows[-1].key if len(rows) == PAGE else None

    finished = await go_on(ports, "gone-back", page, LONGEST_SWEEP)
    if seen:
        _log.info("rows that went back swept", seen=seen, settled=settled, finished=finished)


async def _settle(ports: Ports, found: GoneBack) -> bool:
    """Whether there is nothing left to wait for."""
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
            await enqueue(ports, fan_out.id)
    await RowsGoneBack(ports.rows).drop(found)
    return True


async def _stored(ports: Ports, partner_id: str | None) -> int:
    if partner_id is not None:
        return (await ports.partners.load(partner_id)).partner.revision
    state = await ports.rule_sets.load()
    return state.epoch if state else 0
