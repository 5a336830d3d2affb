"""Steps of the set-up as the person sees them: a line when one starts and when it ends; all a command says is in a log.

An interrupted set-up ends everything it started and reports nothing as done.
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
from types import FrameType

from local.setup.run import STOP_SIGNALS

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools"
LONGEST_WAIT = 0.2
"""Seconds of a wait in one go: a signal that comes just before it begins is not seen until it ends."""
_LONGEST_GIST = 400


class SetupError(Exception):
    """A step failed; the message says in one line what is wrong and what to do about it."""


class Interrupted(BaseException):
    """Ctrl-C or a request to end, by the signal's number. No SetupError: there is nothing to try instead."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(number)
        self.number = int(number)


class Signals:
    """Ctrl-C and a request to end: the first raises Interrupted, further ones are ignored.

    While threads work it is only noted, and raised where that is safe: an exception in the middle of the machinery of
    locks and threads may be lost, or leave a lock taken for ever.
    """

    def __init__(self) -> None:
        self.number = 0
        self._noting = False

    def handle(self, number: int, _frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        if not self._noting:
            raise Interrupted(number)
        self.number = number

    @contextlib.contextmanager
    def noted(self) -> Iterator[None]:
        self._noting = True
        try:
            yield
        finally:
            self._noting = False
        self.check()

    def check(self) -> None:
        if self.number:
            raise Interrupted(self.number)


SIGNALS = Signals()


class Steps:
    """Runs commands quietly; every child is known, so that an interrupted set-up leaves none behind."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._stopped = threading.Event()
        self.lock: tuple[int, ...] = ()
        """The set-up's lock. Children have it too: if this process is killed, another waits until they have ended."""

    def say(self, text: str) -> None:
        self.go_on()
        print(f"[{time.monotonic() - self._started:5.1f}s] {text}", file=sys.stderr, flush=True)

    def run(self, title: str, command: Sequence[str | Path], log: str, env: Mapping[str, str] | None = None) -> None:
        """Run one command to its end; ``log`` names its log file under .tools/."""
        self.say(title)
        path = TOOLS / f"{log}.log"
        with path.open("ab") as output:
            output.write(f"\n$ {' '.join(map(str, command))}\n".encode())
            output.flush()
            start = output.tell()
            code = self._wait([str(word) for word in command], output.fileno(), env)
        self.go_on()
        if code:
            raise SetupError(f"{title}: failed with status {code} ({_gist(path, start)}; all of it is in {path})")

    def _wait(self, command: list[str], output: int, env: Mapping[str, str] | None) -> int:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=self.lock,
        )
        self._children.add(child)
        try:
            if self._stopped.is_set():  # stopped while this one was being started: stop() did not see it
                _kill(child)
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return child.wait(LONGEST_WAIT)
                if SIGNALS.number:
                    _kill(child)
        finally:
            self._children.discard(child)

    def go_on(self) -> None:
        """Nothing more is begun, tried or reported once the set-up is stopped."""
        SIGNALS.check()
        if self._stopped.is_set():
            raise Interrupted

    def stop(self) -> None:
        """Ends what is still running, with its own children; not gently, npm would take its time to tidy up."""
        self._stopped.set()
        for child in list(self._children):
            _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
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


def exists(path: Path) -> bool:
    """Whether it is there; False too where looking is not allowed, which pathlib makes an error before Python 3.14."""
    return os.path.exists(path)  # noqa: PTH110


@contextlib.contextmanager
def only_one(steps: Steps) -> Iterator[None]:
    """Two set-ups of one checkout take turns; the second then finds nothing left to do."""
    try:
        import fcntl

        TOOLS.mkdir(exist_ok=True)
        lock = (TOOLS / "lock").open("w")
    except (ImportError, OSError):  # Windows has no such lock; where nothing can be written, nothing can be installed
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            steps.say("waiting for another ./dev to finish its set-up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        steps.lock = (lock.fileno(),)
        yield


def _gist(log: Path, start: int) -> str:
    """The first and the last error of those that a command reported, in one line; else its last words."""
    with log.open("rb") as output:
        output.seek(start)
        lines = [line.strip() for line in output.read().decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or line.startswith("Caused by:")]
    errors = [line for line in errors if "complete log of this run" not in line] or lines[-1:] or ["it said nothing"]
    gist = "; ".join(dict.fromkeys((errors[0], errors[-1])))
    return gist if len(gist) <= _LONGEST_GIST else f"{gist[: _LONGEST_GIST - 3]}..."
