"""Rows of the indexes of names and owners, held against whom they name. Only reads."""

from shared.domain.named import Named
from shared.ports import Ports
from shared.storage.names import Entry, Whose
from shared.workflow.names import is_wrong, missing_of


async def missing_names(ports: Ports, whose: Whose, named_id: str, named: Named) -> list[str]:
    """In words, whether it is found by what it is called, and by its owner."""
    missing = await missing_of(ports, whose, named_id, named)
    return [f"is not found by its {by}" for by in dict.fromkeys(each.by for each in missing)]


async def name_differences(ports: Ports, key: str) -> list[str]:
    """What is wrong with a row: no reader shows it, but each reads it."""
    entry = Entry.named(key)
    if not await is_wrong(ports, entry):
        return []
    return [f"is in the index of names, and its {entry.whose} has no such {entry.by}"]
