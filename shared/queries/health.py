"""Whether what the product depends on answers, within five seconds even if it hangs."""

import asyncio
from collections.abc import Awaitable

from shared.domain.decision import JsonObject
from shared.errors import LaterVersionError, PassingError, RowsGoneBackError
from shared.messaging.sender import QueueMissingError
from shared.ports import Ports
from shared.rule_books import RulesMissingError

LONGEST = 4.0
"""Seconds to wait for a dependency: an answer takes at most five, and the host and the network need a part of them."""


async def health(ports: Ports, longest: float = LONGEST) -> JsonObject:
    """``healthy`` when every dependency is ``up``; of the transports those that the settings chose.

    All are asked at once. One that does not answer within ``longest`` seconds is ``down``; its call is cancelled and
    not awaited, since closing a broken connection may take seconds more. ``rules`` says what to do where there are
    customers and no rules; ``versions`` names what a later version wrote and this one cannot read; ``rows`` says that
    some went back; ``clock`` says by how much this machine's is off; ``upgrading`` says how many customers are decided
    again after an upgrade, while they are.
    """
    from shared.workflow.upgrade import upgrading  # no event should wait for it

    checks = {
        "tables": ports.rule_sets.load,
        "rules": ports.rule_books.check_there,
        "versions": lambda: _only_what_is_read(ports),
        "rows": lambda: _no_row_went_back(ports),
        **ports.checks,
    }
    asked = {name: asyncio.ensure_future(_state(check())) for name, check in checks.items()}
    run = asyncio.ensure_future(upgrading(ports))
    answered, _ = await asyncio.wait((*asked.values(), run), timeout=longest)
    for call in (*asked.values(), run):
        call.cancel()
    states = {name: call.result() if call in answered else "down" for name, call in asked.items()}
    for name in ("rules", "versions", "rows"):
        if states[name] == "up" or states["tables"] != "up":
            del states[name]  # what says nothing, or the same again, is left out
    if off := ports.storage_clock.off():
        states["clock"] = off
    healthy = all(state == "up" for state in states.values())
    answer: JsonObject = {"status": "healthy" if healthy else "unhealthy", "dependencies": states}
    if run in answered and not run.exception() and (found := run.result()):
        answer["upgrading"] = {"done": found.done, "of": found.of}
    return answer


async def _only_what_is_read(ports: Ports) -> None:
    """Raises LaterVersionError if a later version wrote what this process needs, or what it met a short while ago."""
    await ports.rule_books.check_readable()
    if recent := "; ".join(ports.later.recent()):
        raise LaterVersionError(recent, recent)


async def _no_row_went_back(ports: Ports) -> None:
    """Raises RowsGoneBackError while some are not settled."""
    from shared.storage.gone_back import RowsGoneBack  # the same

    if await RowsGoneBack(ports.rows).some() is not None:
        raise RowsGoneBackError


async def _state(call: Awaitable[object]) -> str:
    try:
        await call
    except (QueueMissingError, RulesMissingError, RowsGoneBackError) as fault:
        return str(fault)
    except LaterVersionError as fault:
        return fault.named
    except PassingError:
        return "down"
    return "up"
