"""Rows of the lists by day, held against the customers' states. Only reads."""

from shared.domain.customer_state import CustomerState
from shared.ports import Ports
from shared.storage.upcoming import Entry
from shared.workflow.pointers import missing
from shared.workflow.upcoming import LISTED_SINCE, entries_of


async def missing_entries(ports: Ports, state: CustomerState) -> list[str]:
    """The lists that a customer is missing in, in words."""
    lacking = await missing(ports.upcoming, entries_of(state))
    return [f"is not in the list {entry.partition} on {entry.day}" for entry in lacking]


async def entry_differences(ports: Ports, name: str) -> list[str]:
    """What is wrong with a row: no reader shows it, but each reads it."""
    entry = Entry.named(name)
    state = (await ports.customers.load(entry.customer_id)).state
    is_older = state.decision is not None and state.evidence.decisions < LISTED_SINCE
    if is_older or entry in entries_of(state):  # one that an older version decided is to be decided again
        return []
    return ["is in a list by day, and its customer's decision names no such day"]
