"""Files with one JSON value a line: written whole or not at all, read line by line within bounds."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from local.commands.app import CommandError

MAX_LINE = 4 * 1024 * 1024
"""More than any event or row takes: a file with a longer line is something else."""
_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not empty, without its end; ``end`` is the position of the next one in the file."""

    number: int
    text: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Contents:
    """A digest of a file, to recognise it again."""

    lines: int
    sha256: str


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is complete, so that half an export is never taken for a whole one."""
    if path.exists():
        raise CommandError(f"{path} exists: give another name, or remove it first")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    except OSError as fault:
        raise CommandError(f"{path} cannot be written: {fault.strerror}") from fault
    finally:
        part.unlink(missing_ok=True)


def contents(path: Path) -> Contents:
    lines, digest = 0, hashlib.sha256()
    with _opened(path) as file:
        last = b"\n"
        while block := file.read(_BLOCK):
            lines, last = lines + block.count(b"\n"), block[-1:]
            digest.update(block)
    return Contents(lines + (last != b"\n"), digest.hexdigest())


def read_lines(path: Path, start: int = 0, number: int = 0) -> Iterator[Line]:
    """The lines from position ``start`` on, ``number`` of them being before it."""
    with _opened(path) as file:
        file.seek(start)
        while text := file.readline(MAX_LINE):
            number += 1
            if len(text) == MAX_LINE:
                raise CommandError(f"{path}: line {number} has more than {MAX_LINE} bytes: give one JSON value a line")
            if text.strip():
                yield Line(number, text.strip(), file.tell())


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as fault:
        raise CommandError(f"{path} cannot be read: {fault.strerror}") from fault
