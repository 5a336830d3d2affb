"""How long importing the app takes, beside ``import azure.functions`` alone, which every Python app pays.

Child processes take turns, with compiled modules and without; the packages that cost most are named.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import dropwhile
from operator import itemgetter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALONE, APP = "azure.functions", "function_app"
MEASURE = """
import time
wall, cpu = time.perf_counter(), time.process_time()
import {}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""
"""Wall and CPU seconds of the import alone: the interpreter's own start is not counted."""


def child(*arguments: str, compiled: Path, write: bool) -> subprocess.CompletedProcess[str]:
    """Run Python in the app's folder, taking compiled modules from ``compiled`` only."""
    settings = {"PYTHONPYCACHEPREFIX": str(compiled), "PYTHONPATH": str(ROOT)}
    without = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, *([] if write else ["-B"]), *arguments]
    return subprocess.run(command, cwd=ROOT, env={**without, **settings}, capture_output=True, text=True, check=True)


def measured(module: str, compiled: Path) -> tuple[float, float]:
    wall, cpu = child("-c", MEASURE.format(module), compiled=compiled, write=False).stdout.split()
    return float(wall) * 1000, float(cpu) * 1000


def compare(title: str, compiled: Path, rounds: int) -> None:
    """Both imports in turn, so that a noisy neighbour disturbs both alike."""
    found = [(measured(ALONE, compiled), measured(APP, compiled)) for _ in range(rounds)]
    print(f"\n{title}, ms over {rounds} pairs of processes")
    print(f"  {'':34}{'median':>8}{'least':>8}{'most':>8}")
    for kind, name in enumerate(("wall", "CPU")):
        alone, app = ([pair[each][kind] for pair in found] for each in (0, 1))
        _row(f"import {ALONE}, {name}", alone)
        _row(f"import {APP}, {name}", app)
        _row(f"what the app adds, {name}", [more - less for less, more in zip(alone, app, strict=True)])


def _row(title: str, values: Iterable[float]) -> None:
    values = list(values)
    print(f"  {title:34}{statistics.median(values):8.0f}{min(values):8.0f}{max(values):8.0f}")


def costs(module: str, compiled: Path) -> Mapping[str, float]:
    """Own milliseconds of each module, as ``-X importtime`` tells; those of the interpreter's start are left out."""
    told = child("-X", "importtime", "-c", f"import {module}", compiled=compiled, write=False)
    lines = dropwhile(lambda line: not line.endswith("| site"), told.stderr.splitlines())
    rows = (line.removeprefix("import time:").split("|") for line in lines if line.count("|") == 2)
    return {name.strip(): int(own) / 1000 for own, _, name in rows if own.strip().isdigit()}


def by_package(modules: Mapping[str, float]) -> dict[str, float]:
    """Summed up: to the second level under ``azure`` and for our own, to the first elsewhere."""
    total: dict[str, float] = defaultdict(float)
    for name, cost in modules.items():
        depth = 2 if name.split(".")[0] in ("azure", "shared") else 1
        total[".".join(name.split(".")[:depth])] += cost
    return total


def show_biggest(compiled: Path, rows: int = 12) -> None:
    modules = costs(APP, compiled)
    alone = costs(ALONE, compiled)
    added = {name: cost for name, cost in modules.items() if name not in alone}
    print(f"\nOf {len(modules)} modules the app adds {len(added)}; own ms in one process, with compiled modules")
    columns = (("all, by package", by_package(modules)), ("added, by package", by_package(added)))
    for title, total in (*columns, ("added, by module", added)):
        print(f"  {title}")
        for name, cost in sorted(total.items(), key=itemgetter(1), reverse=True)[:rows]:
            print(f"    {cost:7.1f}  {name}")


def show(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compiled, empty = Path(folder, "compiled"), Path(folder, "empty")
        for module in (ALONE, APP):
            child("-c", f"import {module}", compiled=compiled, write=True)
        compare("With compiled modules (.pyc)", compiled, rounds)
        compare("Without any, those of the standard library neither", empty, max(rounds // 3, 3))
        show_biggest(compiled)
