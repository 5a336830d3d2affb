"""The command line of ./dev, read before anything is installed.

Arrives: arguments. Leaves: the parsers, of which ``up``'s is also the one ``local.up`` uses.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

USAGE = """\
usage: ./dev COMMAND [options]

  up             start everything, replay the sample events, show who is eligible and why
  test [...]     run the test suite; arguments go to pytest
  check          ruff, mypy --strict and the direction of imports
  bench NAME     run bench/NAME.py; further arguments go to it
  setup          only set up: Python 3.13, .venv, Azurite (the others do this first by themselves)
  doctor         say what is missing and how to get it; changes nothing
  pin            make requirements*.txt and package-lock.json anew from pyproject.toml and package.json

./dev COMMAND --help says more."""

COMMANDS = {
    "test": """\
usage: ./dev test [pytest arguments]

Runs the suite on two processes, each with an Azurite of its own on free ports. Say -n 0 for one process (to debug), or
give a file, a folder or -k EXPRESSION as with pytest.""",
    "check": """\
usage: ./dev check

Runs ruff (rules and format), mypy --strict and the import-direction rule, all of them; status 1 if any fails.""",
    "bench": """\
usage: ./dev bench NAME [arguments]

Runs bench/NAME.py; without NAME lists what there is.""",
    "setup": """\
usage: ./dev setup

Makes .venv and node_modules what the pins say; does nothing when they already are. Brings Python 3.13, uv and Node
into .tools/ where the machine has none. Full output of every step is in .tools/*.log.""",
    "doctor": """\
usage: ./dev doctor

Looks at Python, pip, Node, .venv, node_modules and the default ports; says what is missing and how to get it. Changes
nothing. Status 1 if something is missing that ./dev setup cannot bring.""",
    "pin": """\
usage: ./dev pin [--upgrade]

Makes requirements.txt (what Azure installs), requirements-dev.txt, requirements-tools.txt and package-lock.json anew,
keeping the versions they pin; --upgrade takes the newest ones allowed.""",
}


def up_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev up",
        description="Start Azurite and the app, replay the sample events, print each notification as it is sent and a "
        "closing table of customers, then serve until Ctrl-C.",
    )
    add = parser.add_argument
    add("--port", type=int, default=7071, help="port of the HTTP API (7071; 0: any free one)")
    add(
        "--azurite-ports",
        type=_ports,
        default=(10000, 10001, 10002),
        metavar="B,Q,T",
        help="Azurite's ports for blobs, queues and tables (10000,10001,10002; 0,0,0: any free ones)",
    )
    add(
        "--data",
        type=Path,
        metavar="DIR",
        help="keep what is stored here, over restarts; without it a fresh temporary folder is used and removed at the "
        "end, so that every run starts from nothing",
    )
    events = parser.add_mutually_exclusive_group()
    events.add_argument("--events", type=Path, metavar="FILE", help="replay this file (samples/events.jsonl)")
    events.add_argument("--no-events", action="store_true", help="replay nothing")
    add("--clock", type=date.fromisoformat, metavar="YYYY-MM-DD", help="pretend it is this day")
    add("--once", action="store_true", help="stop once every queue with a trigger is empty and nothing is running")
    add(
        "--lease",
        type=float,
        default=600,
        metavar="SECONDS",
        help="how long a message being handled stays hidden (600)",
    )
    return parser


def _ports(text: str) -> tuple[int, int, int]:
    blob, queue, table = (int(part) for part in text.split(","))
    return blob, queue, table
