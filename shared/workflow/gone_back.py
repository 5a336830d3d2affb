"""Settles rows that went back: a partner's, or the rules', that is older than what customers were decided by.

A table was restored, or the storage failed over: what was written last is lost. Until it is settled every decision that
has to have it fails and passes. Whoever meets that notes it. If the row has not come back five minutes after it was
first noted, it is accepted as it is, under a number greater than any that was lost, and all whom it concerns are
decided again. Each step can be repeated, and a process may die after any: the note goes last.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.cause import Cause
from shared.domain.customer_state import CustomerState
from shared.errors import PassingError, RowsGoneBackError, WentBackError
from shared.logs import Log, about
from shared.ports import Ports
from shared.storage.gone_back import GoneBack, RowsGoneBack
from shared.storage.work import FanOut
from shared.workflow.fan_out import hand_on

ACCEPTED_AFTER = timedelta(minutes=5)
REPAIR = Cause({"kind": "repair"})

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


async def check_rows(ports: Ports) -> None:
    """Raises RowsGoneBackError while some are not settled."""
    if await RowsGoneBack(ports.rows).some() is not None:
        raise RowsGoneBackError


async def sweep_gone_back(ports: Ports) -> None:
    """Settle those noted: forget those that came back, accept those that are due."""
    noted = RowsGoneBack(ports.rows)
    some = await noted.some()
    if some is None:
        return
    found = await noted.all()
    for each in found:
        with about(partner=each.partner_id):
            try:
                if each.partner_id is None:
                    await _settle_rules(ports, each)
                else:
                    await _settle_partner(ports, each, each.partner_id)
            except Exception as fault:  # one does not stop the others
                _log.warning("row is not settled", fault=type(fault).__name__)
    if not found and _is_due(ports, some.at):  # else one may be about to be noted
        await noted.drop_some(some)


def _is_due(ports: Ports, at: str) -> bool:
    """Either way: no clock is known to be right."""
    return abs(ports.now() - datetime.fromisoformat(at)) >= ACCEPTED_AFTER


async def _settle_partner(ports: Ports, found: GoneBack, partner_id: str) -> None:
    state = await ports.partners.load(partner_id)
    if (stored := state.partner.revision) < found.seen:
        if not _is_due(ports, found.at):
            return
        partner = state.partner.raised(_least(ports, found))
        fan_out = FanOut(partner_id, partner.revision, at=ports.timestamp())
        await ports.work.open_fan_out(fan_out)
        await ports.partners.commit(ports.partners.writes(replace(state, partner=partner, cause=REPAIR), []))
        _tell_accepted(found, stored, partner.revision)
        await hand_on(ports, fan_out.id)
    await RowsGoneBack(ports.rows).drop(found)


async def _settle_rules(ports: Ports, found: GoneBack) -> None:
    state = await ports.rule_sets.load()
    if state is None or not state.active:
        return
    if (stored := state.epoch) < found.seen:
        if not _is_due(ports, found.at):
            return
        epoch = max(stored + 1, _least(ports, found))
        fan_out = FanOut(None, epoch, at=ports.timestamp())
        await ports.work.open_fan_out(fan_out)
        await ports.rule_sets.save(replace(state, epoch=epoch, cause=dict(REPAIR.named)))
        _tell_accepted(found, stored, epoch)
        await hand_on(ports, fan_out.id)
    await RowsGoneBack(ports.rows).drop(found)


def _least(ports: Ports, found: GoneBack) -> int:
    """More than any that may have been lost: than what was seen, and than clocks that disagree could have given."""
    return max(found.seen, ports.least_number) + ACCEPTED_AFTER // timedelta(milliseconds=1)


def _tell_accepted(found: GoneBack, stored: int, accepted: int) -> None:
    _log.warning("row accepted as it is", stored=stored, accepted=accepted, seen=found.seen, since=found.at)
