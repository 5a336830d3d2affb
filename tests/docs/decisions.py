"""Reads the decision records; ``python -m tests.docs.decisions`` writes their index."""

import re
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from tests.docs.pages import DOCS

FOLDER = DOCS / "decisions"
INDEX = FOLDER / "README.md"
PARTS = ("Context", "Decision", "Consequences")
AREAS = (
    "Storage",
    "Events",
    "Deciding and fan-out",
    "Notifications",
    "Rules",
    "Questions",
    "HTTP API",
    "Failures and retries",
    "Service Bus",
    "Clocks",
    "Restored tables",
    "Versions",
    "Bounds",
    "Export and import",
    "Telemetry",
    "Azure",
    "Development host and broker",
    "Documents",
)
_RECORD = re.compile(r"# ([^\n]+)\n\n- Date: ([^\n]+)\n- Status: ([^\n]+)\n- Area: ([^\n]+)\n\n(.+)", re.DOTALL)
_OPENING = """# Decisions

For those who would do it otherwise: each decision with its context, what it was preferred to, and why.

A record is one file: number, date, status, context, decision, consequences. A decision that changes gets a new record;
the old one stays and names it (`Superseded by`). Figures are from two shared cores: trust ratios.

This list is written by `python -m tests.docs.decisions`.
"""


@dataclass(frozen=True)
class Record:
    """One decision as its file says it."""

    file: Path
    title: str
    date: str
    status: str
    area: str
    text: str

    @property
    def number(self) -> str:
        return self.file.name[:4]

    @property
    def line(self) -> str:
        """Its line of the index."""
        note = "" if self.status == "Accepted" else f" *{self.status}.*"
        return f"- [{self.number}]({self.file.name}) {self.title} ({self.date}){note}\n"


def records() -> list[Record]:
    return [read(file) for file in sorted(FOLDER.glob("*.md")) if file != INDEX]


def read(file: Path) -> Record:
    found = _RECORD.fullmatch(file.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{file.name}: a title, then '- Date:', '- Status:' and '- Area:', then the parts {PARTS}")
    title, date, status, area, text = found.groups()
    return Record(file, title, date, status, area, text)


def index() -> str:
    """All records by area, in the order of ``AREAS``; within one by number."""
    ordered = sorted(records(), key=lambda record: (AREAS.index(record.area), record.number))
    areas = (
        f"\n## {area}\n\n{''.join(each.line for each in some)}" for area, some in groupby(ordered, attrgetter("area"))
    )
    return _OPENING + "".join(areas)


if __name__ == "__main__":
    INDEX.write_text(index(), "utf-8")
