"""Report messages that an earlier run on the same data took and never finished: hidden until its lease ends.

How long a run hides messages is in a file beside what it stores.
"""

import asyncio
import contextlib
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from local.host.host import Host

FILE: Final = "lease"
_LOOKS: Final = 3
_BETWEEN_LOOKS: Final = 0.5


def earlier_lease(folder: Path | None, lease: float) -> float:
    """How many seconds from now an earlier run may keep messages hidden; writes down the lease of this one."""
    if folder is None:
        return 0
    file = folder / FILE
    earlier = 0.0
    with contextlib.suppress(OSError, ValueError):
        earlier = float(file.read_text())
    file.write_text(f"{lease}\n")
    return earlier


async def report_hidden(host: Host, seconds: float) -> None:
    """Print once which messages are left that no handler has, and until when they can stay hidden."""
    until, deadline = datetime.now() + timedelta(seconds=seconds), time.monotonic() + seconds
    looks = 0
    while time.monotonic() < deadline:
        status = await host.status()
        if status.idle:
            return
        looks = 0 if status.in_flight else looks + 1
        if looks == _LOOKS:
            print(_line(status.queues, until), flush=True)
            return
        await asyncio.sleep(_BETWEEN_LOOKS)


def _line(queues: dict[str, int], until: datetime) -> str:
    left = ", ".join(f"{count} on {queue}" for queue, count in sorted(queues.items()) if count)
    return f"waiting   {left}: an earlier run was handling it; it comes back by {until:%H:%M:%S} at the latest"
