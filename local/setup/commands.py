"""The commands of ./dev.

Arrives: the command line. Leaves: an exit status, or this process turned into the one that does the work.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Callable, NoReturn

from local.setup import doctor, pins, security
from local.setup.node import bring_node, find_node, npm_command, set_up_node
from local.setup.options import COMMANDS, USAGE, up_parser
from local.setup.python import bring_uv, checks_python, find_python, set_up_checks, set_up_python, venv_python
from local.setup.steps import ROOT, SetupError, Steps, only_one

CHECKS = (
    ["-m", "ruff", "check"],
    ["-m", "ruff", "format", "--check"],
    ["-m", "mypy"],
    ["-m", "tests.architecture.imports"],
    ["-m", "tests.infra"],
)


class Interrupted(BaseException):
    """Ctrl-C or a request to end."""


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if arguments else 2
    name, rest = arguments[0], arguments[1:]
    if name not in RUN:
        print(f"dev: there is no command {name!r}\n\n{USAGE}", file=sys.stderr)
        return 2
    if name in COMMANDS and rest[:1] in (["-h"], ["--help"]):
        print(COMMANDS[name])
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        return RUN[name](rest)
    except Interrupted:
        return 0 if name == "up" else 130
    except SetupError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def set_up_dev(*more: Callable[[Steps], None]) -> None:
    """What tests, checks and measurements need, which is more than the app does."""
    _set_up(lambda steps: set_up_python(steps, "dev"), lambda steps: set_up_node(steps, "dev"), *more)


def set_up_app() -> None:
    """What the app needs to be tried on this machine."""
    _set_up(lambda steps: set_up_python(steps, "local"), lambda steps: set_up_node(steps, "local"))


def set_up_commands() -> None:
    """What commands need that start no app."""
    _set_up(lambda steps: set_up_python(steps, "local"))


def _set_up(*parts: Callable[[Steps], None]) -> None:
    """Side by side; at once when everything is as pinned."""
    steps = Steps()
    with only_one(steps), ThreadPoolExecutor() as together:
        try:
            running = [together.submit(each, steps) for each in parts]
            for each in running:
                each.result()
        except BaseException:
            steps.stop()
            raise


def _become(command: list[str], folder: Path = ROOT) -> NoReturn:
    """Turn into the virtual environment's Python; signals wait until it is ready for them."""
    os.chdir(folder)
    python = str(venv_python())
    if os.name == "nt":
        raise SystemExit(subprocess.call([python, *command]))
    sys.stdout.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM) if "local.up" in command else ())
    os.execv(python, [python, *command])  # noqa: S606  no shell is wanted


def up(arguments: list[str]) -> int:
    up_parser().parse_args(arguments)
    set_up_app()
    return _become(["-m", "local.up", *arguments])


def test(arguments: list[str]) -> int:
    set_up_dev(set_up_checks)
    chosen = any(word.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for word in arguments)
    deep = ["-m", "deep"] if "--deep" in arguments else []
    given = [word for word in arguments if word != "--deep"]
    return _become(["-m", "pytest", *([] if chosen else ["-n", "2"]), *deep, *given])


def check(arguments: list[str]) -> int:
    bill = [word for word in arguments[1:] if not word.startswith("-")]
    if arguments[:1] == ["--security"] and arguments[1:] == bill[:1]:
        return check_security(*bill)
    if arguments:
        return _unexpected("check", arguments)
    set_up_dev(set_up_checks)
    statuses = []
    for command in CHECKS:
        print("$ python", *command, flush=True)
        statuses.append(subprocess.call([str(venv_python()), *command], cwd=ROOT))
    return 1 if any(statuses) else 0


def check_security(bill: str = str(security.BILL)) -> int:
    """Apart from the others: it asks services over the network."""
    set_up_dev(set_up_checks)
    node = find_node()
    if node is None:
        raise SetupError("node was set up but is not where it should be")
    return security.check_security([str(checks_python())], npm_command(node), Path(bill).resolve())


def bench(arguments: list[str]) -> int:
    names = sorted(file.stem for file in (ROOT / "bench").glob("*.py") if not file.stem.startswith("_"))
    if not arguments or arguments[0] not in names:
        print(f"dev bench: say which of: {', '.join(names) or '(none yet)'}", file=sys.stderr)
        return 2
    set_up_dev()
    return _become(["-m", f"bench.{arguments[0]}", *arguments[1:]])


def _command(module: str) -> Callable[[list[str]], int]:
    """A command that is given files: it stays in the folder it was called in."""

    def run(arguments: list[str]) -> int:
        set_up_commands()
        os.environ["PYTHONPATH"] = str(ROOT)
        return _become(["-P", "-m", f"local.commands.{module}", *arguments], Path.cwd())

    return run


def soak(arguments: list[str]) -> int:
    set_up_dev()
    return _become(["-m", "tests.soak", *arguments])


def mutants(arguments: list[str]) -> int:
    set_up_dev()
    return _become(["-m", "tests.mutants", *arguments])


def reference(arguments: list[str]) -> int:
    if arguments:
        return _unexpected("reference", arguments)
    set_up_commands()
    return _become(["-m", "local.reference"])


def setup(arguments: list[str]) -> int:
    if arguments:
        return _unexpected("setup", arguments)
    set_up_dev()
    return 0


def pin(arguments: list[str]) -> int:
    if arguments not in ([], ["--upgrade"]):
        return _unexpected("pin", arguments)
    steps = Steps()
    with only_one(steps):
        uv = bring_uv(steps, find_python())
        if uv is None:
            raise SetupError("pinning needs uv, and no pip here could bring it")
        pins.pin(steps, uv, npm_command(find_node() or bring_node(steps)), bool(arguments))
    return 0


def diagnose(arguments: list[str]) -> int:
    return _unexpected("doctor", arguments) if arguments else doctor.diagnose()


def _unexpected(command: str, arguments: list[str]) -> int:
    print(f"dev {command}: unexpected {' '.join(arguments)!r}\n\n{COMMANDS[command]}", file=sys.stderr)
    return 2


RUN: dict[str, Callable[[list[str]], int]] = {
    "up": up,
    "test": test,
    "check": check,
    "bench": bench,
    "rules": _command("rules"),
    "check-customer": _command("check_customer"),
    "quarantine": _command("quarantine"),
    "reconcile": _command("reconcile"),
    "export": _command("export"),
    "import": _command("restore"),
    "replay": _command("replay"),
    "reference": reference,
    "soak": soak,
    "mutants": mutants,
    "setup": setup,
    "doctor": diagnose,
    "pin": pin,
}
