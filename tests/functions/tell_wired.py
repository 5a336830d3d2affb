"""Prints the modules loaded once the ports are built by the settings there are."""

import asyncio
import json
import sys

from shared.wiring import ports


async def build() -> None:
    ports()


asyncio.run(build())
print(json.dumps(sorted(sys.modules)))
