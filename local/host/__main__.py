"""Serve an app until SIGINT, which ends it at once, or SIGTERM, which lets what is running end."""

import asyncio
import os
import sys
import time
from functools import partial
from signal import SIGTERM
from typing import Final

from local.host.host import Host
from local.host.logs import set_up_logs
from local.host.options import host_parser, problem_of
from local.host.ports import HOST
from local.host.queue_trigger import Polling
from local.host.settings_files import AppError
from local.host.signals import StopSignals
from local.host.worker import Worker
from local.host.worker_process import WorkerProcess

LONGEST_DRAIN: Final = 30
"""Seconds: what .NET gives a host that is asked to stop."""


async def serve(host: Host, signals: StopSignals) -> None:
    try:
        await host.start()
        print(f"ready http://{HOST}:{host.port}", flush=True)
        await asyncio.Event().wait()
    finally:
        if signals.first == SIGTERM:
            deadline = time.monotonic() + LONGEST_DRAIN
            await host.drain(lambda: signals.asked_again or time.monotonic() > deadline)
        await host.stop()


def main() -> int:
    options = host_parser().parse_args()
    signals = StopSignals()
    set_up_logs(everything=options.log_everything)
    if problem := problem_of(options):
        print(problem, file=sys.stderr)
        return 2
    try:
        # Windows hands no socket to a child in this way.
        apart = partial(WorkerProcess, log_everything=options.log_everything)
        make_worker = Worker if sys.platform == "win32" else apart
        polling = Polling(options.lease, options.longest_pause)
        host = Host(options.app, options.port, polling, options.key, make_worker)
        asyncio.run(signals.until_stopped(lambda: serve(host, signals)))
    except AppError as error:
        print(f"the app cannot be started: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # a thread still running a function must not hold the process back
