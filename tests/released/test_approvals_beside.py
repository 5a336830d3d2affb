"""The last released version, which knows no approvals, reads rows that have them and voids them if it changes rules."""

from pathlib import Path

import pytest

from shared.settings import RELEASED
from shared.workflow.approve import UnknownAuthorError, approve
from shared.workflow.change_rules import ApprovalsMissingError, activate, retire
from tests.released.running import run_by
from tests.released.test_released_rows import loaded, written
from tests.workflow.test_approve import ADA, BO, two_drafts

_ACTIVATE = """
import asyncio, runpy, sys
run = runpy.run_path(sys.argv[1])
async def go_on():
    app = run["App"]()
    for line in open(sys.argv[2]):
        await app.load(line)
    await run["activate"](app.ports, 3)
    print("\\n".join(await app.lines()))
asyncio.run(go_on())
"""


async def test_it_activates_without_approvals_and_those_given_count_no_more(tmp_path: Path) -> None:
    world = await two_drafts()
    await approve(world.ports, 2, "activate", BO)
    after = await loaded(run_by(RELEASED[-1], tmp_path, await written(world), _ACTIVATE))
    after.ports.approvals = 1
    state = await after.ports.rule_sets.load()
    assert state
    assert sorted(version for version, _ in state.active) == [1, 3]
    with pytest.raises(ApprovalsMissingError):
        await activate(after.ports, 2, ADA)
    await approve(after.ports, 2, "activate", BO)
    await activate(after.ports, 2, ADA)
    await approve(after.ports, 3, "retire", BO)
    await retire(after.ports, 3, ADA)
    with pytest.raises(UnknownAuthorError):  # that version dropped who wrote what it activated
        await approve(after.ports, 3, "activate", BO)
