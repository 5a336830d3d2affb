"""Seeded simulations in which each change of rules goes on in chains, beside an older and beside a later version."""

import pytest

from shared.workflow import steps
from tests.simulation.older_beside import OlderBeside
from tests.simulation.seeds import seeds
from tests.simulation.side_by_side import SideBySide
from tests.virtual_time import run


@pytest.fixture(autouse=True)
def _sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"MESSAGE": 1, "PAGE": 1, "PAGES_PER_CALL": 1, "DIRECTORY_PAGES": 1, "SHARES": 2}.items():
        monkeypatch.setattr(steps, name, size)


@pytest.mark.parametrize("kind", [OlderBeside, SideBySide])
@pytest.mark.parametrize("some", seeds(40, 5_000, 10))
def test_chains_beside_another_version_miss_nobody_and_keep_what_it_wrote(some: range, kind: type[SideBySide]) -> None:
    for seed in some:
        found = run(kind(seed).run())
        assert not found, f"seed {seed}: {found}"
