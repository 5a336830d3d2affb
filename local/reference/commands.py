"""The reference of the commands of ``./dev``, as they print it themselves."""

import argparse
from functools import partial

from local.reference.markdown import fenced
from local.setup.options import COMMANDS, USAGE, up_parser


def commands() -> str:
    up = up_parser()
    up.formatter_class = partial(argparse.HelpFormatter, width=100)  # not as wide as somebody's terminal
    each = {"up": up.format_help(), **COMMANDS}
    sections = (f"## {name}\n\n{fenced('text', text)}" for name, text in each.items())
    return "\n".join((fenced("text", USAGE), *sections))
