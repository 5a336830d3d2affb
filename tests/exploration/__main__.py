"""Explore all pairs of the scenes named, or of all; print counts, and status 1 at a violation."""

import sys
from time import process_time

from tests.exploration.exploring import Exploration
from tests.exploration.scenes import SCENES


def main(names: list[str]) -> int:
    violated = False
    for name, scene in SCENES.items():
        if not names or name in names:
            started, exploration = process_time(), Exploration(scene)
            counts = exploration.explore(exploration.pairs)
            print(*counts.violations, sep="\n")
            print(f"{name}: {counts}, {process_time() - started:.1f} s of CPU", flush=True)
            violated |= bool(counts.violations)
    return 1 if violated else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
