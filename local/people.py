"""What people did in the sample programme, by the API: a draft and its preview, an exception, a message closed.

Done once: what is there from an earlier run with ``--data`` is left as it is.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientSession

from samples.year_ahead import Calendar

RULE_SETS: Final = Path(__file__).parents[1] / "rule_sets"
_DRAFT: Final = "2025-01-01"
_DRAFTED: Final = {"author": "Katie Jordan", "note": "Solutions Partners only; exceptions by the programme"}
_GRANTED: Final = {"exceptionId": "X-1038", "approvedBy": "Katie Jordan", "reason": "a partner is being chosen"}
_EXCEPTED: Final = "C-1038"
_CLOSED: Final = "customer;licence;amount"
_CLOSING: Final = {"author": "Adele Vance", "reason": "a spreadsheet, sent by mistake"}


async def act(session: ClientSession, today: date, settled: Callable[[], Awaitable[None]]) -> None:
    """``settled`` waits until nothing is left to handle: the preview is of a population that has the exception."""
    on = Calendar(today)
    await _grant(session, on)
    await settled()
    await _draft(session, on)
    await _close(session)


async def _draft(session: ClientSession, on: Calendar) -> None:
    if len((await _get(session, "rule-sets"))["items"]) > 1:
        return
    document = json.loads((RULE_SETS / f"{_DRAFT}.json").read_bytes()) | {"effectiveFrom": on.month_begins(4)}
    cases = [json.loads(file.read_bytes()) for file in sorted((RULE_SETS / "cases" / _DRAFT).glob("*.json"))]
    stored = await _post(session, "rule-sets", {"document": document, "cases": cases, **_DRAFTED})
    await _post(session, f"rule-sets/{stored['version']}/preview", {})


async def _grant(session: ClientSession, on: Calendar) -> None:
    path = f"customers/{_EXCEPTED}/exceptions"
    if not (await _get(session, path))["items"]:
        await _post(session, path, {**_GRANTED, "validUntil": on.month_ends(5)})


async def _close(session: ClientSession) -> None:
    kept = (await _get(session, "quarantine?state=kept&limit=1000"))["items"]
    for each in kept:
        if each.get("body") == _CLOSED:
            await _post(session, f"quarantine/{each['id']}/close", _CLOSING)


async def _get(session: ClientSession, path: str) -> Any:
    async with session.get(f"/api/{path}") as response:
        response.raise_for_status()
        return await response.json()


async def _post(session: ClientSession, path: str, body: object) -> Any:
    async with session.post(f"/api/{path}", json=body) as response:
        response.raise_for_status()
        return await response.json()
