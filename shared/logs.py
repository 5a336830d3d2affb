"""Logs each record as one line of JSON under ``eligibility``.

``what`` comes first, then the record's own fields, then those of the message being handled. The record's message itself
is the JSON, so that every handler (in Azure the worker's) writes the same line. Records have ids, counts, names of
faults and where in the code they were raised; no other text, least of all what a customer sent. The object that a line
is about is the record's argument, because OpenTelemetry exports all attributes.
"""

import logging
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field

from shared.own_json import ascii_bytes

ROOT = "eligibility"

type Field = str | float | Sequence[Field] | Mapping[str, Field] | None
"""What a line of JSON can hold."""

type Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log: its fields, and what is ``beside`` them in no log."""

    fields: Fields
    beside: Fields = field(default_factory=dict)

    def adding(self, **fields: Field) -> "Entry":
        return Entry({**self.fields, **fields}, self.beside)


_known: ContextVar[Fields] = ContextVar("known", default={})  # noqa: B039  never changed in place


class about:  # noqa: N801  used as a statement
    """Every record made in here, also by the tasks started in here, has these fields and those added."""

    def __init__(self, **fields: Field) -> None:
        self._fields = fields

    def __enter__(self) -> None:
        self._before = _known.set({**_known.get(), **self._fields})

    def __exit__(self, *_: object) -> None:
        _known.reset(self._before)


def add(**fields: Field) -> None:
    """From now on, until the innermost ``about`` ends, records have these fields too."""
    _known.set({**_known.get(), **fields})


def known() -> Fields:
    """The fields that records made here have."""
    return _known.get()


def cause_fields(cause: Fields) -> Fields:
    """A decision's cause as fields, an event's named as those of the event itself."""
    if cause.get("kind") != "event":
        return {"cause": dict(cause)}
    return {"eventId": cause["id"], "source": cause["source"], "type": cause["type"]}


class Line(str):
    """A record's text with the ``fields`` it was made of, and what is ``beside`` it in no log."""

    fields: dict[str, Field]
    beside: Fields

    @classmethod
    def of(cls, fields: dict[str, Field], beside: Fields) -> "Line":
        line = cls(ascii_bytes(fields), "ascii")  # no character of it ends a line
        line.fields, line.beside = fields, beside
        return line


class Log:
    """Records of ``eligibility.{name}``."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(f"{ROOT}.{name}")

    def info(self, what: str, beside: Fields | None = None, /, **fields: Field) -> None:
        self._write(logging.INFO, what, fields, beside or {})

    def warning(self, what: str, beside: Fields | None = None, /, **fields: Field) -> None:
        self._write(logging.WARNING, what, fields, beside or {})

    def error(self, what: str, **fields: Field) -> None:
        self._write(logging.ERROR, what, fields, {})

    def _write(self, level: int, what: str, fields: Fields, beside: Fields) -> None:
        if not self._logger.isEnabledFor(level):
            return
        known = {name: value for name, value in _known.get().items() if name not in fields}
        self._logger.log(level, "%s", Line.of({"what": what, **fields, **known}, beside))
