"""The order of a run: each of its processes begins with tests that share what takes long to set up, and ends with any.

pytest-xdist gives each process a run of tests that stand together, and one that is done the latter half of what another
has left. So nothing that takes long is set up twice.
"""

from collections.abc import Sequence
from itertools import islice

FIRST: Sequence[Sequence[str]] = (
    ("portal", "exploration"),
    ("system", "soak", "up", "samples", "clients", "generated_clients"),
    ("commands", "faults", "messaging", "docs", "released"),
    ("backup", "host", "infra", "broker", "functions", "fuzz", "bulk", "browser"),
)
"""Of each process: folders of tests that start hosts, Azurites, brokers, browsers or compilers, or take very long."""


def in_order[T](tests: Sequence[tuple[str, T]]) -> list[T]:
    """Tests by folder, in the order in which they are to run."""
    others = iter([test for folder, test in tests if not any(folder in folders for folders in FIRST)])
    ordered: list[T] = []
    for number, folders in enumerate(FIRST):
        size = (len(tests) - len(ordered)) // (len(FIRST) - number)
        first = [test for name in folders for folder, test in tests if folder == name]
        ordered += [*first, *islice(others, max(0, size - len(first)))]
    return [*ordered, *others]
