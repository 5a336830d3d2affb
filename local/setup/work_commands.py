"""The commands for work on the code and for set-up itself."""

from __future__ import annotations

import os
import random
import sys
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from local.setup import doctor, pins
from local.setup.command import Command, become, option, runs
from local.setup.interpreters import find_python, how_to_get_pip
from local.setup.node import bring_node, find_node, npm_command
from local.setup.python import set_up_checks
from local.setup.set_up import set_up_commands, set_up_dev
from local.setup.steps import ROOT, SIGNALS, SetupError, Steps, only_one
from local.setup.uv import bring_uv

TEST_PROCESSES = 4
"""Two more than the cores that the suite's time is bounded on: many tests wait for other processes. What each begins
with says tests/run_order.py."""


def _test(_: Namespace, words: list[str]) -> int:
    set_up_dev(set_up_checks)
    # Hundreds of processes start in a run, each of which would compile everything.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    chosen = any(word.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for word in words)
    deep = ["-m", "deep"] if "--deep" in words else []
    given = [word for word in words if word != "--deep"]
    return become("pytest", [*([] if chosen else ["-n", f"{TEST_PROCESSES}", "--dist", "worksteal"]), *deep, *given])


def _bench(_: Namespace, words: list[str]) -> int:
    names = sorted(file.stem for file in (ROOT / "bench").glob("*.py") if not file.stem.startswith("_"))
    if not words or words[0] not in names:
        print(f"dev bench: choose one of: {', '.join(names) or '(none yet)'}", file=sys.stderr)
        return 2
    set_up_dev()
    return become(f"bench.{words[0]}", words[1:])


def _setup(_: Namespace, __: list[str]) -> int:
    set_up_dev()
    return 0


def _doctor(_: Namespace, __: list[str]) -> int:
    return doctor.diagnose()


def _pin(options: Namespace, _: list[str]) -> int:
    steps = Steps()
    with only_one(steps), SIGNALS.noted():
        uv = bring_uv(steps, find_python())
        if uv is None:
            raise SetupError(f"pinning needs uv, and no pip here could install it: {how_to_get_pip()}")
        pins.pin(steps, uv, npm_command(find_node() or bring_node(steps)), options.upgrade)
    return 0


def _seed(parser: ArgumentParser) -> None:
    said = "makes the same events in the same order, not the same kills at the same calls (a random one, printed)"
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9), metavar="N", help=said)


WORK_COMMANDS = (
    Command(
        "test",
        "run the test suite; arguments go to pytest",
        "Runs the suite on four processes, each with an Azurite of its own on free ports. Other arguments go to "
        "pytest: -n 0 for one process (to debug), a file, a folder, -k EXPRESSION.",
        _test,
        (option("--deep", action="store_true", help="run instead the tests that take minutes each"),),
        passes_on=True,
    ),
    Command(
        "check",
        "style, types, direction of imports, infrastructure; --security: packages and code",
        "Runs ruff (rules and format), mypy --strict, the import-direction rule and the quick checks of the "
        "infrastructure, all of them; status 1 if any fails.",
        runs("local.commands.check", partial(set_up_dev, set_up_checks), here=True),
        (
            option(
                "--security",
                nargs="?",
                const=ROOT / ".data" / "sbom.cdx.json",
                type=Path,
                metavar="FILE",
                help="run these instead: pip-audit over requirements.txt and npm audit (known faults of the packages, "
                "both ask a service over the network), bandit (weaknesses of the code), and cyclonedx-py, which "
                "writes a bill of materials of requirements.txt to FILE (.data/sbom.cdx.json). Status 1 if one finds "
                "something or cannot look, a service that does not answer included.",
            ),
        ),
    ),
    Command(
        "bench",
        "run bench/NAME.py; further arguments go to it",
        "Runs bench/NAME.py with the further arguments; without NAME lists what there is.",
        _bench,
        (option("name", metavar="NAME", nargs="?", help="such as event; ./dev bench NAME --help says more"),),
        passes_on=True,
    ),
    Command(
        "reference",
        "write shared/api/published and the generated parts of docs/reference",
        "Writes openapi.json, asyncapi.json and the JSON Schemas of events, rule sets, questions, decisions, "
        "notifications and problems to shared/api/published, and the generated parts of the pages in docs/reference, "
        "from what the code declares. Tests hold them equal.",
        runs("local.reference", set_up_commands),
    ),
    Command(
        "portal",
        "make the portal's files from shared/portal/source and the pinned Node packages",
        "Writes shared/portal/vendor (the Node packages in one file, with their licences) and shared/portal/served "
        "(what browsers get). Both are committed: nothing is made when the app is installed or runs. A test makes them "
        "again and compares.",
        runs("local.commands.portal", set_up_dev),
    ),
    Command(
        "setup",
        "only set up: Python 3.13, .venv, node_modules (the others do this first by themselves)",
        "Installs into .venv and node_modules what the pins say; does nothing when it is there. Python 3.13, uv and "
        "Node go into .tools/ where the machine has none. This is what tests and measurements need; ./dev up by "
        "itself installs only what the app needs (requirements-local.txt, npm without development packages). Full "
        "output of every step is in .tools/*.log.",
        _setup,
    ),
    Command(
        "doctor",
        "say what is missing and how to get it; changes nothing",
        "Looks at Python, pip, Node, .venv, node_modules, a browser and the default ports; says what is missing and "
        "how to get it. Changes nothing. Status 1 if anything is missing that ./dev up needs, or that ./dev test "
        "needs and cannot install.",
        _doctor,
    ),
    Command(
        "pin",
        "make every requirements*.txt and package-lock.json again from what they are made of",
        "Writes requirements.txt (what Azure installs), requirements-local.txt (what ./dev up needs), "
        "requirements-dev.txt (what the rest needs), requirements-node.txt, requirements-uv.txt, "
        "requirements-checks.txt, bench/requirements.txt and package-lock.json, keeping the versions they pin.",
        _pin,
        (option("--upgrade", action="store_true", help="take the newest versions allowed"),),
    ),
    Command(
        "package",
        "write the zip that Azure runs as it is, without a build there",
        "Writes the app with its pinned packages for Linux x86-64 and Python 3.13, to be deployed without a build in "
        "Azure. The same sources make the same bytes.",
        runs("local.commands.package", set_up_commands, here=True),
        (
            option(
                "file",
                nargs="?",
                type=Path,
                metavar="FILE",
                default=ROOT / ".data" / "package.zip",
                help="where to write it (.data/package.zip)",
            ),
        ),
    ),
    Command(
        "soak",
        "kill workers and break calls for some 20 minutes, and hold the end against the oracle",
        "Sends random events, shuffled and a tenth of them twice, through worker processes that are killed by SIGKILL "
        "and replaced, a share of whose storage calls is reset, unanswered, refused or late. Meanwhile the rules "
        "change and customers are erased. Then everything is handled, and days pass in which exceptions end. It "
        "holds facts, decisions, notifications, quarantine and index rows against the oracle and prints a table; "
        "status 1 if anything is not as it must be.",
        runs("tests.soak", set_up_dev),
        (
            _seed,
            option("--events", type=int, default=25_000, metavar="N", help="random events (25,000)"),
            option("--kills", type=int, default=500, metavar="N", help="how often a worker is killed (500)"),
            option("--workers", type=int, default=4, metavar="N", help="worker processes (4)"),
            option("--faults", type=float, default=0.03, metavar="SHARE", help="of the storage calls (0.03)"),
            option(
                "--lease", type=int, default=5, metavar="SECONDS", help="until a killed worker's messages return (5)"
            ),
        ),
    ),
    Command(
        "mutants",
        "plant bugs in a copy of the product and see that the suite notices each",
        "Plants each bug of tests/mutants/planted.py in a copy and runs the part of the suite that needs no Azurite, "
        "until a test goes red. Prints a table; status 1 if a bug went unnoticed. Takes minutes.",
        runs("tests.mutants", set_up_dev),
        (option("words", nargs="*", metavar="WORD", help="only the bugs whose name has all of these"),),
    ),
)
