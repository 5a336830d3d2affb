"""The events form: every register of every partner and customer as the event that it came from, one a line.

Partners come first, and the facts of one owner are together: at the destination the partners' facts are then
there when their customers are decided, and few customers are decided twice for what followed. Nothing depends on it,
since the order of events never changes where registers end.
"""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from local.commands.backup.files import new_file
from local.commands.backup.meter import Meter
from local.commands.backup.rows import pages
from shared.domain.customer_state import CustomerState
from shared.domain.registers import Register
from shared.ports import Ports
from shared.storage import keys
from shared.storage.customers import read_state
from shared.storage.partners import read_fact
from shared.storage.store import Table

_FACTS = ("fact~", f"fact~{keys.END}")
_STATES = (keys.customer_state(""), keys.customer_state(keys.END))


async def export_events(ports: Ports, path: Path) -> int:
    """Write the file; gives the number of events."""
    written = 0
    with new_file(path) as file, Meter("events") as meter:
        async for registers in _registers(ports):
            file.writelines(map(line_of, registers))
            written += len(registers)
            meter.add(len(registers))
    return written


async def _registers(ports: Ports) -> AsyncIterator[list[Register]]:
    async for rows in pages(ports.store, Table.PARTNERS, _FACTS):
        yield [read_fact(row).register for row in rows]
    async for rows in pages(ports.store, Table.CUSTOMERS, _STATES):
        for row in rows:
            yield list(_of_customer(read_state(row)))


def _of_customer(state: CustomerState) -> Iterator[Register]:
    """By kind and key, so that the same registers are the same lines."""
    for _, registers in sorted(state.registers.items()):
        for _, register in sorted(registers.items()):
            yield register


def line_of(register: Register) -> bytes:
    """In ASCII: within a line there is then nothing that any reader takes for the end of one."""
    event = {
        "specversion": "1.0",
        "id": register.id,
        "source": register.source,
        "type": register.type,
        "time": register.time,
        "data": register.data,
    }
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"
