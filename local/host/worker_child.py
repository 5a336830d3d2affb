"""The process in which functions run: loads one app and answers calls over a socket until the host is gone."""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

from local.host.frames import read_frame, write_frame
from local.host.logs import set_up_logs
from local.host.protos import TypedData
from local.host.settings import AppError
from local.host.worker import Worker


async def serve(connection: socket.socket, app: Path) -> None:
    reader, writer = await asyncio.open_connection(sock=connection)
    worker = Worker(None)
    try:
        functions = await worker.load(app)
    except AppError as error:
        write_frame(writer, str(error))
        await writer.drain()
        return
    write_frame(writer, functions)
    by_name = {each.name: each for each in functions}
    running: set[asyncio.Task[None]] = set()

    async def answer(number: int, name: str, argument: TypedData, metadata: dict[str, TypedData]) -> None:
        write_frame(writer, (number, await worker.call(by_name[name], argument, metadata)))

    with contextlib.suppress(EOFError):
        while True:
            task = asyncio.create_task(answer(*await read_frame(reader)))
            running.add(task)
            task.add_done_callback(running.discard)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.host.worker_child", description=__doc__)
    parser.add_argument("socket", type=int)
    parser.add_argument("app", type=Path)
    parser.add_argument("--log-everything", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_up_logs(everything=options.log_everything)
    with socket.socket(fileno=options.socket) as connection:
        asyncio.run(serve(connection, options.app))


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)  # a thread still running a function must not hold the process back
