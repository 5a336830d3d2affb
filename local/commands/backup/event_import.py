"""Events from a file onto the event queue, each checked as the app checks it there.

A line that does not pass is reported with its number and put into a file of its own, to be corrected and imported by
itself.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from local.commands.app import CommandError
from local.commands.backup.at_once import for_each
from local.commands.backup.files import Line, contents, read_lines
from local.commands.backup.journal import Journal, Position
from local.commands.backup.meter import Meter
from local.commands.plain import plain
from shared.domain.events import parse_event
from shared.errors import PermanentError
from shared.messaging.sender import Message, Queue, Sender
from shared.ports import Ports

_PORTION = 500
"""Lines between two entries of the journal: an import that goes on sends as many again at most."""


def rejected_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.rejected")


async def import_events(ports: Ports, sender: Sender, path: Path, address: str) -> Position:
    """Send every valid line of the file, from where an import that was stopped had come."""
    whole, rejects = contents(path), rejected_beside(path)
    journal = Journal(path, whole.sha256, address)
    at = journal.read() or Position()
    if at.lines:
        print(f"goes on after line {at.lines}", file=sys.stderr)
    with _rejected_file(rejects, at.rejected_bytes) as file, Meter("lines", whole.lines, at.lines) as meter:
        portions = _Portions(ports, sender, journal, file, meter, at)
        for line in read_lines(path, at.offset, at.lines):
            await portions.take(line)
        await portions.flush()
    journal.remove()
    if not portions.done.rejected:
        rejects.unlink()
    return portions.done


def _rejected_file(path: Path, size: int) -> BinaryIO:
    """Open for more lines after the first ``size`` bytes; an import that was stopped may have put others there."""
    try:
        file = path.open("r+b" if size else "wb")
        file.truncate(size)
        file.seek(size)
    except OSError as fault:
        raise CommandError(f"{path} cannot be written: {fault.strerror}") from fault
    return file


class _Portions:
    """Lines taken one by one and sent many at a time; ``done`` is how far all is sent."""

    def __init__(
        self, ports: Ports, sender: Sender, journal: Journal, rejected: BinaryIO, meter: Meter, at: Position
    ) -> None:
        self._ports, self._sender, self._journal = ports, sender, journal
        self._file, self._meter = rejected, meter
        self._waiting: list[bytes] = []
        self.done = self._taken = at

    async def take(self, line: Line) -> None:
        self._taken = replace(self._taken, offset=line.end, lines=line.number)
        try:
            parse_event(line.text, self._ports.now())
        except PermanentError as fault:
            self._reject(line, fault)
        else:
            self._waiting.append(line.text)
        if line.number - self.done.lines >= _PORTION:
            await self.flush()

    def _reject(self, line: Line, fault: PermanentError) -> None:
        self._meter.note(plain(f"line {line.number}: {fault.reason}"))
        self._file.write(line.text + b"\n")
        taken = self._taken
        size = taken.rejected_bytes + len(line.text) + 1
        self._taken = replace(taken, rejected=taken.rejected + 1, rejected_bytes=size)

    async def flush(self) -> None:
        await for_each(self._waiting, lambda body: self._sender.send(Queue.EVENTS, Message(body)))
        self._file.flush()
        self._meter.add(self._taken.lines - self.done.lines)
        self.done = self._taken = replace(self._taken, sent=self._taken.sent + len(self._waiting))
        self._waiting = []
        self._journal.write(self.done)
