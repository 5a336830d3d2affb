"""Whether what the product depends on answers."""

from collections.abc import Awaitable

from shared.domain.decision import JsonObject
from shared.errors import PassingError
from shared.ports import Ports


async def health(ports: Ports) -> JsonObject:
    """``healthy`` when every dependency is ``up``; of the transports those that the settings chose."""
    states = {"tables": await _state(ports.rule_sets.load())}
    for name, check in ports.checks.items():
        states[name] = await _state(check())
    healthy = all(state == "up" for state in states.values())
    return {"status": "healthy" if healthy else "unhealthy", "dependencies": states}


async def _state(call: Awaitable[object]) -> str:
    try:
        await call
    except PassingError:
        return "down"
    return "up"
