"""Figures as median and quartiles, shown and kept alike by every benchmark.

Arrives: numbers measured one after the other. Leaves: their spread as JSON or text; a JSON file for the plots.
"""

import json
import platform
import statistics
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


def keep(name: str, figures: Any) -> Path:
    """Write ``.tools/bench-NAME.json``."""
    KEPT.mkdir(exist_ok=True)
    path = KEPT / f"bench-{name}.json"
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    path.write_text(json.dumps({**machine, "results": figures}, indent=2) + "\n")
    return path
