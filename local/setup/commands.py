"""``./dev``: finds the command, and reports whatever stops it in one line with a status."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser

from local.setup.account_commands import ACCOUNT_COMMANDS
from local.setup.app_commands import APP_COMMANDS
from local.setup.command import usage
from local.setup.run import STOP_SIGNALS
from local.setup.steps import ROOT, SIGNALS, Interrupted, SetupError
from local.setup.work_commands import WORK_COMMANDS

COMMANDS = {each.name: each for each in (*APP_COMMANDS, *ACCOUNT_COMMANDS, *WORK_COMMANDS)}


def parser_of(name: str) -> ArgumentParser:
    """For the module that a command runs."""
    return COMMANDS[name].parser()


def main(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage(COMMANDS.values()))
        return 0 if words else 2
    command = COMMANDS.get(words[0])
    if command is None:
        print(f"dev: there is no command {words[0]!r}\n\n{usage(COMMANDS.values())}", file=sys.stderr)
        return 2
    for number in STOP_SIGNALS:
        signal.signal(number, SIGNALS.handle)
    try:
        return command.call(words[1:])
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
