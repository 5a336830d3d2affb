"""``./dev up``: Azurite, the app, the sample events, a line for each notification and a closing table.

Serves until Ctrl-C, or with ``--once`` until nothing is left to do. Leaves no process and, without ``--data``, no file.
"""

import argparse
import asyncio
import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from aiohttp import ClientSession

from local.azurite import Azurite, AzuriteError
from local.host.development_storage import Ports
from local.host.host import Host
from local.host.logs import set_up_logs
from local.host.ports import AZURITE_PORTS, DEFAULT_PORT, HOST, free_ports, is_taken
from local.host.queue_trigger import Polling
from local.host.settings import AppError
from local.host.signals import StopSignals
from local.notices import watch
from local.people import act
from local.replay import bodies, replay, replay_over_service_bus
from local.report import report
from local.setup.commands import parser_of
from local.waiting import earlier_lease, report_hidden
from local.welcome import welcome
from samples import year_ahead
from shared.settings import SettingError, read_settings

ROOT = Path(__file__).parents[1]
SERVICE_BUS = "service-bus"
_LONGEST_START = 60
"""Seconds until the app must be healthy."""
COUNTS = "sweep_fan_outs"
"""The timer that asks for a count of everybody."""
SAMPLES = ROOT / "samples" / "events.jsonl"


def main(arguments: list[str]) -> int:
    signals = StopSignals()
    options = parser_of("up").parse_args(arguments)
    if problem := _problem(options):
        print(f"dev up: {problem}", file=sys.stderr)
        return 2
    set_up_logs()
    try:
        with Azurite(options.data, azurite_ports(options)) as azurite, _bus(options.transport) as bus:
            _set_environment(azurite.connection_string, bus, options.clock)
            read_settings()  # what the app would say of them at each call
            asyncio.run(signals.until_stopped(lambda: _up(options, azurite.connection_string, bus, signals)))
    except (AppError, AzuriteError, SettingError) as error:
        print(f"dev up: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
    return signals.status


def _problem(options: argparse.Namespace) -> str:
    wanted = [("--port", options.port), *(("--azurite-ports", port) for port in azurite_ports(options) or ())]
    for option, port in wanted:
        if port and is_taken(port):
            return f"port {port} is in use: choose another with {option}"
    if options.events and not options.events.is_file():
        return f"there is no file {options.events}"
    if options.data and (fault := _fault_of_folder(options.data)):
        return f"--data {options.data} cannot be used ({fault}): name a folder that is there or can be made"
    if options.transport == SERVICE_BUS and find_spec("proton") is None:
        return "--transport service-bus needs python-qpid-proton, which is only installed on Linux"
    return ""


def _fault_of_folder(folder: Path) -> str:
    """Why nothing can be kept in it; empty if something can. It is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        return "it is not a folder"
    except OSError as fault:
        return str(fault.strerror)
    return "" if os.access(folder, os.W_OK) else "it may not be written in"


@contextmanager
def _bus(transport: str) -> Iterator[str]:
    """The connection string of a Service Bus, where one is wanted; else empty."""
    if transport != SERVICE_BUS:
        yield ""
    elif connection := os.environ.get("ServiceBusConnection"):
        yield connection
    else:
        from local.broker import Broker
        from local.entities import PRODUCT

        with Broker(PRODUCT) as broker:
            yield broker.connection_string


def azurite_ports(options: argparse.Namespace) -> Ports | None:
    """Those asked for, or the usual ones beside the usual port; else free ones: another app may have the usual ones."""
    chosen: Ports | None = options.azurite_ports
    if chosen is None and options.port == DEFAULT_PORT:
        return AZURITE_PORTS
    if chosen is None or not any(chosen):
        return None
    free = free_ports(3)
    blob, queue, table = (port or free[at] for at, port in enumerate(chosen))
    return blob, queue, table


def _set_environment(connection: str, bus: str, clock: date | None) -> None:
    """What the app reads as settings in Azure; set before the app is imported."""
    os.environ["EligibilityStorage"] = os.environ["AzureWebJobsStorage"] = connection
    # An id of its own: after a kill the timers do not wait for the leases of the one before.
    os.environ.setdefault("AzureFunctionsWebHost__hostid", uuid.uuid4().hex)
    os.environ["EVENTS_TRANSPORT"] = os.environ["NOTIFICATIONS_TRANSPORT"] = SERVICE_BUS if bus else "storage-queue"
    if bus:
        os.environ["ServiceBusConnection"] = bus
    if clock:
        ahead = clock - datetime.now(UTC).date()
        os.environ["CLOCK_OFFSET_SECONDS"] = str(ahead.days * 86400)


async def _up(options: argparse.Namespace, connection: str, bus: str, signals: StopSignals) -> None:
    host = Host(ROOT, options.port, Polling(lease=options.lease))
    earlier = earlier_lease(options.data, options.lease)
    notices = watch(lambda: signals.stop(signal.SIGPIPE))
    hidden = asyncio.create_task(asyncio.sleep(0))
    try:
        await host.start()
        address = notices.address = f"http://{HOST}:{host.port}"
        async with ClientSession(address) as session:
            await _load_rule_set(session)
            await _until_healthy(session)
            print(welcome(address, connection, bus), flush=True)
            hidden = asyncio.create_task(report_hidden(host, earlier))
            if not options.no_events:
                messages = _messages(options)
                with host.timers_held():  # the first count of everybody is of what the replay ends with
                    replayed = await (replay_over_service_bus(messages, bus) if bus else replay(messages, connection))
                    await _settled(host)
                    if not options.events:
                        await act(session, _today(options), partial(_settled, host))
                        await _settled(host)
                host.run_timer(COUNTS)
                await _settled(host)
                print(f"\n{await report(session, replayed, notices.summary)}", flush=True)
        if options.once:
            await _settled(host)
        else:
            await asyncio.Event().wait()
    finally:
        hidden.cancel()
        await host.stop()


def _messages(options: argparse.Namespace) -> Iterator[bytes]:
    """Those of the file; else the sample programme and what is ahead of it."""
    yield from bodies(options.events or SAMPLES)
    if not options.events:
        yield from (line.encode() for line in year_ahead.lines(_today(options)))


def _today(options: argparse.Namespace) -> date:
    chosen: date | None = options.clock
    return chosen or datetime.now(UTC).date()


async def _load_rule_set(session: ClientSession) -> None:
    """The app stores its own rule set when it is first asked for any."""
    async with session.get("/api/rule-sets") as response:
        if response.status != 200:
            raise AppError(f"GET /api/rule-sets answered {response.status}: {await response.text()}")


async def _until_healthy(session: ClientSession) -> None:
    """Producers and subscribers find what they need: the app has created its queues."""
    try:
        async with asyncio.timeout(_LONGEST_START):
            while True:
                async with session.get("/api/health") as response:
                    if response.status == 200:
                        return
                    states = await response.text()
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AppError(f"GET /api/health still answers {states}") from None


async def _settled(host: Host) -> None:
    while not (await host.status()).idle:  # noqa: ASYNC110  the counts are in the store, which notifies no one
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    os._exit(status)  # a thread still running a function must not hold the process back
