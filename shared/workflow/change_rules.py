"""Changing which rule sets are in force: everybody is decided again, by a fan-out over the directory.

Arrives: a version to activate or retire. Leaves: the epoch raised and the fan-out, written before, handed on.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.ports import Ports
from shared.storage.rule_sets import ACTIVE, RETIRED, RulesState, StoredRuleSet
from shared.storage.work import FanOut
from shared.workflow.decide import until_first
from shared.workflow.fan_out import hand_on, hand_on_if_open


class NoSuchVersionError(LookupError):
    """There is no rule set of this version."""


class LastActiveError(Exception):
    """The last active rule set cannot be retired; activate another first."""


async def activate(ports: Ports, version: int) -> None:
    """Put a version in force from its date; nothing changes if it is active already."""

    def change(state: RulesState, stored: StoredRuleSet) -> RulesState:
        return replace(state, active=(*state.active, (version, stored.effective_from)))

    await _change(ports, version, ACTIVE, change)


async def retire(ports: Ports, version: int) -> None:
    """Take an active version out; raises LastActiveError."""

    def change(state: RulesState, _: StoredRuleSet) -> RulesState:
        left = tuple(each for each in state.active if each[0] != version)
        if not left:
            raise LastActiveError
        return replace(state, active=left)

    await _change(ports, version, RETIRED, change)


async def _change(
    ports: Ports, version: int, to: str, change: Callable[[RulesState, StoredRuleSet], RulesState]
) -> None:
    async def attempt() -> None:
        await ports.rule_books.book(None)
        state, stored = await ports.rule_sets.load(), await ports.rule_sets.version(version)
        if state is None or stored is None:
            raise NoSuchVersionError(f"there is no rule set version {version}")
        if stored.state == to:
            await hand_on_if_open(ports, FanOut(None, state.epoch).id)
            return
        changed = change(state, stored)
        fan_out = FanOut(None, state.epoch + 1, at=ports.timestamp())
        cause = {"kind": "rule-set", "ruleSetVersion": version, "action": "activated" if to == ACTIVE else "retired"}
        await ports.work.open_fan_out(fan_out)
        await ports.rule_sets.commit(replace(changed, epoch=state.epoch + 1, cause=cause), replace(stored, state=to))
        await hand_on(ports, fan_out.id)

    await until_first(ports, attempt)
