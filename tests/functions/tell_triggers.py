"""Prints each function's trigger by name, as Microsoft's worker library tells them to the host."""

import asyncio
import json
from pathlib import Path

from local.host.worker import Worker

functions = asyncio.run(Worker(60).load(Path(__file__).parents[2]))
print(json.dumps({function.name: function.trigger for function in functions}))
