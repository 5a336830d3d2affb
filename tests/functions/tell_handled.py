"""Prints the modules loaded once the app is imported and has handled events, with a store in memory."""

import asyncio
import json
import sys

from function_app import app
from tests import events
from tests.world import World

app.get_functions()
asyncio.run(World().post(*events.eligible(), *events.qualified()))
print(json.dumps(sorted(sys.modules)))
