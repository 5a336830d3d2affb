"""Read and check the files that a command is given; CommandError names the file and every fault."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.commands.app import CommandError, UsageError
from shared.domain.strict_json import parse_json
from shared.errors import MemberError, PermanentError
from shared.rules.cases import failures, parse_cases
from shared.rules.document import RuleSetDocument, parse_document
from shared.rules.rule_set import RuleSet

_CASE = re.compile(r"\$\.cases\[([0-9]+)\]")


def read_json(path: str) -> Any:
    """The JSON value in a file, or on standard input for ``-``."""
    try:
        return parse_json(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as fault:
        raise CommandError(f"{path} cannot be read: {fault.strerror}") from fault
    except PermanentError as fault:
        raise CommandError(f"{path}: {fault.reason}") from fault


def read_document(path: str) -> RuleSetDocument:
    value = read_json(path)
    try:
        return parse_document(value)
    except PermanentError as fault:
        raise CommandError(_lines(f"{path} is not a rule set", [_line(each) for each in fault.errors])) from fault


@dataclass(frozen=True, slots=True)
class Cases:
    """Golden cases with the file each came from."""

    values: list[Any]
    files: list[str]


def read_cases(path: str | None, document: str) -> Cases:
    """The cases in a list in one file, or in a folder with a file each; without a path, in the folder that belongs to
    the document: ``cases/NAME`` beside ``NAME.json``."""
    place = Path(path) if path else Path(document).parent / "cases" / Path(document).stem
    if path and not place.exists():
        raise CommandError(f"{path} cannot be read: there is no such file or folder")
    if place.is_file():
        values = read_json(str(place))
        if not isinstance(values, list):
            raise CommandError(f"{path} is not a list of cases")
        if path and not values:
            raise UsageError(f"{path} is an empty list: write golden cases in it, or leave out --cases")
        return Cases(values, [f"{path}[{number}]" for number in range(len(values))])
    files = [str(each) for each in sorted(place.glob("*.json"))]
    if path and not files:
        raise UsageError(f"{path} has no golden cases: put one in each file named *.json, or leave out --cases")
    return Cases([read_json(each) for each in files], files)


def hold_against(document: RuleSetDocument, cases: Cases) -> None:
    """Raises CommandError unless every case comes out as it says."""
    try:
        failed = failures(RuleSet.compile(document, 0), parse_cases(cases.values))
    except PermanentError as fault:
        raise CommandError(
            _lines("cases that cannot be read", [_of_case(each, cases) for each in fault.errors])
        ) from fault
    if failed:
        raise CommandError(_lines("cases that come out otherwise", [_of_case(each, cases) for each in failed]))


def _of_case(error: MemberError, cases: Cases) -> str:
    found = _CASE.match(error.path)
    if not found:
        return _line(error)
    return f"{cases.files[int(found[1])]}: ${error.path[found.end() :]}: {error.message}"


def _line(error: MemberError) -> str:
    return f"{error.path}: {error.message}"


def _lines(title: str, lines: list[str]) -> str:
    return "\n  ".join([f"{title}:", *lines])
