"""What reconciling finds after any faults: at most rows in lists that a stopped process left; a repair removes them."""

from local.commands.repairing.reconcile import Found, Owner, look_at_all
from local.commands.repairing.repair import repair
from shared.ports import Ports

_LEFT_BY_THE_STOPPED = (Owner.BY_DAY, Owner.NAMED)
"""Rows too many, which no reader shows; a row that is missing is a difference of whom it would point at."""


async def wrong_rows(ports: Ports) -> list[str]:
    """Every other difference, and each that a repair leaves. Where nobody was decided yet there is nothing to look at.

    Repairs what is stored.
    """
    if await ports.rule_sets.load() is None or not (found := await _found(ports)):
        return []
    wrong = [line for each in found if each.owner not in _LEFT_BY_THE_STOPPED for line in each.lines()]
    failed = [each.failed async for passed in repair(ports) for each in passed.repaired if each.failed]
    left = [line for each in await _found(ports) for line in each.lines()]
    return wrong + [f"a repair fails: {each}" for each in failed] + [f"after a repair, {each}" for each in left]


async def _found(ports: Ports) -> list[Found]:
    return [each async for looked in look_at_all(ports) for each in looked.found]
