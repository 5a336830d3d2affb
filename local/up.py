"""Everything at once: Azurite, the app, the sample events, a line for each notification and a closing table.

Arrives: the options of ``./dev up``. Leaves: a served app until Ctrl-C, or with ``--once`` until nothing is left to do;
no process remains, and without ``--data`` no file.
"""

import argparse
import asyncio
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from aiohttp import ClientSession

from local.azurite import Azurite, AzuriteError, Ports
from local.host import Host
from local.host_settings import AppError
from local.logs import set_up_logs
from local.notices import watch
from local.queue_trigger import Patience
from local.replay import replay
from local.report import report
from local.setup.options import up_parser
from local.setup.ports import HOST, free_ports, is_taken
from local.signals import StopSignals

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "events.jsonl"


def main(arguments: list[str]) -> int:
    signals = StopSignals()
    options = up_parser().parse_args(arguments)
    if problem := _problem(options):
        print(f"dev up: {problem}", file=sys.stderr)
        return 2
    set_up_logs()
    try:
        with Azurite(options.data, _chosen(options.azurite_ports)) as azurite:
            _set_environment(azurite.connection_string, options.clock)
            asyncio.run(signals.until_stopped(lambda: _up(options, azurite.connection_string)))
    except (AppError, AzuriteError) as error:
        print(f"dev up: {error}", file=sys.stderr)
        return 1
    return 0


def _problem(options: argparse.Namespace) -> str:
    wanted = [("--port", options.port), *(("--azurite-ports", port) for port in options.azurite_ports)]
    for option, port in wanted:
        if port and is_taken(port):
            return f"port {port} is in use: choose another with {option}"
    if options.events and not options.events.is_file():
        return f"there is no file {options.events}"
    return ""


def _chosen(ports: Ports) -> Ports:
    free = free_ports(3)
    blob, queue, table = (port or free[at] for at, port in enumerate(ports))
    return blob, queue, table


def _set_environment(connection: str, clock: date | None) -> None:
    """What the app reads as settings in Azure; set before the app is imported."""
    os.environ["EligibilityStorage"] = os.environ["AzureWebJobsStorage"] = connection
    if clock:
        ahead = clock - datetime.now(UTC).date()
        os.environ["CLOCK_OFFSET_SECONDS"] = str(ahead.days * 86400)


async def _up(options: argparse.Namespace, connection: str) -> None:
    host = Host(ROOT, options.port, Patience(lease=options.lease))
    notices = watch()
    try:
        await host.start()
        async with ClientSession(f"http://{HOST}:{host.port}") as session:
            await _load_rule_set(session)
            print(f"ready http://{HOST}:{host.port}", flush=True)
            if not options.no_events:
                replayed = await replay(options.events or SAMPLES, connection)
                await _settled(host)
                print(f"\n{await report(session, replayed, notices.summary)}", flush=True)
        if options.once:
            await _settled(host)
        else:
            await asyncio.Event().wait()
    finally:
        await host.stop()


async def _load_rule_set(session: ClientSession) -> None:
    """The app stores its own rule set when it is first asked for any."""
    async with session.get("/api/rule-sets") as response:
        if response.status != 200:
            raise AppError(f"GET /api/rule-sets answered {response.status}: {await response.text()}")


async def _settled(host: Host) -> None:
    while not (await host.status()).idle:  # noqa: ASYNC110  the counts are in the store, which tells nobody
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # a thread still running a function must not hold the process back
