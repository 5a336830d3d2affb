"""Workers: development hosts over the unmodified app, each a process that can be killed and replaced.

Arrives: settings. Leaves: processes forked from one that has imported everything and started nothing, for a start that
imports takes a second of CPU and a soak starts hundreds; where each answers HTTP.
"""

import asyncio
import logging
import multiprocessing
import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from signal import SIGKILL
from typing import Final

from local.host.child import die_with_parent
from local.host.host import Host
from local.host.logs import set_up_logs
from local.host.ports import HOST
from local.host.queue_trigger import Polling
from tests.host.hosts import ROOT

LONGEST_PAUSE: Final = 0.5
_FORKING: Final = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.soak.imported", __name__])


@dataclass(frozen=True)
class Worker:
    process: ForkServerProcess
    told: Connection

    async def url(self) -> str:
        """Where it answers, once it handles messages; raises EOFError if it ended before."""
        port = await asyncio.to_thread(self.told.recv)
        return f"http://{HOST}:{port}"


class Workers:
    """``urls`` are where they answer, ``kills`` how many were killed, ``ended`` tells of those that ended otherwise."""

    def __init__(self, count: int, settings: Mapping[str, str], lease: float, log: Path) -> None:
        self._settings = dict(settings)
        self._lease, self._log = lease, log
        self.kills = 0
        self.ended: list[str] = []
        self.urls: list[str] = []
        self._workers = [self._started() for _ in range(count)]

    async def ready(self) -> None:
        self.urls = [await worker.url() for worker in self._workers]

    async def kill(self, number: int) -> None:
        """SIGKILL, and another in its place, ready."""
        self._end(self._workers[number])
        self.kills += 1
        self._workers[number] = self._started()
        self.urls[number] = await self._workers[number].url()

    async def replace(self, settings: Mapping[str, str]) -> None:
        """All of them by others with other settings, ready."""
        self._settings, count = dict(settings), len(self._workers)
        self.stop()
        self._workers = [self._started() for _ in range(count)]
        await self.ready()

    def stop(self) -> None:
        for worker in self._workers:
            self._end(worker)
        self._workers = []

    def _started(self) -> Worker:
        told, tell = _FORKING.Pipe(duplex=False)
        process = _FORKING.Process(target=_work, args=(self._settings, self._lease, str(self._log), tell), daemon=True)
        process.start()
        tell.close()
        return Worker(process, told)

    def _end(self, worker: Worker) -> None:
        worker.process.kill()
        worker.process.join()
        if worker.process.exitcode != -SIGKILL:
            self.ended.append(f"a worker ended by itself, with status {worker.process.exitcode}")
        worker.told.close()


def _work(settings: Mapping[str, str], lease: float, log: str, tell: Connection) -> None:
    """A worker's whole life: it ends by being killed."""
    if prepare := die_with_parent():
        prepare()
    os.environ.update(settings)
    os.environ["AzureFunctionsWebHost__hostid"] = uuid.uuid4().hex  # each fires the timers: harsher than one at a time
    with Path(log).open("ab", 0) as lines:
        os.dup2(lines.fileno(), sys.stdout.fileno())
        os.dup2(lines.fileno(), sys.stderr.fileno())
    set_up_logs()
    try:
        asyncio.run(_serve(Host(ROOT, 0, Polling(lease, LONGEST_PAUSE)), tell))
    except BaseException:
        logging.exception("the worker ends")
        raise


async def _serve(host: Host, tell: Connection) -> None:
    await host.start()
    tell.send(host.port)
    await asyncio.Event().wait()
