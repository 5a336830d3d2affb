"""Whether a row is one that this version of the app reads, found out by the app's own readers.

Each is handed the row alone, in a store in memory.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Final

from local.commands.backup.memory_store import MemoryStore
from local.commands.backup.rows import NotARowError
from shared.domain.event_data import IDENTIFIER
from shared.domain.facts import fact_of
from shared.errors import LaterVersionError, PermanentError
from shared.rules.document import parse_document
from shared.storage import keys, questions, statistics
from shared.storage.chains import Chains
from shared.storage.change_log import ChangeLog
from shared.storage.checked import check_format
from shared.storage.customers import Customers, read_state
from shared.storage.fan_outs import FanOuts
from shared.storage.gone_back import RowsGoneBack
from shared.storage.heads import Heads
from shared.storage.kept_counts import read_count
from shared.storage.names import Entry as NameEntry
from shared.storage.partners import Partners, read_fact
from shared.storage.previews import Previews
from shared.storage.progress import Progress
from shared.storage.quarantine import Quarantine
from shared.storage.quarantined import ENTRIES
from shared.storage.rounds import Rounds
from shared.storage.rows import DamagedError, unpacked_json
from shared.storage.rule_sets import RuleSets
from shared.storage.store import Row, Store, Table
from shared.storage.upcoming import Entry
from shared.storage.work import Work

_FAULTS = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, DamagedError, PermanentError)

_NAME: Final = re.compile(r"[a-z]+(-[a-z0-9]+)*")
_SWEEP_OF_DUE: Final = "sweep~due"
"""Partition and key of a row of earlier versions, which the round ``due`` took the place of: nothing reads it."""

type Reader = Callable[[Store, Row], Awaitable[object]]


async def check_row(table: Table, row: Row) -> None:
    """Raises NotARowError."""
    store = MemoryStore()
    await store.write(table, row)
    try:
        check_format(table, row)
        found = await _READERS[table](store, row)
    except LaterVersionError as fault:
        raise NotARowError(str(fault)) from fault
    except _FAULTS as fault:
        raise NotARowError(f"{row.key!r} holds what this version cannot read ({type(fault).__name__})") from fault
    if not found:
        raise NotARowError(f"{row.key!r} in partition {row.partition!r} is no row of the table {table.value}")


async def _customer(store: Store, row: Row) -> object:
    if row.key == keys.customer_state(row.partition):
        state = read_state(row)
        return state.customer and state.outcome and (state.due_on or True)
    sequence = _counted_down(row.key.rpartition("~")[2])
    if row.key != keys.recorded_decision(row.partition, sequence):
        return False
    recorded = await Customers(store).recorded(row.partition, sequence)
    return recorded and json.loads(recorded.notification)["data"]["sequence"] == sequence


def _counted_down(text: str) -> int:
    """Counting down twice gives the number again."""
    return int(keys.countdown(int(text)))


async def _partner(store: Store, row: Row) -> object:
    if row.key == keys.partner_summary(row.partition):
        return (await Partners(store).load(row.partition)).partner.revision >= 0
    fact = read_fact(row)
    return row.key == keys.partner_fact(row.partition, fact.kind, fact.key) and fact_of(fact.kind, fact.register.data)


async def _directory(_: Store, row: Row) -> object:
    return row.key == row.partition and IDENTIFIER.accepts(row.key)


async def _head(store: Store, row: Row) -> object:
    return IDENTIFIER.accepts(row.key) and await Heads(store).load(row.key)


async def _attachment(_: Store, row: Row) -> object:
    prefix = keys.candidate("") if row.partition == keys.CANDIDATES else keys.attachment(row.partition, "")
    return row.key.startswith(prefix) and IDENTIFIER.accepts(row.key.removeprefix(prefix))


async def _upcoming(_: Store, row: Row) -> object:
    entry = Entry.of(row)
    partner_id = entry.scope.removeprefix(keys.of_partner(""))
    is_scope = IDENTIFIER.accepts(partner_id) or entry.scope == keys.everybody(entry.customer_id)
    return row.partition == entry.partition and is_scope and IDENTIFIER.accepts(entry.customer_id)


async def _name(_: Store, row: Row) -> object:
    entry = NameEntry.of(row)
    is_place = (row.partition, row.key) == (entry.partition, entry.key)
    return is_place and IDENTIFIER.accepts(entry.id) and bytes.fromhex(entry.text)


async def _rules(store: Store, row: Row) -> object:
    if row.partition != keys.RULES:
        return await _preview(store, row)
    kind, _, number = row.key.partition("~")
    rule_sets = RuleSets(store)
    alone = {keys.RULES_EPOCH: rule_sets.load, keys.OLDER: rule_sets.older, keys.UPGRADE: rule_sets.upgrading}
    if row.key in alone:
        return await alone[row.key]()
    if kind == keys.LOGGED.removesuffix("~"):
        return [each for each in await ChangeLog(store).page("", 1) if keys.LOGGED + each.place == row.key]
    if kind == "change":
        return await rule_sets.changes(int(number.partition("~")[0]), 1)
    stored = await rule_sets.version(_counted_down(number))
    return stored and parse_document(json.loads(stored.document))


async def _preview(store: Store, row: Row) -> object:
    preview_id = row.partition.removeprefix(keys.preview(""))
    if row.key == row.partition == keys.preview(preview_id):
        return await Previews(store).load(preview_id)
    return row.key.startswith(f"page~{preview_id}~") and isinstance(unpacked_json("changes", row.properties), dict)


async def _question(store: Store, row: Row) -> object:
    if row.partition == keys.STATISTICS or row.key.startswith("near~"):
        return await statistics.reads(store, row)
    return await questions.reads(store, row)


async def _work(store: Store, row: Row) -> object:
    work = Work(store)
    if row.partition in keys.OUTBOXES:
        return [each.sequence async for each in work.outboxes()]
    if row.partition == keys.FAN_OUTS or row.partition.startswith(f"{keys.CHAINS}~"):
        return await _fan_out(store, row)
    part = row.partition.partition("~")[0]
    if part in (keys.DUE, *keys.DUE_PARTS):
        return [
            each
            for each in await work.due(part, date.max, None, 1)
            if row.key == keys.due_customer(each.day, each.customer_id)
            and part in (keys.DUE, keys.due_part(each.customer_id))
        ]
    if row.partition == keys.GONE_BACK:
        return RowsGoneBack.reads(row)
    if row.partition in (keys.ROUNDS, _SWEEP_OF_DUE):
        return await _round(store, row)
    counted = row.partition.removeprefix(keys.progress(""))
    of = counted if counted.startswith(keys.upgrade(0)[:-13]) else int(counted)
    return row.key.startswith(keys.progress_of(of, "")) and await Progress(store).read(of)


async def _fan_out(store: Store, row: Row) -> object:
    if row.partition == keys.FAN_OUTS:
        return [each.id async for each in FanOuts(store).all() if keys.fan_out(each.id) == row.key]
    fan_out_id = row.partition.removeprefix(keys.CHAINS)
    return [each.share for each in await Chains(store).of(fan_out_id) if keys.chain(fan_out_id, each.name) == row.key]


async def _round(store: Store, row: Row) -> object:
    if row.partition == _SWEEP_OF_DUE:
        return row.key == _SWEEP_OF_DUE and {"began", "on"} <= row.properties.keys()
    name = row.key.removeprefix(keys.round_of(""))
    found = await Rounds(store).load(name)
    is_whole = isinstance(found.after, str) and isinstance(found.over, bool) and datetime.fromisoformat(found.at)
    return row.key == keys.round_of(name) and _NAME.fullmatch(name) and is_whole


async def _quarantined(store: Store, row: Row) -> object:
    kind, _, rest = row.key.partition("~")
    if kind == "count":
        key = keys.kept_count(row.partition, int(rest.rpartition("~")[2]))
        return row.partition in keys.QUARANTINES and row.key == key and isinstance(read_count(row).kept, int)
    message_id = rest.rpartition("~")[2]
    if row.partition not in (keys.QUARANTINE, keys.quarantine(message_id)):
        return False
    if f"{kind}~" in ENTRIES:  # its row by id is another
        return "~" in rest
    kept = await Quarantine(store).load(rest)
    return kept and kept.id == rest


_READERS: Final[Mapping[Table, Reader]] = {
    Table.CUSTOMERS: _customer,
    Table.PARTNERS: _partner,
    Table.DIRECTORY: _directory,
    Table.HEADS: _head,
    Table.ATTACHMENTS: _attachment,
    Table.UPCOMING: _upcoming,
    Table.NAMES: _name,
    Table.RULES: _rules,
    Table.QUESTIONS: _question,
    Table.WORK: _work,
    Table.QUARANTINE: _quarantined,
}
