"""Reads and checks what a mapping says of one column: its name, or a constant, and how its cells are written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from local.commands.bulk.cells import (
    DECIMALS,
    Cells,
    Form,
    amount_form,
    as_it_is,
    day_form,
    flag,
    hint_of,
    is_date_form,
    time_form,
)
from shared.domain.event_data import Day, Flag, ListOf, MemberKind, Money, shown
from shared.domain.suggestions import nearest, value_fault

_AMOUNT, _DATE, _LIST = "decimal", "date", "separator"


class _WrongError(Exception):
    """A part of a mapping is wrong; it is among the faults."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Adds to the ``faults``, each with the place of what is wrong."""

    faults: list[str]

    def know(self, table: Iterable[str], known: Iterable[str], place: str) -> None:
        for name in table:
            if name not in known:
                near = nearest(name, known)
                right = f"write {near}" if near else f"give {', '.join(known)}"
                self.faults.append(f"{place}{name}: is unknown; {right}")

    def read(self, place: str, given: Any, kind: MemberKind | None) -> Cells | None:
        """``kind`` None: a time."""
        try:
            return None if given is None else self._read(place, given, kind)
        except _WrongError:
            return None

    def _read(self, place: str, given: Any, kind: MemberKind | None) -> Cells:
        table = {"column": given} if isinstance(given, str) else given
        if not isinstance(table, dict) or not ("column" in table or "constant" in table):
            self._refuse(f"{place}: {shown(given)} is not right; give the name of a column, or {{ column = … }}")
        if "constant" in table:
            return self._constant(place, table, kind)
        option = _option_of(kind)
        self.know(table, ["column", "values", *([option] if option else [])], f"{place}.")
        column = table["column"]
        if not isinstance(column, str) or not column.strip():
            self._refuse(f"{place}.column: {shown(column)} is not right; give the name of a column")
        values = self._values(place, table.get("values", {}), kind)
        hint = hint_of(kind) if kind and option not in table else ""
        written = table.get(option) if option else None
        if isinstance(kind, ListOf):
            return Cells(column.strip(), values=values, separator=self._separator(place, written), hint=hint)
        form = self._form(place, written, kind)
        return Cells(column.strip(), values=values, form=form, hint=hint)

    def _constant(self, place: str, table: Mapping[str, Any], kind: MemberKind | None) -> Cells:
        if not place.startswith("data.") or kind is None:
            right = "leave it out and give --time" if kind is None else "leave it out: it is made of what the row says"
            self._refuse(f"{place}: a constant is not right, rows need their own; give a column, or {right}")
        self.know(table, ["constant"], f"{place}.")
        self.faults.extend(_wrong(f"{place}.constant", table["constant"], kind))
        return Cells(constant=table["constant"])

    def _values(self, place: str, values: Any, kind: MemberKind | None) -> Mapping[str, object]:
        if not isinstance(values, dict):
            self._refuse(f'{place}.values: {shown(values)} is not right; give {{ "text of a cell" = value }}')
        each_kind = kind.each if isinstance(kind, ListOf) else kind
        if each_kind and place.startswith("data."):
            for text, value in values.items():
                self.faults.extend(_wrong(f"{place}.values.{text}", value, each_kind))
        return values

    def _separator(self, place: str, given: Any) -> str:
        if given is None:
            return " "
        if not isinstance(given, str) or len(given) != 1:
            self._refuse(f'{place}.{_LIST}: {shown(given)} is not right; give one character, such as ";"')
        return given

    def _form(self, place: str, written: Any, kind: MemberKind | None) -> Form:
        if isinstance(kind, Flag):
            return flag
        if written is None:
            return as_it_is
        if isinstance(kind, Money):
            if written not in DECIMALS:
                self._refuse(f"{place}.{_AMOUNT}: {shown(written)} is not right; give {any_of(DECIMALS)}")
            return amount_form(written)
        if not is_date_form(written):
            self._refuse(f'{place}.{_DATE}: {shown(written)} is not right; give a form such as "DD.MM.YYYY"')
        return time_form(written) if kind is None else day_form(written)

    def _refuse(self, fault: str) -> NoReturn:
        self.faults.append(fault)
        raise _WrongError


def _option_of(kind: MemberKind | None) -> str:
    """What a mapping may say of how cells of this kind are written."""
    if isinstance(kind, Money):
        return _AMOUNT
    if isinstance(kind, ListOf):
        return _LIST
    return _DATE if kind is None or isinstance(kind, Day) else ""


def _wrong(place: str, value: object, kind: MemberKind) -> Iterator[str]:
    for below, at_fault, wanted in kind.wrong(value):
        error = value_fault(f"{place}{below}", at_fault, wanted)
        yield f"{error.path}: {error.message}"


def any_of(words: Iterable[str]) -> str:
    return " or ".join(f'"{word}"' for word in words)
