"""Read host.json and local.settings.json as the real host does: with a byte-order mark, comments and trailing commas.

Anything else that is wrong is an error that names the file, the line and what would be right.
"""

import json
import re
from pathlib import Path
from typing import Any, Final


class AppError(Exception):
    """The app cannot be started as it is; the message says why."""


_TOKENS: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMAS: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])')


def read_settings_file(file: Path) -> dict[str, Any]:
    """Its members; none if there is no file."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise AppError(f"{file} cannot be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise AppError(f"{file.name} is not UTF-8; store it as UTF-8") from None
    try:
        document = json.loads(_COMMAS.sub(_blank, _TOKENS.sub(_blank, text)))
    except json.JSONDecodeError as fault:
        right = "give JSON; a byte-order mark, comments and trailing commas are allowed"
        raise AppError(f"{file.name}, line {fault.lineno}: not JSON: {fault.msg}; {right}") from None
    if not isinstance(document, dict):
        raise AppError(f"{file.name}, line 1: not an object; give one in braces")
    return document


def _blank(found: re.Match[str]) -> str:
    """Spaces for what JSON does not allow, so that places stay the same; strings as they are."""
    return found[0] if found[0].startswith('"') else re.sub(r"[^\n]", " ", found[0])


def line_of(file: Path, member: str) -> str:
    """Where a member of this name is written first, for an error; empty where it is not in the file."""
    pattern = re.compile(rf'"{re.escape(member)}"\s*:', re.IGNORECASE)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        return ""
    return next((f", line {at}" for at, line in enumerate(lines, 1) if pattern.search(line)), "")
