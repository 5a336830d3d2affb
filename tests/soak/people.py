"""People at work in the storm: they put rules in force that allow exceptions, and have customers erased."""

import asyncio
import json
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from shared.domain.decision import JsonObject
from tests.rules.given import allowing_exceptions
from tests.soak.workers import Workers

_AGAIN_AFTER: Final = 0.1
_UNKNOWN: Final = 404
_NO_LONGER_THAN: Final = ClientTimeout(total=60)


class People:
    """``erased`` are those whose erasure was accepted."""

    def __init__(self, workers: Workers, chance: Random, customers: Sequence[str]) -> None:
        self._workers, self._chance, self._customers = workers, chance, customers
        self.erased: set[str] = set()

    async def allow_exceptions(self) -> None:
        version = (await self._insist("POST", "rule-sets", {"document": allowing_exceptions()}))["version"]
        await self._insist("POST", f"rule-sets/{version}/activate", {})

    async def erase_somebody(self) -> None:
        """One of whom something is stored by now, again if chance has it so."""
        while True:
            customer_id = self._chance.choice(self._customers)
            if await self._insist("DELETE", f"customers/{customer_id}?reason=asked+for+it"):
                self.erased.add(customer_id)
                return
            await asyncio.sleep(_AGAIN_AFTER)

    async def _insist(self, method: str, path: str, body: JsonObject | None = None) -> dict[str, Any]:
        """What a worker answers, asked again, or another, while it is gone or cannot; {} if nobody knows of it."""
        async with ClientSession(timeout=_NO_LONGER_THAN) as session:
            while True:
                url = f"{self._chance.choice(self._workers.urls)}/api/{path}"
                try:
                    async with session.request(method, url, json=body) as answer:
                        text = await answer.text()
                except (ClientError, TimeoutError):
                    pass  # killed, perhaps when it was done
                else:
                    if answer.status < 300:
                        return dict(json.loads(text or "{}"))
                    if answer.status == _UNKNOWN:
                        return {}
                    assert answer.status >= 500, f"{method} {url}: {answer.status} {text}"
                await asyncio.sleep(_AGAIN_AFTER)
