"""Child processes of a clean start: the app is imported and indexed once per process, and what that does is watched.

Arrives: a module of this folder. Leaves: the JSON value it printed last.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "EligibilityStorage": "UseDevelopmentStorage=true",
    "ServiceBusConnection": "Endpoint=sb://name.servicebus.windows.net/;SharedAccessKeyName=app;SharedAccessKey=a2V5",
}
"""Enough for either transport; nothing answers there."""


def told_by(module: str, **settings: str) -> Any:
    """What ``python -m tests.functions.<module>`` says, run in the app's folder with these settings of ours alone."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", f"tests.functions.{module}"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
