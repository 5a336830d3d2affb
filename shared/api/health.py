"""Health: whether what the product depends on answers, within five seconds even if it hangs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, NotRequired

from shared.api.route import EVERYONE, Connect, Noun, Reply, Route
from shared.api.shapes import TypedDict, among
from shared.errors import LaterVersionError, PassingError, RowsGoneBackError
from shared.messaging.sender import QueueMissingError
from shared.own_json import compact_bytes
from shared.ports import Ports
from shared.rule_books import RulesMissingError
from shared.settings import SettingError, read_authorisation

NOUN = Noun("Health", "Whether the system works, and how to talk to it.")

LONGEST = 4.0
"""Seconds to wait for a dependency: an answer takes at most five, and the host and the network need a part of them."""
HEALTHY, UNHEALTHY = "healthy", "unhealthy"

_State = Annotated[str, '"up", "down" or what is wrong']


class HealthUpgrading(TypedDict):
    """Every customer is being decided once more after an upgrade."""

    done: Annotated[int, "how many are, of this upgrade"]
    of: Annotated[int | None, "of how many; null while that is not known"]


class Health(TypedDict):
    """Whether what this depends on answers."""

    status: Annotated[str, "of the whole", among([HEALTHY, UNHEALTHY])]
    dependencies: Annotated[dict[str, _State], '"up" or what is wrong, by dependency']
    upgrading: NotRequired[HealthUpgrading]


@Route(
    NOUN,
    "GET",
    "health",
    EVERYONE,
    "Whether the system works",
    "Every dependency answers.",
    answer=Health,
    also={503: "Some dependency does not answer."},
)
async def health(connect: Connect) -> Reply:
    try:
        read_authorisation()
        found = await dependencies(connect())
    except SettingError as fault:
        found = {"status": UNHEALTHY, "dependencies": {"settings": str(fault)}}
    return Reply(compact_bytes(found), 200 if found["status"] == HEALTHY else 503)


async def dependencies(ports: Ports, longest: float = LONGEST) -> Health:
    """``healthy`` when every dependency is ``up``; of the transports those that the settings chose.

    All are asked at once. One that does not answer within ``longest`` seconds is ``down``; its call is cancelled and
    not awaited, since closing a broken connection may take seconds more. ``rules`` says what to do where there are
    customers and no rules; ``versions`` names what a later version wrote and this one cannot read; ``rows`` says that
    some went back; ``clock`` says by how much this machine's is off; ``upgrading`` says how many customers are decided
    again after an upgrade, while they are.
    """
    from shared.workflow.upgrade import upgrading

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
            del states[name]  # it says nothing, or the same again
    if off := ports.storage_clock.off():
        states["clock"] = off
    healthy = all(state == "up" for state in states.values())
    answer: Health = {"status": HEALTHY if healthy else UNHEALTHY, "dependencies": states}
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

    if await RowsGoneBack(ports.rows).page("", 1):
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
