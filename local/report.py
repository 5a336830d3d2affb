"""The closing table of ``./dev up``: every customer's status and why, and what became of the replayed events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientSession


async def report(session: ClientSession, replayed: int, notified: str) -> str:
    customers = [each async for each in _items(session, "customers")]
    at_once = asyncio.Semaphore(8)
    details = await asyncio.gather(*(_customer(session, at_once, _id(each)) for each in customers))
    rows = [_row(each) for each in details if each is not None]
    quarantined = len([each async for each in _items(session, "quarantine", state="kept")])
    eligible = sum(row[2] == "eligible" for row in rows)
    counts = (
        f"{replayed} events replayed, {len(rows)} customers decided ({eligible} eligible), "
        f"{notified}, {quarantined} messages in quarantine"
    )
    return "\n".join([*_table([("CUSTOMER", "NAME", "STATUS", "PROJECTS", "WHY"), *rows]), "", counts])


async def _items(session: ClientSession, route: str, **wanted: str) -> AsyncIterator[dict[str, Any]]:
    after: str | None = None
    while True:
        query = {"limit": "1000", **wanted} | ({"after": after} if after else {})
        async with session.get(f"/api/{route}", params=query) as response:
            response.raise_for_status()
            page = await response.json()
        for item in page["items"]:
            yield item
        after = page["next"]
        if after is None:
            return


async def _customer(session: ClientSession, at_once: asyncio.Semaphore, customer_id: str) -> dict[str, Any] | None:
    async with at_once, session.get(f"/api/customers/{customer_id}") as response:
        if response.status == 404:
            return None
        response.raise_for_status()
        body: dict[str, Any] = await response.json()
        name = (body.get("description") or {}).get("name") or "-"
        return {"customerId": customer_id, "name": name, **(body.get("decision") or {})}


def _id(customer: dict[str, Any]) -> str:
    return str(customer.get("customerId") or customer["id"])


def _row(decision: dict[str, Any]) -> tuple[str, ...]:
    first, *more = decision.get("eligibleProjects") or ["-"]
    projects = f"{first}, {len(more)} more" if len(more) > 1 else ", ".join([first, *more])
    status = decision.get("status", "unassessed")
    return decision["customerId"], decision["name"], status, projects, _why(decision)


def _why(decision: dict[str, Any]) -> str:
    """The current reasons in one line: that of the list is as of the last recorded decision."""
    summary = decision.get("summary")
    if summary is None:
        return "is being decided again" if "summary" in decision else "not decided yet"
    headline, *lines = summary
    first, *more = [each for each in lines if each["verdict"] == headline["verdict"]] or [headline]
    if headline["verdict"] == "met":
        return str(headline["text"])
    way = ", or another way" if "oneOf" in first else ""
    while "oneOf" in first:
        first = first["oneOf"][0][0]
    return f"{first['text']}{way}{f', and {len(more)} more' if more else ''}"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
