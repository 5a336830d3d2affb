"""What exploring finds and chance does not: bugs planted in a copy of the product."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exploration.planted import PLANTED
from tests.exploration.scenes import SCENES
from tests.mutants.copied import ROOT, copied
from tests.mutants.planted import Planted

SIMULATED = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/simulation/test_simulation.py")
"""1,000 seeds."""

each = pytest.mark.parametrize(("bug", "scene"), PLANTED.items(), ids=[bug.name for bug in PLANTED])


@each
def test_the_text_to_replace_stands_exactly_once(bug: Planted, scene: str) -> None:
    assert (ROOT / bug.file).read_text().count(bug.right) == 1
    assert scene in SCENES


def test_at_least_five_bugs_are_found_by_exploring_alone() -> None:
    assert len(PLANTED) >= 5


@pytest.mark.deep
@pytest.mark.timeout(1800)
@each
def test_a_thousand_seeds_of_chance_do_not_see_what_exploring_does(bug: Planted, scene: str) -> None:
    with copied(bug) as copy:
        seen, told = _run(copy, "-m", "tests.exploration", scene)
        assert seen == 1, told
        by_chance, told = _run(copy, *SIMULATED)
        assert by_chance == 0, told


def _run(copy: Path, *arguments: str) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr
