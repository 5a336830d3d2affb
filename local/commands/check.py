"""The checks of ``./dev check``: every one runs, whatever the others found; a signal ends the one that is running."""

import signal
import subprocess
import sys
from typing import NoReturn

from local.commands.app import CommandError, run
from local.commands.security import check_security
from local.setup.commands import parser_of
from local.setup.node import find_node, npm_command
from local.setup.python import checks_python
from local.setup.steps import ROOT

CHECKS = (
    ["-m", "ruff", "check"],
    ["-m", "ruff", "format", "--check"],
    ["-m", "mypy"],
    ["-m", "tests.architecture.imports"],
    ["-m", "tests.infra"],
)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _stop)
    options = parser_of("check").parse_args(arguments)
    if not options.security:
        return check_code()
    return run(lambda: check_security([str(checks_python())], _npm(), options.security.resolve()))


def check_code() -> int:
    statuses = []
    for command in CHECKS:
        print("$ python", *command, flush=True)
        statuses.append(subprocess.call([sys.executable, *command], cwd=ROOT))
    return 1 if any(statuses) else 0


def _stop(number: int, _: object) -> NoReturn:
    """What waits for a checker ends it because of the exception."""
    sys.exit(128 + number)


def _npm() -> list[str]:
    node = find_node()
    if node is None:
        raise CommandError("node was set up but is not where it should be: run ./dev setup again")
    return npm_command(node)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
