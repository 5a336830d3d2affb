"""Decides every customer once more after an upgrade that changes the format of outcomes or indexes.

The rules' row has the format number of the decisions. A process with a greater number opens a fan-out over the
directory, as a change of rules does: the fan-out's row first, then the number in the rules' row, which one process
writes. A process with a smaller number (a rollback, or two versions side by side) goes on deciding and notes that it
does. When that note is old, the customers that it decided are decided again. While 0.2.0 may run, which knows none of
this, it is noted here, and nothing is opened.
"""

from dataclasses import replace
from datetime import timedelta

from shared.logs import Log
from shared.ports import Ports
from shared.settings import NARROW
from shared.storage import keys
from shared.storage.fan_outs import FanOut
from shared.storage.rule_sets import Older, RulesState, Upgrading
from shared.storage.store import Conflict
from shared.workflow.steps import enqueue

SILENT_FOR = timedelta(minutes=10)
"""Longer than any call lasts: what an older version began before it fell silent is written by then."""

_log = Log("upgrade")


async def sweep_upgrade(ports: Ports) -> None:
    """Open a run if one is needed; else note how far the last one has come."""
    state = await ports.rule_sets.load()
    if state is None or ports.decisions < state.decisions:
        return
    if ports.oldest_version in NARROW:  # it would quarantine the messages, and cannot note that it decides
        await ports.rule_sets.note_older(ports.timestamp())
        return
    older = await ports.rule_sets.older() if max(state.decisions, ports.decisions) > 1 else None
    if older is not None and ports.is_ahead(older.at):  # it may go on deciding: silent from now on at the earliest
        await ports.rule_sets.note_older(ports.timestamp())
        return
    if ports.decisions > state.decisions or (older is not None and ports.is_older(older.at, SILENT_FOR)):
        await _open(ports, state, older)
    else:
        await _note(ports, state.upgrade)


async def _open(ports: Ports, state: RulesState, older: Older | None) -> None:
    run = ports.number_after(state.upgrade)
    fan_out = FanOut(None, run, at=ports.timestamp(), decisions=ports.decisions)
    await ports.fan_outs.open(fan_out)
    try:
        await ports.rule_sets.save(replace(state, decisions=ports.decisions, upgrade=run))
    except Conflict:  # others changed the rules, or were first: the next sweep looks again
        now = await ports.rule_sets.load()
        if now is None or now.upgrade != run:
            await ports.fan_outs.close(fan_out)
        return
    if older is not None:
        await ports.rule_sets.forget_older(older)
    await enqueue(ports, fan_out.id)
    _log.info("upgrade begun", decisions=ports.decisions, before=state.decisions, run=run)


async def _note(ports: Ports, run: int) -> None:
    """Its rows are too many to be added up whenever health is asked for."""
    noted = await ports.rule_sets.upgrading() if run else None
    if not run or (noted and noted.run == run and noted.finished):
        return
    progress = await ports.progress.read(keys.upgrade(run))
    await ports.rule_sets.save_upgrading(Upgrading(run, progress.done, progress.of, progress.is_finished))
    _log.info("upgrade goes on", done=progress.done, of=progress.of, finished=progress.is_finished)


async def upgrading(ports: Ports) -> Upgrading | None:
    """How far an upgrade has come; None if everybody is decided."""
    state = await ports.rule_sets.load()
    if state is None or (not state.upgrade and ports.decisions <= state.decisions):
        return None
    noted = await ports.rule_sets.upgrading() if state.upgrade else None
    if ports.decisions > state.decisions or noted is None or noted.run != state.upgrade:
        return Upgrading(state.upgrade)
    return None if noted.finished else noted
