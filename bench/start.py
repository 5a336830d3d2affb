"""From a worker's start to its first handled event, and what importing costs.

Measures seconds of wall and CPU of one process that is started, indexes the app and handles one event with unchanged
outcome (two reads and one write), beside one whose app only imports azure.functions, azure-data-tables and
azure-identity and reads one row; both by Microsoft's worker library, in turns, with compiled modules (.pyc) and
without. Both are authorised by a managed identity, whose token a stand-in of the platform gives; with --key by the
account's key, without azure-identity. Then the imports by module.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import _imports
from bench._by_identity import by_identity
from bench._figures import ROOT, file_of, keep, spread, told
from bench._prepared import customer, prepared, unchanging
from shared.storage import keys

BARE = ROOT / "bench" / "bare_app"


def environment(account: dict[str, str], compiled: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    row = {"BARE_TABLE": "customers", "BARE_PARTITION": customer(0), "BARE_ROW": keys.customer_state(customer(0))}
    return {**plain, **row, **account, "PYTHONPYCACHEPREFIX": str(compiled), "PYTHONPATH": str(ROOT)}


@contextmanager
def account(folder: Path, by_key: bool) -> Iterator[dict[str, str]]:
    if by_key:
        with prepared(1) as connection:
            yield {"EligibilityStorage": connection, "AzureWebJobsStorage": connection}
    else:
        with by_identity(folder, 1) as settings:
            yield settings


def timed(app: Path, function: str, message: Path, settings: dict[str, str], write: bool) -> tuple[float, float]:
    """Wall and CPU milliseconds of one process, its interpreter's start included."""
    command = [sys.executable, *([] if write else ["-B"]), "-m", "bench._first_event", str(app), function, str(message)]
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=settings, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - wall
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall * 1000, cpu * 1000


def compared(settings: dict[str, str], folder: Path, rounds: int, compiled: bool) -> dict[str, Any]:
    kept, message, turn = folder / ("compiled" if compiled else "empty"), folder / "message", 0
    settings = environment(settings, kept)
    contestants = {"read_for_message": BARE, "receive_event": ROOT}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for number in range(rounds + compiled):  # the first round only compiles
        for name, app in contestants.items():
            turn += 1
            message.write_bytes(unchanging(0, turn + 500 * compiled))
            figures = timed(app, name, message, settings, write=compiled and number == 0)
            if number or not compiled:
                found[name].append(figures)
    return _shown("with .pyc" if compiled else "without .pyc", found)


def _shown(title: str, found: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    print(f"\nstart to first handled event, {title}: median (quartiles)")
    figures: dict[str, Any] = {"title": title}
    for kind, name in enumerate(("wall ms", "CPU ms")):
        bare, ours = ([each[kind] for each in found[which]] for which in ("read_for_message", "receive_event"))
        ratios = [one / other for one, other in zip(ours, bare, strict=True)]
        print(f"  {name:8} bare {told(bare):>22}   this project {told(ours):>22}   times bare {told(ratios, 2)}")
        figures[name] = {"bare": spread(bare), "thisProject": spread(ours), "timesBare": spread(ratios)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="pairs of processes (21)")
    parser.add_argument("--key", action="store_true", help="authorise by the account's key")
    chosen = parser.parse_args()
    rounds = chosen.rounds
    with tempfile.TemporaryDirectory() as folder, account(Path(folder), chosen.key) as settings:
        figures = [
            compared(settings, Path(folder), rounds, compiled=True),
            compared(settings, Path(folder), max(rounds // 3, 3), compiled=False),
        ]
    keep(file_of("start"), figures, by="key" if chosen.key else "managed identity")
    _imports.show(rounds)


if __name__ == "__main__":
    main()
