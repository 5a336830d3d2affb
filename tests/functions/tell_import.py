"""Imports the app with everything watched and prints what it did beyond loading modules.

Environment reads count when code of ours makes them, or when they ask for a setting of ours; files count when they are
written, or are of ours and no module.
"""

import collections.abc
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT}{os.sep}{name}" for name in ("function_app.py", f"functions{os.sep}", f"shared{os.sep}"))
SETTINGS = ("eligibility", "clock", "azure", "servicebus")
CALLS = ("socket.", "subprocess.", "os.system", "os.posix_spawn", "os.fork", "_thread.start")
MAPPING = (
    os.__file__,
    "<frozen os>",
    collections.abc.__file__,
    "<frozen _collections_abc>",
    "<frozen collections.abc>",
)
"""Where ``get`` and its like call ``__getitem__`` from."""

seen: dict[str, list[str]] = {"calls": [], "files": [], "environment": []}
watching = False


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not watching:
        return
    if event.startswith(CALLS):
        seen["calls"].append(f"{event} {arguments!r:.200}")
    if event == "open":
        path, mode = str(arguments[0]), str(arguments[1] or "r")
        ours = path.startswith(str(ROOT)) and not path.startswith(sys.prefix)
        if set(mode) & set("wax+") or (ours and not path.endswith((".py", ".pyc"))):
            seen["files"].append(f"{mode} {path}")


class WatchedEnvironment(os._Environ):  # type: ignore[type-arg]
    """The process's environment, telling who reads it."""

    def __getitem__(self, name: str) -> str:
        _read(name)
        return str(super().__getitem__(name))

    def __iter__(self) -> Any:
        _read("everything")
        return super().__iter__()


def _read(name: str) -> None:
    frame = sys._getframe(2)
    while frame.f_back and frame.f_code.co_filename in MAPPING:
        frame = frame.f_back
    if watching and (frame.f_code.co_filename.startswith(OURS) or name.lower().startswith(SETTINGS)):
        seen["environment"].append(f"{name} by {frame.f_code.co_filename}:{frame.f_lineno}")


os.environ.__class__ = WatchedEnvironment
sys.addaudithook(watch)
before = set(threading.enumerate())

watching = True
import function_app  # noqa: E402, F401  the watch has to be set up first

watching = False
threads = [each.name for each in threading.enumerate() if each not in before]
print(json.dumps({**seen, "threads": threads, "modules": sorted(sys.modules)}))
