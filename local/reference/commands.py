"""The reference of the commands of ``./dev``, as they print it themselves."""

from local.reference.markdown import fenced
from local.setup.command import usage
from local.setup.commands import COMMANDS

_WIDTH = 100
"""Columns: not as wide as somebody's terminal."""


def commands() -> str:
    sections = (f"## {each.name}\n\n{fenced('text', each.help(_WIDTH))}" for each in COMMANDS.values())
    return "\n".join((fenced("text", usage(COMMANDS.values())), *sections))
