"""README.md, followed from top to bottom in one run of ./dev up, prints what it says.

Arrives: README's blocks of commands and of what comes out. Leaves: what really comes out, compared line by line:
``...`` is lines left out. The day, the address, repeated notifications and what chance decides are passed over.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.setup.ports import HOST, free_ports
from tests.host.hosts import ROOT, command, eventually

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PASSED_OVER = ((r"http://[\d.:]+", "URL"), (r" on [\d-]{10}, by ", " on DAY, by "), (r" \(\d+ of them again\)", ""))


@dataclass
class Step:
    """A command and what it prints; without one, what ./dev up prints meanwhile."""

    command: str
    told: str


def steps() -> Iterator[Step]:
    blocks = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    for block in (text for language, text in blocks if not language):
        before, *commands = re.split(r"^\$ ", block, flags=re.MULTILINE)
        if before:
            yield Step("", before)
        for each in commands:
            typed, _, told = each.partition("\n")
            yield Step(typed, told)


@dataclass
class Followed:
    """./dev up, and a shell beside it."""

    url: str
    printed: Path
    folder: Path

    def run(self, typed: str) -> str:
        """All that is seen at the terminal; files are made elsewhere than in the checkout."""
        typed = typed.replace("stricter.json", str(self.folder / "stricter.json"))
        typed += f" --url {self.url}" if typed.startswith("./dev ") else ""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        settings = {**os.environ, "PATH": path, "ELIGIBILITY_URL": self.url, "PYTHONUNBUFFERED": "1"}
        ended = subprocess.run(
            ["sh", "-c", f"({typed}) 2>&1"], cwd=ROOT, env=settings, stdout=subprocess.PIPE, timeout=120, check=False
        )
        return ended.stdout.decode()

    def await_printed(self, told: str) -> None:
        """Until ./dev up has printed all these lines; which of two events at once comes first is chance."""
        wanted = without_causes(told) - {"..."}
        eventually(lambda: wanted <= without_causes(self.printed.read_text()), 60)


def without_causes(text: str) -> set[str]:
    return {line.partition(" because of ")[0] for line in comparable(text).splitlines()}


def comparable(text: str) -> str:
    for pattern, instead in PASSED_OVER:
        text = re.sub(pattern, instead, text)
    return text.rstrip("\n") + "\n"


def is_as_told(told: str, printed: str) -> bool:
    lines = comparable(told).splitlines() if told else []
    pattern = "".join(r"(?:.*\n)*" if line.strip() == "..." else re.escape(f"{line}\n") for line in lines)
    return re.fullmatch(pattern, comparable(printed) if printed else "") is not None


@contextmanager
def followed(folder: Path) -> Iterator[Followed]:
    """Once the samples are replayed."""
    port, *azurite = map(str, free_ports(4))
    ports = ("--port", port, "--azurite-ports", ",".join(azurite))
    printed = folder / "printed"
    with printed.open("wb") as out, subprocess.Popen(command("local.up", *ports), cwd=ROOT, stdout=out) as process:
        try:
            eventually(lambda: " events replayed" in printed.read_text() or process.poll() is not None, 600)
            yield Followed(f"http://{HOST}:{port}", printed, folder)
        finally:
            process.terminate()


@pytest.mark.deep
@pytest.mark.timeout(900)  # it takes 25 s of CPU, which a busy machine may be slow to give
def test_readme_from_top_to_bottom_prints_what_it_says(tmp_path: Path) -> None:
    with followed(tmp_path) as shell:
        for step in steps():
            if step.command:
                printed = shell.run(step.command)
                assert is_as_told(step.told, printed), f"$ {step.command}\n{printed}"
            else:
                shell.await_printed(step.told)


@pytest.mark.parametrize(
    ("told", "printed", "right"),
    [
        ("a\nb\n", "a\nb", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("a\nb\n", "a\nc\nb\n", False),
        ("a (...\n", "a (and 1 more)\n", False),
        ("C-1 is eligible on 2026-11-22, by rule set 1\n", "C-1 is eligible on 2027-01-01, by rule set 1\n", True),
        ("", "", True),
        ("", "a\n", False),
    ],
)
def test_only_a_line_of_dots_stands_for_what_is_left_out(told: str, printed: str, right: bool) -> None:
    assert is_as_told(told, printed) is right
