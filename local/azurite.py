"""Azurite, Microsoft's storage emulator, as a child process that ends with this one."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from local.host.child import die_with_parent
from local.host.development_storage import Ports, connection_string
from local.host.ports import AZURITE_PORTS, answers, free_ports
from local.setup.node import AZURITE, find_node

_LONGEST_SAVE: Final = 10.0  # seconds
_SAVES_ONCE_ASKED: Final = ("--import", "data:text/javascript,process.on('SIGTERM',()=>{})")
"""For Node: a second SIGTERM does not end Azurite while it saves. After kill -9 of a parent with several threads the
kernel sends one for each."""


class AzuriteError(Exception):
    """Azurite did not start; the message says why."""


def temporary_folder() -> Path:
    """A folder in memory where there is one: Azurite is then some times faster than on a disk."""
    memory = Path("/dev/shm")  # noqa: S108  mkdtemp makes a folder of our own in it  # nosec B108
    return Path(tempfile.mkdtemp(prefix="azurite-", dir=memory if os.access(memory, os.W_OK) else None))


class Azurite:
    """One emulator; without ``folder`` it keeps nothing, without ``ports`` it takes free ones."""

    def __init__(self, folder: Path | None = None, ports: Ports | None = None, options: Sequence[str] = ()) -> None:
        """``options`` are Azurite's own, beside those it is always given."""
        self._options = options
        self._own_folder = folder is None
        self._folder = folder
        self._wanted = ports
        self.ports: Ports = ports or AZURITE_PORTS
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def connection_string(self) -> str:
        return connection_string(self.ports)

    @property
    def folder(self) -> Path:
        if self._folder is None:
            raise AzuriteError("Azurite has no folder before it is started")
        return self._folder

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Returns when all three services answer."""
        self._folder = self._folder or temporary_folder()
        self._folder.mkdir(parents=True, exist_ok=True)
        for last in (False, False, True):
            if self._wanted is None:
                blob, queue, table = free_ports(3)
                self.ports = (blob, queue, table)
            self._process = self._spawn()
            if self._answers(30):
                break
            self.stop(keep_folder=True)
            if last or self._wanted:  # free ports may have been taken by another in the meantime: try others
                raise AzuriteError(f"Azurite did not start; its log:\n{self._log.read_text()[-2000:]}")
        return self

    @property
    def _log(self) -> Path:
        return self.folder / "azurite.log"

    def _spawn(self) -> subprocess.Popen[bytes]:
        node = find_node()
        if node is None or not AZURITE.exists():
            raise AzuriteError("Azurite is not installed: run ./dev setup")
        names = ("--blobPort", "--queuePort", "--tablePort")
        ports = [word for name, port in zip(names, self.ports, strict=True) for word in (name, str(port))]
        flags = ["--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", str(self.folder)]
        flags += self._options
        with self._log.open("ab") as log, _only_user_of(self.folder) as lock:
            return subprocess.Popen(
                [node, *_SAVES_ONCE_ASKED, AZURITE, *ports, *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=lock,
                start_new_session=True,  # Ctrl-C is ours to handle: it stops last, after everything that writes to it
                preexec_fn=die_with_parent(),  # noqa: PLW1509  only a system call is made there
            )

    def _answers(self, seconds: float) -> bool:
        assert self._process is not None  # noqa: S101  narrows the type
        deadline = time.monotonic() + seconds
        while self._process.poll() is None and time.monotonic() < deadline:
            if all(answers(port) for port in self.ports):
                return self._process.poll() is None
            time.sleep(0.05)
        return False

    def stop(self, keep_folder: bool = False) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._own_folder and self._folder and not keep_folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextlib.contextmanager
def _only_user_of(folder: Path) -> Iterator[Sequence[int]]:
    """A lock for one emulator at a time, to be passed to it: two on one folder overwrite what the other saves.

    It ends with the emulator, which after kill -9 of its parent takes a moment to save and end: until then this waits.
    """
    if sys.platform == "win32":  # no such lock there
        yield ()
        return
    import fcntl

    deadline = time.monotonic() + _LONGEST_SAVE
    with (folder / "lock").open("wb") as file:
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            if time.monotonic() > deadline:
                raise AzuriteError(f"{folder} is in use by another ./dev up: end that one, or choose another --data")
            time.sleep(0.05)
        yield (file.fileno(),)
