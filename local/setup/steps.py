"""Steps of the set-up as the person sees them.

Arrives: commands to run. Leaves: a line when one starts and when it ends, with the seconds since the start; the whole
output in a log file that is named when a step fails.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"


class SetupError(Exception):
    """A step failed; the message says what to do about it."""


class Steps:
    """Runs commands quietly; every child is known, so that an interrupted set-up leaves none behind."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = threading.Event()

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._started:5.1f}s] {text}", file=sys.stderr, flush=True)

    def run(self, title: str, command: Sequence[str | Path], log: str, env: Mapping[str, str] | None = None) -> None:
        """Run one command to its end; ``log`` names its log file under .tools/."""
        self._go_on()
        self.say(title)
        path = TOOLS / f"{log}.log"
        with path.open("ab") as output:
            output.write(f"\n$ {' '.join(map(str, command))}\n".encode())
            output.flush()
            code = self._wait([str(word) for word in command], output.fileno(), env)
        if code:
            raise SetupError(f"{title}: failed with status {code}; all it said is in {path}\n{_tail(path)}")

    def _wait(self, command: list[str], output: int, env: Mapping[str, str] | None) -> int:
        self._go_on()
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        self._children.add(child)
        try:
            return child.wait()
        finally:
            self._children.discard(child)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise SetupError("interrupted")

    def stop(self) -> None:
        """Ends what is still running, with its own children; not gently, npm would take its time to tidy up."""
        self._stopped.set()
        for child in list(self._children):
            with contextlib.suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL) if hasattr(os, "killpg") else child.kill()


def output_of(command: Sequence[str | Path], timeout: float = 20) -> str | None:
    """What a command prints, or None if it cannot be run or fails."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace").strip()


@contextlib.contextmanager
def only_one(steps: Steps) -> Iterator[None]:
    """Two set-ups of one checkout take turns; the second then finds nothing left to do."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows: no turn-taking there
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            steps.say("waiting for another ./dev to finish its set-up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join("    " + line for line in path.read_text(errors="replace").splitlines()[-lines:])
