"""Events from a file onto the event queue: all rows are checked and sorted first, then sent.

What is left to send is in a file beside it, and how far it is sent in a journal: an import that was stopped before
begins again, since nothing was sent; one that was stopped later goes on, and sends again at most a portion.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import batched
from pathlib import Path

from local.commands.app import CommandError
from local.commands.backup.at_once import for_each
from local.commands.backup.files import contents, new_file, read_lines
from local.commands.backup.journal import Journal, Position
from local.commands.backup.meter import Meter
from local.commands.bulk.checking import Counted, check, in_order
from local.commands.bulk.given import Given
from local.commands.bulk.pace import AT_ONCE, Pace
from local.commands.bulk.problems import ProblemsFile
from local.commands.bulk.sorting import Sorter
from shared.messaging.sender import Message, Queue, Sender
from shared.ports import Ports

_PORTION = 500
"""Events between two entries of the journal."""


@dataclass
class Checked:
    """What came of the rows: ``refused`` of them have errors; ``first`` is the event that would be sent first."""

    counted: Counted = field(default_factory=Counted)
    refused: int = 0
    warned: bool = False
    first: bytes = b""


async def check_events(ports: Ports, given: Given) -> Checked:
    """What an import would do; only the file of problems is written."""
    return await _check(ports, given, None)


async def import_events(ports: Ports, sender: Sender, given: Given, address: str, pace: Pace = AT_ONCE) -> Position:
    """Send every event that is right, from where an import that was stopped had come."""
    journal = Journal(given.path, given.digest, address)
    at = journal.read()
    if at is None or not given.sorted.exists():
        journal.remove()  # of another file, whose events are no longer those that are left
        at = await _prepare(ports, given)
        journal.write(at)
    else:
        print(f"goes on after {at.lines} events", file=sys.stderr)
    at = await send_events(sender, given.sorted, journal, at, pace)
    given.sorted.unlink()
    journal.remove()
    return at


async def _prepare(ports: Ports, given: Given) -> Position:
    given.sorted.unlink(missing_ok=True)
    checked = await _check(ports, given, given.sorted)
    return Position(refused=checked.refused)


async def _check(ports: Ports, given: Given, into: Path | None) -> Checked:
    checked = Checked()
    try:
        with (
            Sorter(given.path.absolute().parent) as sorter,
            Meter("rows checked", given.lines) as meter,
            ProblemsFile(given.path, given.source, meter) as problems,
        ):
            await check(ports, given.source, problems, sorter, meter)
            bodies = checked.counted.counting(in_order(given.source, problems, sorter))
            _write(checked, bodies, into)
            checked.refused, checked.warned = problems.rows, problems.lines > 0
    except OSError as fault:
        raise CommandError(f"nothing can be sorted beside {given.path}: {fault.strerror}") from fault
    return checked


def _write(checked: Checked, bodies: Iterable[bytes], into: Path | None) -> None:
    if into is None:
        for body in bodies:
            checked.first = checked.first or body
        return
    with new_file(into) as file:
        file.writelines(body + b"\n" for body in bodies)


async def send_events(sender: Sender, events: Path, journal: Journal, at: Position, pace: Pace) -> Position:
    """Send the lines of a file from where the journal has come."""
    with Meter("events", contents(events).lines, at.lines) as meter:
        for portion in batched(read_lines(events, at.offset, at.lines), _PORTION, strict=False):
            await pace.wait()
            await for_each(portion, lambda line: sender.send(Queue.EVENTS, Message(line.text)))
            at = replace(at, offset=portion[-1].end, lines=portion[-1].number)
            journal.write(at)
            meter.add(len(portion))
    return at
