"""Figures as median and quartiles, in text and in JSON files for the plots, the same for every benchmark."""

import json
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".tools"


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and quartiles; of fewer than two values the value itself."""
    low, median, high = statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
    return {"median": round(median, 3), "lowerQuartile": round(low, 3), "upperQuartile": round(high, 3)}


def told(values: Sequence[float], digits: int = 0) -> str:
    """``median (quartile-quartile)``."""
    found = spread(values)
    return "{median:.{n}f} ({lowerQuartile:.{n}f}-{upperQuartile:.{n}f})".format(n=digits, **found)


def ratio(mine: Sequence[float], theirs: Sequence[float]) -> dict[str, float]:
    """The spread of the ratios of each round."""
    return spread([one / other for one, other in zip(mine, theirs, strict=True)])


def file_of(name: str) -> Path:
    """Where the benchmark of this name keeps its figures."""
    return KEPT / f"bench-{name}.json"


def keep(file: Path, figures: Any, **about: Any) -> None:
    """Write the figures as JSON, with what is to be known of them and the machine they are from."""
    file.parent.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    file.write_text(json.dumps({**about, **machine, "results": figures}, indent=2) + "\n")
    print(f"\nall figures in {file}", file=sys.stderr)
