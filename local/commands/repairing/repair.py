"""Repairing: computes again what reconciling finds, while the app runs or is stopped.

For what restored tables leave: a partner's summary, or the rules, behind what customers were decided by; rows of
indexes, of dates and of notifications that are gone; decisions that are not those of the facts. It writes as everything
else does, over the versions it read, and the rows of later work first. So it may be stopped anywhere and run again;
what is left of it, fan-outs and notifications, the app's timers end. Nothing is put on a queue.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial

from local.commands.repairing.reconcile import Found, Owner, look_at_all, rules_differences
from local.commands.repairing.reconcile_index import place_of
from local.commands.repairing.reconcile_quarantine import repair_quarantine
from local.commands.repairing.reindex import forget_day, forget_name
from shared.at_once import at_once
from shared.logs import Log, about
from shared.ports import Ports
from shared.storage.names import Whose
from shared.storage.store import StoreUnavailableError
from shared.workflow.index import reindex_row
from shared.workflow.names import index_again
from shared.workflow.renew import renew_partner, renew_rules
from shared.workflow.repair_customer import repair_customer

PASSES = 3
"""Over everything, until one finds nothing: what was repaired later may be what others stand on."""

_log = Log("repair")


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of one owner that differed: why it could not be repaired, if it could not."""

    found: Found
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """How many owners the ``number``-th pass looked at since the last time, and what became of those that differed."""

    number: int
    owners: int
    repaired: list[Repaired]


class CannotRepairError(Exception):
    """What is gone cannot be made of what is left."""


def remedy(found: Found) -> str:
    """What repairing does about it."""
    match found.owner:
        case Owner.RULES:
            return "what is noted of the versions is corrected; a rule set that is gone has to be restored"
        case Owner.QUARANTINE:
            return "its messages are listed and counted again"
        case Owner.PARTNER:
            return "its facts are summed up again, and its customers are decided by that"
        case Owner.CUSTOMER:
            return "its rows are written again, and it is decided again; another outcome is notified"
        case Owner.INDEX:
            return "it is deleted, or becomes one of a customer that is not assessed"
        case Owner.BY_DAY | Owner.NAMED:
            return "it is deleted"


async def repair(ports: Ports) -> AsyncGenerator[Passed]:
    """Pass over everything until nothing is repaired, three times at most; what the last pass found is left."""
    for number in range(1, PASSES + 1):
        repaired = False
        async for looked in look_at_all(ports):
            ends = await at_once(partial(_repaired, ports), looked.found)
            repaired = repaired or not all(each.failed for each in ends)
            yield Passed(number, looked.owners, ends)
        if not repaired:
            return


async def _repaired(ports: Ports, found: Found) -> Repaired:
    with about(repair=found.id):
        try:
            await _repair(ports, found)
        except StoreUnavailableError:
            raise
        except Exception as fault:  # one that cannot be repaired does not stop the others
            _log.warning("not repaired", fault=type(fault).__name__)
            return Repaired(found, str(fault) or type(fault).__name__)
        _log.info("repaired", differences=len(found.differences))
        return Repaired(found)


async def _repair(ports: Ports, found: Found) -> None:
    match found.owner:
        case Owner.RULES:
            await renew_rules(ports, 0)
            if left := await rules_differences(ports):
                raise CannotRepairError("; ".join(left))
        case Owner.QUARANTINE:
            await repair_quarantine(ports, found.id)
        case Owner.PARTNER:
            await renew_partner(ports, found.id, 0)
            await index_again(ports, Whose.PARTNER, found.id)
        case Owner.CUSTOMER:
            await _catch_up(ports, found.id)
            await repair_customer(ports, found.id)
            await index_again(ports, Whose.CUSTOMER, found.id)
        case Owner.INDEX:
            await reindex_row(ports, place_of(found.id))
        case Owner.BY_DAY:
            await forget_day(ports, found.id)
        case Owner.NAMED:
            await forget_name(ports, found.id)


async def _catch_up(ports: Ports, customer_id: str) -> None:
    """What the customer was decided by is stored, or something later is: by what is stored now it is decided again."""
    evidence = (await ports.customers.load(customer_id)).state.evidence
    rules = await ports.rule_sets.load()
    if rules is not None and rules.epoch < evidence.epoch:
        await renew_rules(ports, evidence.epoch)
    for partner_id, revision in evidence.partners.items():
        if (await ports.partners.load(partner_id)).partner.revision < revision:
            await renew_partner(ports, partner_id, revision)
