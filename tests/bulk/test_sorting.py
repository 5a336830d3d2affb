"""Lines come out in the order of their bytes, however many runs they took, and no file is left."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from local.commands.bulk.sorting import Sorter


@pytest.mark.parametrize("most_bytes", [1, 50, 4_000, 10**9])
def test_lines_are_sorted_whatever_the_size_of_a_run(tmp_path: Path, most_bytes: int) -> None:
    chance = Random(most_bytes)
    lines = [f"{chance.randrange(300)}\t{'x' * chance.randrange(9)}\n".encode() for _ in range(500)]
    with Sorter(tmp_path, most_bytes) as sorter:
        for line in lines:
            sorter.add(line)
        found = list(sorter.lines())
    assert found == sorted(lines)
    assert Counter(found) == Counter(lines)
    assert list(tmp_path.iterdir()) == []


def test_of_many_runs_one_at_most_is_in_memory(tmp_path: Path) -> None:
    with Sorter(tmp_path, 1_000) as sorter:
        for number in range(1_000):
            sorter.add(b"%099d\n" % number)
            assert sum(map(len, sorter.held)) < 1_000 + 100
