"""Follow a page: run its commands beside one ``./dev up`` and compare what they print with what the page says.

A block without a language holds commands after ``$`` and what each prints, or what ``./dev up`` prints meanwhile;
a line of ``...`` means lines left out. A block of ``sh`` is run and has to end well. One that no test can run here
says why behind its fence: ``azure`` or ``by-hand``.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.host.development_storage import connection_string
from local.host.ports import HOST, free_ports
from tests.docs.pages import blocks
from tests.host.hosts import ROOT, ask, command, eventually

NOT_RUN = ("sh azure", "sh by-hand", "console azure", "console by-hand")
PASSED_OVER = (
    (r"http://[\d.:]+", "URL"),
    (r" on [\d-]{10}, by ", " on DAY, by "),
    (r" \(\d+ of them again\)", ""),
    (r"\d+ notifications sent", "NOTIFICATIONS sent"),  # events handled at once may be decided together
    (r"^((?:notified|again) +C-\d+)/\d+ +", r"\1/N "),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "ID"),
)


@dataclass
class Step:
    """A command and what it prints; without one, what ./dev up prints meanwhile; ``printed`` None: whatever it is."""

    command: str
    printed: str | None


def steps(page: Path) -> Iterator[Step]:
    for block in blocks(page):
        if block.info == "sh":
            yield Step(block.text, None)
        elif not block.info:
            yield from _compared(block.text)


def options_of(page: Path) -> list[str]:
    """Those that the page starts ./dev up with."""
    started = (re.search(r"^\./dev up([^#\n]*)", block.text, re.MULTILINE) for block in blocks(page))
    return next((match[1].split() for match in started if match), [])


def _compared(block: str) -> Iterator[Step]:
    before, *commands = re.split(r"^\$ ", block, flags=re.MULTILINE)
    if before:
        yield Step("", before)
    for each in commands:
        typed, _, printed = each.partition("\n")
        yield Step(typed, printed)


@dataclass
class Followed:
    """./dev up, and a shell beside it in a folder that looks like the checkout."""

    url: str
    connection: str
    printed: Path
    folder: Path
    beside: str
    """A free port, for what a page starts beside it on 7072."""

    def run(self, typed: str) -> tuple[int, str]:
        """The status, and all that is seen at the terminal."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        here = {"ELIGIBILITY_URL": self.url, "EligibilityStorage": self.connection}
        settings = {**os.environ, "PATH": path, **here, "PYTHONUNBUFFERED": "1"}
        typed = typed.replace("http://127.0.0.1:7071", self.url).replace("7072", self.beside)
        ended = subprocess.run(
            ["sh", "-c", f"{{ {typed}\n}} 2>&1"],
            cwd=self.folder,
            env=settings,
            stdout=subprocess.PIPE,
            timeout=120,
            check=False,
        )
        return ended.returncode, ended.stdout.decode()

    def settle(self) -> None:
        """Until nothing is left to handle."""
        eventually(lambda: ask(f"{self.url}/admin/host/status").json()["idle"])

    def await_printed(self, wanted: str) -> None:
        """Until ./dev up has printed all these lines; which of two events at once comes first is chance."""
        lines = without_causes(wanted) - {"..."}
        deadline = time.monotonic() + 60
        while missing := lines - without_causes(self.printed.read_text()):
            assert time.monotonic() < deadline, missing
            time.sleep(0.1)

    def follow(self, step: Step) -> None:
        if not step.command:
            self.await_printed(step.printed or "")
            return
        self.settle()
        status, printed = self.run(step.command if step.printed is not None else f"set -eu\n{step.command}")
        if step.printed is None:
            assert status == 0, f"{step.command}\n{printed}"
        else:
            assert is_as_said(step.printed, printed), f"$ {step.command}\n{printed}"


def without_causes(text: str) -> set[str]:
    return {line.partition(" because of ")[0] for line in comparable(text).splitlines()}


def comparable(text: str) -> str:
    for pattern, instead in PASSED_OVER:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text.rstrip("\n") + "\n"


def is_as_said(said: str, printed: str) -> bool:
    lines = comparable(said).splitlines() if said.strip() else []
    pattern = "".join(r"(?:.*\n)*" if line.strip() == "..." else re.escape(f"{line}\n") for line in lines)
    return re.fullmatch(pattern, comparable(printed) if printed else "") is not None


@contextmanager
def followed(folder: Path, *options: str, until: str = " events replayed") -> Iterator[Followed]:
    """./dev up with these options, once it has printed ``until``; files are made elsewhere than in the checkout."""
    port, beside, *azurite = map(str, free_ports(5))
    ports = ("--port", port, "--azurite-ports", ",".join(azurite))
    printed, place = folder / "printed", folder / "place"
    place.mkdir()
    for each in ROOT.iterdir():
        (place / each.name).symlink_to(each)
    with (
        printed.open("wb") as out,
        subprocess.Popen(command("local.up", *ports, *options), cwd=ROOT, stdout=out) as process,
    ):
        try:
            eventually(lambda: until in printed.read_text() or process.poll() is not None, 600)
            yield Followed(f"http://{HOST}:{port}", _connection(azurite), printed, place, beside)
        finally:
            process.terminate()


def _connection(azurite: list[str]) -> str:
    blob, queue, table = map(int, azurite)
    return connection_string((blob, queue, table))
