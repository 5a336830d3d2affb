"""How the cells of one column become values of a member, as the mapping says.

What a value must be is for the check of events; here is only how files write it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.domain.event_data import APPLICATION, Day, Flag, ListOf, MemberKind, Money, Word, shown


class UnreadableCellError(Exception):
    """A cell is not written as the mapping says; the message says how."""


type Form = Callable[[str], object]
"""What makes a value of a cell's text; raises UnreadableCellError."""


def as_it_is(text: str) -> object:
    return text


def flag(text: str) -> object:
    """Spreadsheets write ``TRUE`` and ``FALSE``; any other text is for the check."""
    return {"true": True, "false": False}.get(text.lower(), text)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of ``column``; without one the value is the ``constant``.

    ``values`` are what some texts mean; all others are read by ``form``. With a ``separator`` a cell is a list.
    """

    column: str = ""
    constant: object = None
    values: Mapping[str, object] = field(default_factory=dict)
    form: Form = as_it_is
    separator: str | None = None
    hint: str = ""
    """What of the mapping could help with a cell that is not right."""

    def value(self, cell: str) -> object:
        """The value, None for an empty cell; raises UnreadableCellError."""
        if not self.column:
            return self.constant
        text = cell.strip()
        if not text:
            return None
        if self.separator is None:
            return self._one(text)
        parts = (part.strip() for part in text.split(self.separator.strip() or None))
        return [self._one(part) for part in parts if part]

    def _one(self, text: str) -> object:
        return self.values[text] if text in self.values else self.form(text)


_VALUES = 'values = { "text of a cell" = "value" }'
_HINTS: Mapping[type[MemberKind], str] = {
    Day: 'date = "DD.MM.YYYY"',
    Money: 'decimal = ","',
    Flag: 'values = { "yes" = true, "no" = false }',
    ListOf: 'separator = ";"',
    Word: _VALUES,
}


def hint_of(kind: MemberKind) -> str:
    """What a mapping can say of cells of this kind; empty if nothing helps."""
    says = _VALUES if kind is APPLICATION else next((_HINTS[each] for each in _HINTS if isinstance(kind, each)), "")
    return f"if all are written so, the mapping can say it, such as {says}" if says else ""


DECIMALS = (",", ".")
_AMOUNTS = {
    ",": re.compile(r"\d+(,\d{1,2})?|\d{1,3}(?P<mark>[. \u00a0\u202f'’])\d{3}((?P=mark)\d{3})*(,\d{1,2})?", re.ASCII),
    ".": re.compile(r"\d+(\.\d{1,2})?|\d{1,3}(?P<mark>[, \u00a0\u202f'’])\d{3}((?P=mark)\d{3})*(\.\d{1,2})?", re.ASCII),
}
"""Two decimals at most: with three the mark may well be one between thousands."""


def amount_form(decimal: str) -> Form:
    """Amounts with this decimal mark, and their thousands in groups or not."""
    pattern = _AMOUNTS[decimal]

    def read(text: str) -> object:
        if not pattern.fullmatch(text):
            raise UnreadableCellError(
                f'{shown(text)} is not right; the mapping says that the decimal mark is "{decimal}"'
            )
        return "".join("." if each == decimal else each for each in text if each.isdigit() or each == decimal)

    return read


_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_FORM = re.compile(r"(DD|MM|YYYY)([./-])(DD|MM|YYYY)\2(DD|MM|YYYY)")
_DIGITS = {"DD": "(?P<DD>[0-9]{1,2})", "MM": "(?P<MM>[0-9]{1,2})", "YYYY": "(?P<YYYY>[0-9]{4})"}


def is_date_form(text: object) -> bool:
    """Day, month and year in any order, with one mark between them."""
    found = _DATE_FORM.fullmatch(text) if isinstance(text, str) else None
    return found is not None and len(set(found.group(1, 3, 4))) == 3


def day_form(written: str) -> Form:
    """Dates in this order; the day and the month may have one digit. Those of ISO 8601 are always taken."""
    parts = (_DIGITS.get(each, re.escape(each)) for each in re.split(r"([./-])", written))
    pattern = re.compile("".join(parts))

    def read(text: str) -> object:
        if _ISO.fullmatch(text):
            return text
        if found := pattern.fullmatch(text):
            return f"{found['YYYY']}-{found['MM']:0>2}-{found['DD']:0>2}"
        raise UnreadableCellError(f"{shown(text)} is not right; the mapping says that dates are written {written}")

    return read


def time_form(written: str) -> Form:
    """The start, in UTC, of days in this order."""
    day = day_form(written)
    return lambda text: f"{day(text)}T00:00:00Z"
