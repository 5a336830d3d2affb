"""One command of ``./dev``, declared once: its parser, its help, its line in the list and the way to run it follow."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from argparse import ArgumentParser, HelpFormatter, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable

from local.setup.interpreters import venv_python
from local.setup.run import STOP_SIGNALS
from local.setup.steps import ROOT

Option = Callable[[Any], object]
"""Adds itself to a parser or to a group of one."""
Run = Callable[[Namespace, "list[str]"], int]
"""Its options, read, and the words they were read from."""
_NAME_WIDTH = 15


def option(*names: str, **how: Any) -> Option:
    """An option or a positional argument, as ``ArgumentParser.add_argument`` takes it."""
    return lambda parser: parser.add_argument(*names, **how)


def one_of(*options: Option, required: bool = False) -> Option:
    """Options of which one at most is given."""

    def add(parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group(required=required)
        for each in options:
            each(group)

    return add


class _Shape(HelpFormatter):
    """Names such as ``requirements-dev.txt`` stay in one line."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False, break_long_words=False)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(f"{indent}{line}" for line in self._split_lines(text, width - len(indent)))


@dataclass(frozen=True)
class Part:
    """One of the things that a command does, such as ``list`` of ``rules``."""

    name: str
    summary: str
    options: Sequence[Option] = ()


@dataclass(frozen=True)
class Command:
    """``passes_on``: its words are read by what it runs alone, but for a question for help."""

    name: str
    summary: str
    description: str
    run: Run
    options: Sequence[Option] = ()
    parts: Sequence[Part] = ()
    passes_on: bool = False

    def parser(self) -> ArgumentParser:
        return self._parsers()[0]

    def help(self, width: int | None = None) -> str:
        """Its own help, then that of its parts; ``width``: in columns, else those of the terminal."""
        return "\n".join(each.format_help() for each in self._parsers(width))

    def _parsers(self, width: int | None = None) -> list[ArgumentParser]:
        """Its own, then those of its parts."""
        shape: Any = _Shape if width is None else partial(_Shape, width=width)
        parser = ArgumentParser(prog=f"./dev {self.name}", description=self.description, formatter_class=shape)
        _add(parser, self.options)
        if not self.parts:
            return [parser]
        parts = parser.add_subparsers(dest="part", required=True, metavar="PART", title="parts")
        return [parser, *(_part_parser(parts, each, shape) for each in self.parts)]

    def call(self, words: list[str]) -> int:
        if words[:1] in (["-h"], ["--help"]):
            print(self.help())
            return 0
        return self.run(Namespace() if self.passes_on else self.parser().parse_args(words), words)


def _part_parser(parts: Any, part: Part, shape: Any) -> ArgumentParser:
    parser: ArgumentParser = parts.add_parser(
        part.name, help=part.summary, description=f"{part.summary[0].upper()}{part.summary[1:]}.", formatter_class=shape
    )
    _add(parser, part.options)
    return parser


def _add(parser: ArgumentParser, options: Iterable[Option]) -> None:
    for each in options:
        each(parser)


def usage(commands: Iterable[Command]) -> str:
    """What ``./dev help`` prints."""
    lines = [f"  {each.name:{_NAME_WIDTH}}{each.summary}" for each in commands]
    return "\n".join(["usage: ./dev COMMAND [options]", "", *lines, "", "./dev COMMAND --help says more."])


def runs(module: str, set_up: Callable[[], None], here: bool = False) -> Run:
    """Set up what it needs, then turn into the module; ``here``: in the folder it is called in, for its files."""

    def run(_: Namespace, words: list[str]) -> int:
        set_up()
        return become(module, words, Path.cwd() if here else ROOT)

    return run


def become(module: str, words: list[str], folder: Path = ROOT) -> int:
    """Turn into the module, run by the virtual environment's Python; signals wait until it is ready for them."""
    os.chdir(folder)
    python = str(venv_python())
    command = [python, "-m", "local.setup.run", module, *words]
    if folder != ROOT:
        os.environ["PYTHONPATH"] = str(ROOT)
        command.insert(1, "-P")  # nothing of that folder is imported
    if os.name == "nt":
        return subprocess.call(command)
    sys.stdout.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    return os.execv(python, command)  # noqa: S606  no shell is wanted
