"""Text of others, escaped for a terminal."""

import unicodedata


def plain(value: object) -> str:
    """Text in which whatever a terminal would act on, or a reader would not see, is escaped: line breaks as well."""
    return "".join(each if _is_shown(each) else each.encode("unicode_escape").decode("ascii") for each in str(value))


def _is_shown(character: str) -> bool:
    """A space of another width is, though Python calls it not printable."""
    return character.isprintable() or unicodedata.category(character) == "Zs"
