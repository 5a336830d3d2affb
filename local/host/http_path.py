"""Request paths and queries as the real host's server decodes them, which is not how most libraries do."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

ENCODED_BUT_SLASH: Final = re.compile(r"(?:%(?!2[Ff])[0-9A-Fa-f]{2})+")
ENCODED: Final = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
ABSOLUTE_FORM: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def split_target(target: str) -> tuple[str, str]:
    """Path and query of a request's target, both still encoded."""
    path, _, query = ABSOLUTE_FORM.sub("", target.partition("#")[0], count=1).partition("?")
    return path or "/", query


def decode_path(raw: str) -> str:
    """Escapes are decoded once, but never to a slash, and dot segments removed; raises ValueError for a bad path."""
    if not raw.isascii():
        raise ValueError("characters above 127 must be percent-encoded")
    decoded = ENCODED_BUT_SLASH.sub(_decode, raw)
    if "\0" in decoded:
        raise ValueError("a path holds no null character")
    return _without_dots(decoded)


def decode_query(raw: str) -> dict[str, str]:
    """Values by name: those of names that differ in case are joined under the last spelling, empty ones left out."""
    values: dict[str, tuple[str, list[str]]] = {}
    for part in raw.split("&"):
        name, _, value = (_decode_form(each) for each in part.partition("="))
        if part:
            _, earlier = values.get(name.lower(), ("", []))
            values[name.lower()] = name, [*earlier, *filter(None, [value])]
    return {name: ",".join(found) for name, found in values.values() if found}


def _decode_form(text: str) -> str:
    return ENCODED.sub(_decode, text.replace("+", " "))


def _decode(escapes: re.Match[str]) -> str:
    """Valid UTF-8 becomes text; an escape that is part of none stays as it was written."""
    text, decoded, at = escapes[0], [], 0
    for character in unquote_to_bytes(text).decode("utf-8", "surrogateescape"):
        length = len(character.encode("utf-8", "surrogateescape"))
        is_invalid = "\udc80" <= character <= "\udcff"
        decoded.append(text[3 * at : 3 * (at + length)] if is_invalid else character)
        at += length
    return "".join(decoded)


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4, but for empty segments, which stay."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for at, segment in enumerate(segments):
        if segment == ".." and kept:
            kept.pop()
        if segment not in (".", ".."):
            kept.append(segment)
        elif at == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)
