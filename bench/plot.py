"""Pictures of the figures that the other benchmarks kept, for the documents.

``./dev bench plot`` draws a PNG in ``docs/explanation/pictures`` for each ``.tools/bench-*.json``: bars of the medians,
a line from quartile to quartile. matplotlib is not among the project's packages:
``./dev bench rules --install`` brings it.
"""

import argparse
import json
import site
import sys
from collections.abc import Callable, Sequence
from typing import Any

from bench._figures import KEPT, ROOT, file_of

PICTURES = ROOT / "docs" / "explanation" / "pictures"
OURS, OTHERS = "#0f6cbd", "#a19f9d"

type Bar = tuple[str, dict[str, float], bool]
"""A title, its spread, and whether it is this project's."""


def rules(results: Any) -> Sequence[Bar]:
    ordered = sorted(results, key=lambda each: float(each["microseconds"]["median"]))
    ours = ("decide", "explain")
    return [(each["title"], each["microseconds"], each["title"].startswith(ours)) for each in ordered]


def start(results: Any) -> Sequence[Bar]:
    return [
        (f"{who}, {each['title']}", each["wall ms"][key], key == "thisProject")
        for each in results
        for who, key in (("bare function", "bare"), ("this project", "thisProject"))
    ]


def check(results: Any) -> Sequence[Bar]:
    busy = [each for each in results if each["atOnce"] > 1 and "250" not in each["title"]]
    return [(each["title"], each["perSecond"], not each["title"].startswith("bare")) for each in busy]


def event(results: Any) -> Sequence[Bar]:
    return [
        (f"{each['title'].replace('outcome ', '')}: {who}", speed, who == "this project")
        for each in results
        if each["concurrency"] > 1
        for who, speed in each["eventsPerSecond"].items()
    ]


def fanout(results: Any) -> Sequence[Bar]:
    return [(f"{each['customers']} customers", each["customersPerSecond"], True) for each in results]


PLOTS: dict[str, tuple[Callable[[Any], Sequence[Bar]], str, str, bool]] = {
    "rules": (rules, "One decision, all engines agreeing", "CPU in microseconds", True),
    "start": (start, "From a worker's start to its first handled event", "milliseconds", False),
    "check": (check, "Questions over HTTP, 16 at a time", "answers per second", False),
    "event": (event, "Events on one Azurite, 16 at a time", "events per second", False),
    "fanout": (fanout, "Customers decided again because of their partner", "customers per second", False),
}
"""Per benchmark: its bars, the title, what is measured, whether the scale is logarithmic."""


def draw(plt: Any, name: str) -> None:
    file = file_of(name)
    if not file.exists():
        print(f"left out: {name}; ./dev bench {name} measures it", file=sys.stderr)
        return
    bars_of, title, unit, logarithmic = PLOTS[name]
    bars = bars_of(json.loads(file.read_text())["results"])
    medians = [bar["median"] for _, bar, _ in bars]
    spread = [[abs(bar["median"] - bar[end]) for _, bar, _ in bars] for end in ("lowerQuartile", "upperQuartile")]
    figure, axes = plt.subplots(figsize=(9, 0.9 + 0.32 * len(bars)), layout="constrained")
    colours = [OURS if ours else OTHERS for *_, ours in bars]
    axes.barh([name for name, *_ in bars], medians, xerr=spread, color=colours, ecolor="#323130")
    axes.bar_label(axes.containers[-1], fmt=_label, padding=8, fontsize=8)
    axes.set(title=title, xlabel=f"{unit}, median and quartiles", xscale="log" if logarithmic else "linear")
    axes.margins(x=0.12)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    PICTURES.mkdir(exist_ok=True)
    figure.savefig(PICTURES / f"{name}.png", dpi=110, metadata={"Software": None})
    print(PICTURES / f"{name}.png")


def _label(value: float) -> str:
    """Three digits, or all of a greater number."""
    return f"  {value:,.0f}" if value >= 100 else f"  {value:.3g}"


def main() -> int:
    argparse.ArgumentParser(prog="./dev bench plot", description=__doc__).parse_args()
    for folder in (KEPT / "bench").glob("lib/python*/site-packages"):
        site.addsitedir(str(folder))
    try:
        import matplotlib  # type: ignore[import-not-found]
        import matplotlib.pyplot as plt  # type: ignore[import-not-found]
    except ImportError:
        print("matplotlib is missing; ./dev bench rules --install brings it", file=sys.stderr)
        return 1
    matplotlib.use("Agg")
    for name in PLOTS:
        draw(plt, name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
