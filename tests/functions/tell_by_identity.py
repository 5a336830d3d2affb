"""Handles the event in ``EVENT`` by the settings there are, then asks for the directory.

Prints the modules loaded after the import, the event and the question, and who is in the directory.
"""

import asyncio
import json
import os
import sys

from function_app import app
from shared.wiring import ports
from shared.workflow.receive_event import receive_event

app.get_functions()
loaded = [sorted(sys.modules)]


async def handle() -> list[str]:
    await receive_event(ports(), os.environ["EVENT"].encode(), 1)
    loaded.append(sorted(sys.modules))
    found = await ports().indexes.directory("", 10)
    loaded.append(sorted(sys.modules))
    return found


directory = asyncio.run(handle())
sys.stderr.flush()
print(json.dumps({"loaded": loaded, "directory": directory}), flush=True)
os._exit(0)  # as a worker, which closes nothing
