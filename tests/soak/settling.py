"""After the storm: the workers at later times, until nothing is left to do.

Arrives: workers, and which messages are refused rightly. Leaves: all others handled, what the timers find too.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from aiohttp import ClientSession

from shared.storage.quarantined import KEPT
from tests.soak.workers import Workers

PATIENCE: Final = 600
A_LITTLE: Final = timedelta(minutes=5)
"""After this, timers take work for forgotten that is still there."""

type SettingsLater = Callable[[timedelta], dict[str, str]]
type Late = Callable[[timedelta], Awaitable[None]]
"""Puts messages that come late, so much later than in the storm."""


class Settling:
    """``later`` is how much later it is by then, ``stopped`` how much it was when days had passed, ``redriven`` how
    many messages were put back."""

    def __init__(
        self,
        workers: Workers,
        settings: SettingsLater,
        refused: Collection[bytes],
        late: Late,
        stops: Sequence[timedelta],
    ) -> None:
        self._workers, self._settings, self._refused = workers, settings, refused
        self._late, self._stops = late, stops
        self.later = timedelta()
        self.stopped: list[timedelta] = []
        self.redriven = 0

    async def run(self) -> None:
        async with ClientSession() as self._session:
            await self._pass(A_LITTLE)
            while await self._redrive():
                await self._pass(A_LITTLE)
            await self._pass(A_LITTLE)  # erasures end
            await self._late(self.later)
            for days in self._stops:  # after a day timers take work for such as will never come
                await self._pass(days)
                await self._pass(A_LITTLE)  # for what sweeps of several workers left each other
                self.stopped.append(self.later)

    async def _pass(self, time: timedelta) -> None:
        """Let it be later and all be handled: workers fire their timers when they start."""
        await self._idle()
        self.later += time
        await self._workers.replace(self._settings(self.later))
        await self._idle()

    async def _idle(self) -> None:
        """Until all workers have had nothing to do twice in a row."""
        looks = 0
        async with asyncio.timeout(PATIENCE):
            while looks < 2:
                states = [await self._ask("GET", f"{url}/admin/host/status") for url in self._workers.urls]
                looks = looks + 1 if all(state["idle"] for state in states) else 0
                await asyncio.sleep(0.2)

    async def _redrive(self) -> int:
        """Put back what can succeed; how many messages that were."""
        quarantine = f"{self._workers.urls[0]}/api/quarantine"
        kept = [each for each in await self._every(quarantine) if each["state"] == KEPT]
        given_up = [each for each in kept if _body(each) not in self._refused]
        for each in given_up:
            await self._ask("POST", f"{quarantine}/{each['id']}/redrive")
        self.redriven += len(given_up)
        return len(given_up)

    async def _every(self, url: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next": ""}
        while page["next"] is not None:
            page = await self._ask("GET", f"{url}?limit=1000" + (f"&after={page['next']}" if page["next"] else ""))
            items += page["items"]
        return items

    async def _ask(self, method: str, url: str) -> dict[str, Any]:
        async with self._session.request(method, url) as answer:
            assert answer.status < 300, f"{method} {url}: {answer.status} {await answer.text()}"
            return dict(await answer.json())


def _body(item: dict[str, Any]) -> bytes:
    return base64.b64decode(item["bodyBase64"]) if "bodyBase64" in item else str(item["body"]).encode()
