"""The option ``--exit-code``: the status says what the answer is, for scripts."""

from __future__ import annotations

from local.setup.command import Option, option

NO = 10
"""The answer is the one that somebody acts on. Commands that could not answer end with 1 or 2."""
UNDECIDED = 11
"""The answer is that it cannot be decided."""


def exit_code(yes: str, no: str, undecided: str = "") -> Option:
    """``--exit-code``, with what each status says."""
    others = f", {UNDECIDED}: {undecided}" if undecided else ""
    said = f"end with a status that says the answer: 0: {yes}, {NO}: {no}{others}; 1 and 2: there is no answer"
    return option("--exit-code", action="store_true", help=said)
