"""Rows of the population index, held against the customers' states. Only reads."""

from shared.domain.customer_state import CustomerState
from shared.domain.decision import UNASSESSED
from shared.domain.declared import json_name
from shared.ports import Ports
from shared.storage.heads import COLUMNS, INDEXED_SINCE, Head, Place

_SEPARATOR = "~"


def id_of(place: Place) -> str:
    """Names a row."""
    return f"{place.partition}{_SEPARATOR}{place.customer_id}"


def place_of(row_id: str) -> Place:
    return Place(*row_id.split(_SEPARATOR, 1))


async def column_differences(ports: Ports, state: CustomerState) -> list[str]:
    """How the row of a decided customer differs, in words. One that an older version decided is to be decided again."""
    if state.evidence.decisions < INDEXED_SINCE:
        return []
    head, right = await ports.heads.load(state.customer_id), Head.of(state)
    if head is None:
        return ["is not in the population index"]
    if head == right:
        return []
    if head.commit > right.commit:
        return ["its row in the population index is of a later commit than its state"]
    wrong = [f"the population index has {_said(head, name)}, its state {_said(right, name)}" for name in COLUMNS]
    differing = [line for name, line in zip(COLUMNS, wrong, strict=True) if getattr(head, name) != getattr(right, name)]
    return differing or ["its row in the population index is of an earlier commit than its state"]


async def row_differences(ports: Ports, place: Place) -> list[str]:
    """What is wrong with a row that no look at a customer finds."""
    if not place.is_right:
        return ["is in the wrong partition of the population index"]
    customer_id = place.customer_id
    head = await ports.heads.load(customer_id)
    if head is None or head.status == UNASSESSED.status.value or await ports.customers.listed(customer_id):
        return []
    if await ports.customers.newest_recorded(customer_id):  # its state is lost: that is found at the customer
        return []
    return [f"the population index has {_said(head, 'status')}, and no decision is stored"]


def _said(head: Head, name: str) -> str:
    return f"{json_name(name)} {getattr(head, name)}"
