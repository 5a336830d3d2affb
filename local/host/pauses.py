"""Pauses that an event cuts short."""

import asyncio
from contextlib import suppress


async def pause_unless(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but no longer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
