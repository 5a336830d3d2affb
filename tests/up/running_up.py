"""./dev up as a child process, and what it prints."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local.host.ports import answers, free_ports
from tests.host.hosts import ROOT, command


class Up:
    """Options for ports that are free, and the process that takes them."""

    def __init__(self) -> None:
        self.port, *self.azurite = free_ports(4)

    def command(self, *options: str) -> list[str]:
        azurite = ",".join(map(str, self.azurite))
        chosen = [] if "--azurite-ports" in options else ["--azurite-ports", azurite]
        return command("local.up", "--port", str(self.port), *chosen, *options)

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*options), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    @contextmanager
    def start(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(self.command(*options), cwd=ROOT, stdout=subprocess.PIPE, text=True)
        with process:
            try:
                yield process
            finally:
                process.kill()

    def leaves_nothing(self) -> bool:
        return not any(answers(port) for port in (self.port, *self.azurite))


def spend(number: int, amount: str) -> str:
    data = {
        "customerId": "C-1",
        "licenceId": "L-1",
        "application": "finance",
        "annualAmount": amount,
        "currency": "USD",
        "newDeployment": True,
    }
    event = {
        "specversion": "1.0",
        "id": f"inv-{number}",
        "source": "/billing",
        "type": "fasttrack.spend.updated.v1",
        "time": f"2026-01-0{number}T00:00:00Z",
        "data": data,
    }
    return json.dumps(event)


def told(up: subprocess.Popen[str], beginning: str) -> str:
    """What follows this beginning in the next line that has it."""
    assert up.stdout
    for line in up.stdout:
        if line.startswith(beginning):
            return line.removeprefix(beginning).strip()
    pytest.fail(f"./dev up ended without a line that begins with {beginning!r}")
