"""Something that takes long to start, used by all processes of a run: the first to need it starts it and ends it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.host.hosts import eventually

_LONGEST = 900
"""Seconds that the other processes may go on with their tests."""


@contextmanager
def used_together(folder: Path, started: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Its address. Whoever started it waits at the end until nobody uses it; then the next to come starts another."""
    folder.mkdir(parents=True, exist_ok=True)
    address, mine = folder / "address", folder / f"user-{os.getpid()}"
    with _alone(folder):
        mine.touch()
        running = None if address.exists() else started()
        if running:
            address.write_text(running.__enter__())
    try:
        yield address.read_text()
    finally:
        mine.unlink()
        if running:
            eventually(lambda: _ended(folder), _LONGEST)
            running.__exit__(None, None, None)


def _ended(folder: Path) -> bool:
    """Whether nobody uses it; from now on nobody comes any more."""
    with _alone(folder):
        used = [each for each in folder.glob("user-*") if Path("/proc", each.name.removeprefix("user-")).exists()]
        if not used:
            (folder / "address").unlink()
        return not used


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
