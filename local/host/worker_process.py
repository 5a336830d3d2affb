"""The worker library in a process of its own, as in Azure: a function may bring it down, and another takes its place.

A function past functionTimeout has its process killed. The calls beside it are not notified: each fails after its own
functionTimeout. Where the process dies by itself, all calls in flight fail at once.
"""

import asyncio
import itertools
import logging
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from local.host.child import die_with_parent
from local.host.frames import read_frame, write_frame
from local.host.protos import TypedData
from local.host.settings import AppError
from local.host.worker import Function, Result

HOME: Final = Path(__file__).parents[2]
PAUSE: Final = 1
"""Seconds before a worker that could not be started is started again."""
DIED: Final = Result(error="its worker died")
log = logging.getLogger("host.worker")


class WorkerProcess:
    """What ``Worker`` is, over processes that come and go."""

    def __init__(self, call_timeout: float, *, log_everything: bool = False) -> None:
        self._call_timeout = call_timeout
        self._options = ("--log-everything",) if log_everything else ()
        self._ready = asyncio.Event()
        self._process: _Process | None = None
        self._supervision: asyncio.Task[None] | None = None

    async def load(self, app: Path) -> list[Function]:
        """Start the first process; raises AppError where the app cannot be loaded."""
        first = await _Process.started(app, *self._options)
        self._supervision = asyncio.create_task(self._supervise(first, app))
        return first.functions

    async def _supervise(self, process: "_Process", app: Path) -> None:
        while True:
            self._process = process
            self._ready.set()
            await process.ended.wait()
            self._ready.clear()
            process = await self._another(app)

    async def _another(self, app: Path) -> "_Process":
        while True:
            try:
                return await _Process.started(app, *self._options)
            except AppError as error:
                log.error("no new worker: %s", error)  # noqa: TRY400  the app's trace is in it
                await asyncio.sleep(PAUSE)

    async def call(
        self, function: Function, argument: TypedData, metadata: Mapping[str, TypedData] | None = None
    ) -> Result:
        await self._ready.wait()
        process = self._process
        assert process  # noqa: S101  narrows the type
        try:
            async with asyncio.timeout(self._call_timeout):
                return await process.call(function.name, argument, dict(metadata or {}))
        except TimeoutError:
            if process is self._process:
                self._ready.clear()
                process.kill()
            return Result(error=f"took longer than functionTimeout ({self._call_timeout:g} s): its worker is killed")

    async def stop(self) -> None:
        if self._supervision and self._process:
            self._supervision.cancel()
            await asyncio.gather(self._supervision, return_exceptions=True)
            self._process.kill()
            await self._process.ended.wait()


class _Process:
    """One process and the calls it has in hand; ``ended`` when it is gone."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self._calls: dict[int, asyncio.Future[Result]] = {}
        self._numbers = itertools.count()
        self._was_killed = False
        self._reading: asyncio.Task[None] | None = None
        self.functions: list[Function] = []
        self.ended = asyncio.Event()

    @classmethod
    async def started(cls, app: Path, *options: str) -> "_Process":
        """With the app loaded; raises AppError."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "local.host.worker_child", str(theirs.fileno()), str(app), *options),
                cwd=HOME,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is the host's to handle
                preexec_fn=die_with_parent(),
            )
        made = cls(process, *await asyncio.open_connection(sock=ours))
        try:
            made.functions = await made._loaded()
        except BaseException:
            made.kill()
            raise
        made._reading = asyncio.create_task(made._read())
        return made

    async def _loaded(self) -> list[Function]:
        try:
            loaded = await read_frame(self._reader)
        except EOFError:
            status = await self._process.wait()
            raise AppError(f"the worker ended with status {status} while it loaded the app") from None
        if isinstance(loaded, str):
            raise AppError(loaded)
        return list(loaded)

    async def call(self, name: str, argument: TypedData, metadata: dict[str, TypedData]) -> Result:
        if self.ended.is_set():
            return DIED
        number = next(self._numbers)
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._calls[number] = result
        try:
            write_frame(self._writer, (number, name, argument, metadata))
            return await result
        finally:
            del self._calls[number]

    async def _read(self) -> None:
        with suppress(EOFError):
            while True:
                number, result = await read_frame(self._reader)
                self._finish(number, result)
        status = await self._process.wait()
        if not self._was_killed:
            log.error("the worker died with status %d, and %d calls with it", status, len(self._calls))
            for number in self._calls:
                self._finish(number, DIED)
        self._writer.close()
        self.ended.set()

    def _finish(self, number: int, result: Result) -> None:
        waiting = self._calls.get(number)
        if waiting and not waiting.done():  # the caller may have been cancelled
            waiting.set_result(result)

    def kill(self) -> None:
        """Calls in flight are not notified."""
        self._was_killed = True
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
