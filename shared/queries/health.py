"""Whether what the product depends on answers: all asked at once, so that the answer takes as long as the slowest."""

import asyncio
from collections.abc import Awaitable

from shared.domain.decision import JsonObject
from shared.errors import PassingError
from shared.ports import Ports


async def health(ports: Ports) -> JsonObject:
    """``healthy`` when every dependency is ``up``; of the transports those that the settings chose."""
    checks = {"tables": ports.rule_sets.load, **ports.checks}
    answers = await asyncio.gather(*(_state(check()) for check in checks.values()))
    states = dict(zip(checks, answers, strict=True))
    healthy = all(state == "up" for state in states.values())
    return {"status": "healthy" if healthy else "unhealthy", "dependencies": states}


async def _state(call: Awaitable[object]) -> str:
    try:
        await call
    except PassingError:
        return "down"
    return "up"
