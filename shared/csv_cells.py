"""Cells of CSV that a spreadsheet shows and never runs."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""


def cell(value: object) -> str:
    """The text of a value: null is empty, a list is its items with spaces between them, a formula has an apostrophe."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case list():
            return cell(" ".join(map(str, value)))
    return str(value)
