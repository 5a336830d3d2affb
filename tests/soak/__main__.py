"""Soak the running system and say how it held; ``./dev soak --help`` lists the options."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from time import monotonic

from local.setup.commands import parser_of
from tests.soak.plan import Plan
from tests.soak.soak import Tell, soak

SHOWN = 20
WIDTH = 30


def progress_bar() -> Tell:
    """A bar that is drawn anew on a terminal; elsewhere a line at every tenth."""
    started, shown = monotonic(), -1

    def tell(share: float, state: str) -> None:
        nonlocal shown
        text = f"{share:4.0%}  {monotonic() - started:5.0f} s  {state}"
        if sys.stdout.isatty():
            bar = "█" * round(share * WIDTH)
            print(f"\r{bar:░<{WIDTH}} {text:<70}", end="\n" if state == "checking" else "", flush=True)
        elif (tenth := int(share * 10)) > shown or share == 1:
            shown = tenth
            print(text, flush=True)

    return tell


def main() -> int:
    plan = Plan(**vars(parser_of("soak").parse_args()))
    print(f"seed {plan.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    figures = asyncio.run(soak(plan, progress_bar(), folder / "log"))
    for name, value in figures.rows():
        print(f"{name:<36}{value:>14}")
    for violation in figures.violations[:SHOWN]:
        print(violation)
    if figures.violations:
        print(f"seed {plan.seed}; the workers' log is {folder / 'log'}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
