"""The documents of the project, as its tests read them: files, headings, links, fenced blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.host.hosts import ROOT

DOCS = ROOT / "docs"
FOLDERS = (".github", "bench", "docs", "functions", "infra", "local", "rule_sets", "samples", "shared", "tests")
_BLOCK = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: what follows its fence, and its text."""

    info: str
    text: str


def pages() -> list[Path]:
    """Every Markdown file of the project."""
    below = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.md"))
    return sorted([*ROOT.glob("*.md"), *below])


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    return [Block(info.strip(), text) for info, text in _BLOCK.findall(page.read_text("utf-8"))]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _BLOCK.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The headings as GitHub makes anchors of them."""
    return {_anchor(heading) for heading in _HEADING.findall(prose(page))}


def _anchor(heading: str) -> str:
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.lower())
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def paragraphs(page: Path) -> Iterator[str]:
    """What is neither heading nor block, in order."""
    for part in prose(page).split("\n\n"):
        if part.strip() and not part.lstrip().startswith("#"):
            yield part.strip()
