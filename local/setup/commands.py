"""The commands of ./dev: each sets up what it needs, then does its work or becomes the process that does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Callable, NoReturn

from local.setup import doctor, pins, security
from local.setup.interpreters import find_python, how_to_get_pip, venv_python
from local.setup.node import bring_node, find_node, npm_command
from local.setup.options import COMMANDS, USAGE, up_parser
from local.setup.python import checks_python, set_up_checks
from local.setup.run import STOP_SIGNALS
from local.setup.set_up import set_up_app, set_up_commands, set_up_dev
from local.setup.steps import ROOT, SIGNALS, Interrupted, SetupError, Steps, only_one
from local.setup.uv import bring_uv

CHECKS = (
    ["-m", "ruff", "check"],
    ["-m", "ruff", "format", "--check"],
    ["-m", "mypy"],
    ["-m", "tests.architecture.imports"],
    ["-m", "tests.infra"],
)


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
    return _run(RUN[name], rest)


def _run(command: Callable[[list[str]], int], arguments: list[str]) -> int:
    """Whatever stops it is one line and a status."""
    for number in STOP_SIGNALS:
        signal.signal(number, SIGNALS.handle)
    try:
        return command(arguments)
    except Interrupted as interrupted:
        return 128 + interrupted.number
    except SetupError as error:
        print(f"dev: {error}", file=sys.stderr)
    except BrokenPipeError:  # the reader went away; Python flushes once more at its end, and would complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except OSError as error:
        wanted = f"you must be able to read and write {ROOT}"
        print(f"dev: {error.filename or ROOT}: {error.strerror}; {wanted}", file=sys.stderr)
    return 1


def _become(module: str, arguments: list[str], folder: Path = ROOT) -> NoReturn:
    """Turn into the module, run by the virtual environment's Python; signals wait until it is ready for them."""
    os.chdir(folder)
    python = str(venv_python())
    command = [python, "-m", "local.setup.run", module, *arguments]
    if folder != ROOT:
        os.environ["PYTHONPATH"] = str(ROOT)
        command.insert(1, "-P")  # nothing of that folder is imported
    if os.name == "nt":
        raise SystemExit(subprocess.call(command))
    sys.stdout.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    os.execv(python, command)  # noqa: S606  no shell is wanted


def up(arguments: list[str]) -> int:
    up_parser().parse_args(arguments)
    set_up_app()
    return _become("local.up", arguments)


def test(arguments: list[str]) -> int:
    set_up_dev(set_up_checks)
    chosen = any(word.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for word in arguments)
    deep = ["-m", "deep"] if "--deep" in arguments else []
    given = [word for word in arguments if word != "--deep"]
    return _become("pytest", [*([] if chosen else ["-n", "2"]), *deep, *given])


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
        raise SetupError("node was set up but is not where it should be: run ./dev setup again")
    return security.check_security([str(checks_python())], npm_command(node), Path(bill).resolve())


def bench(arguments: list[str]) -> int:
    names = sorted(file.stem for file in (ROOT / "bench").glob("*.py") if not file.stem.startswith("_"))
    if not arguments or arguments[0] not in names:
        print(f"dev bench: say which of: {', '.join(names) or '(none yet)'}", file=sys.stderr)
        return 2
    set_up_dev()
    return _become(f"bench.{arguments[0]}", arguments[1:])


def _command(module: str) -> Callable[[list[str]], int]:
    """A command that is given files: it stays in the folder it was called in."""

    def run(arguments: list[str]) -> int:
        set_up_commands()
        return _become(f"local.commands.{module}", arguments, Path.cwd())

    return run


def soak(arguments: list[str]) -> int:
    set_up_dev()
    return _become("tests.soak", arguments)


def mutants(arguments: list[str]) -> int:
    set_up_dev()
    return _become("tests.mutants", arguments)


def reference(arguments: list[str]) -> int:
    if arguments:
        return _unexpected("reference", arguments)
    set_up_commands()
    return _become("local.reference", [])


def setup(arguments: list[str]) -> int:
    if arguments:
        return _unexpected("setup", arguments)
    set_up_dev()
    return 0


def pin(arguments: list[str]) -> int:
    if arguments not in ([], ["--upgrade"]):
        return _unexpected("pin", arguments)
    steps = Steps()
    with only_one(steps), SIGNALS.noted():
        uv = bring_uv(steps, find_python())
        if uv is None:
            raise SetupError(f"pinning needs uv, and no pip here could install it: {how_to_get_pip()}")
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
    "repair": _command("repair"),
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
