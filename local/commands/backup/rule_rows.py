"""Rule sets beside events: a file with the rows that hold them, for a deployment that has none of its own.

Decisions name the version of their rule set, and a date may be judged by another version than today's. So the versions
travel with their numbers, states and history, not only the document in force.
"""

import json
from pathlib import Path

from local.commands.app import CommandError
from local.commands.backup.batches import Read, batches
from local.commands.backup.files import Line, new_file, read_lines
from local.commands.backup.manifest import refuse_other_format
from local.commands.backup.memory_store import MemoryStore
from local.commands.backup.row_checks import check_row
from local.commands.backup.rows import FORMAT, NotARowError, line_of, row_of
from shared.domain.who import NOBODY, Who
from shared.ports import Ports
from shared.storage import keys
from shared.storage.change_log import FILE, IMPORTED
from shared.storage.fan_outs import FanOut
from shared.storage.rule_sets import DRAFT, RuleSets
from shared.storage.store import ANY, Conflict, Span, Table, Write
from shared.workflow.change_log import logged
from shared.workflow.change_rules import UnreadableError, refuse_unreadable
from shared.workflow.steps import enqueue

_SHIPPED_ALONE = 1
"""The epoch, and the latest version, while a deployment has only the rule set that it was shipped with."""
_ALL = 1_000_000


def beside(events: Path) -> Path:
    return events.with_suffix(".rules.jsonl")


async def export_rules(ports: Ports, path: Path) -> int:
    """Write all versions; gives their number. The change log is that of this deployment."""
    stored = await ports.store.query(Table.RULES, Span(keys.RULES), _ALL)
    rows = [row for row in stored if not row.key.startswith(keys.LOGGED)]
    with new_file(path) as file:
        file.write(json.dumps({"format": FORMAT}).encode() + b"\n")
        file.writelines(line_of(Table.RULES, row) for row in rows)
    return sum(row.key.startswith("version~") for row in rows)


async def import_rules(ports: Ports, path: Path, who: Who = NOBODY, *, dry_run: bool = False) -> str:
    """Store the rule sets of the file, unless the same are in force; gives what was done, or would be, in words."""
    rows = await _read(path)
    theirs = MemoryStore()
    for row, _ in rows:
        await theirs.write(Table.RULES, row)
    wanted, found = await _in_force(RuleSets(theirs)), await _in_force(ports.rule_sets)
    if not wanted or {row.partition for row, _ in rows} != {keys.RULES}:
        raise CommandError(f"{path} is not the rule sets of a deployment: export again")
    if wanted == found:
        return "the rule sets in force are the same"
    if not await _is_new_or_lost(ports):
        raise CommandError(
            f"other rule sets are in force than in {path}: {_said(found)}, not {_said(wanted)}. Put the same in force "
            "first (./dev rules), or give --keep-rules, to have everybody decided by those that are there"
        )
    await _refuse_unreadable(ports, RuleSets(theirs), path)
    await _refuse_other_documents(ports, RuleSets(theirs), path)
    if dry_run:
        return f"rule sets would be stored: {_said(wanted)}"
    async with logged(ports, IMPORTED, FILE, path.name, who, detail="rule sets") as deed:
        await _store(ports, rows)
        deed.count = sum(row.key.startswith("version~") for row, _ in rows)
    return f"rule sets stored: {_said(wanted)}"


async def _read(path: Path) -> list[Read]:
    lines = read_lines(path)
    refuse_other_format(path, _format(next(lines, None)))
    rows = []
    for line in lines:
        try:
            row = row_of(line.text)
            await check_row(Table.RULES, row)
        except NotARowError as fault:
            raise CommandError(f"{path}, line {line.number}: {fault}") from fault
        rows.append((row, line))
    return rows


def _format(head: Line | None) -> object:
    try:
        return json.loads(head.text)["format"] if head else None
    except (ValueError, LookupError, TypeError):
        return None


async def _in_force(rule_sets: RuleSets) -> list[tuple[int, str, str]]:
    """Version, date and hash of each active rule set: equal ones decide alike."""
    state = await rule_sets.load()
    found = []
    for version, day in sorted(state.active) if state else ():
        stored = await rule_sets.version(version)
        found.append((version, day.isoformat(), stored.sha256 if stored else ""))
    return found


def _said(active: list[tuple[int, str, str]]) -> str:
    return ", ".join(f"{version} from {day} ({sha256[:8]})" for version, day, sha256 in active) or "none"


async def _is_new_or_lost(ports: Ports) -> bool:
    """Nobody is decided and nobody changed the rules; or none are in force, so that nobody can be decided."""
    state = await ports.rule_sets.load()
    if state is None or not state.active:
        return True
    untouched = (state.epoch, state.latest) == (_SHIPPED_ALONE, _SHIPPED_ALONE)
    return untouched and not await ports.has_customers()


async def _refuse_unreadable(ports: Ports, theirs: RuleSets, path: Path) -> None:
    """As an activation does: a version that may run has to read what is in force."""
    for version, _, _ in await _in_force(theirs):
        stored = await theirs.version(version)
        if stored is None:
            raise CommandError(f"{path}: version {version} is active and not in the file: export again")
        try:
            refuse_unreadable(ports, stored)
        except UnreadableError as fault:
            first = "; ".join(f"{each.path} {each.message}" for each in fault.errors[:3])
            raise CommandError(f"{path}: version {version} is active, and {fault}: {first}") from fault


async def _refuse_other_documents(ports: Ports, theirs: RuleSets, path: Path) -> None:
    """Decisions name versions: what a number stood for must not change, even where what was in force is lost."""
    if await ports.has_customers():
        for mine in await ports.rule_sets.versions(None, _ALL):
            its = await theirs.version(mine.version)
            if mine.state != DRAFT and its is not None and its.sha256 != mine.sha256:
                told = f"version {mine.version} is stored and is another than in {path}"
                raise CommandError(f"{told}: put a rule set in force instead (./dev rules publish --unpreviewed)")


async def _store(ports: Ports, rows: list[Read]) -> None:
    """Versions first, the row that puts them in force last; with a fan-out, for whom the app decides meanwhile."""
    (epoch,) = [row for row, _ in rows if row.key == keys.RULES_EPOCH]
    state = await ports.rule_sets.load()
    for batch in batches(each for each in rows if each[0] is not epoch):
        await ports.store.commit(Table.RULES, [Write(row, ANY) for row, _ in batch])
    fan_out = FanOut(None, int(epoch.properties["epoch"]), at=ports.timestamp())
    await ports.fan_outs.open(fan_out)
    try:
        await ports.store.write(Table.RULES, epoch, state.etag if state else None)
    except Conflict as fault:
        raise CommandError("the rules changed meanwhile: run it again") from fault
    await enqueue(ports, fan_out.id)
