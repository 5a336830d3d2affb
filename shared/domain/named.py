"""What people call a customer or a partner, and who looks after it; and how such texts are looked for."""

import re
from typing import NamedTuple, Self

from shared.domain.facts import Data


class Named(NamedTuple):
    """None where nobody has told."""

    name: str | None = None
    owner: str | None = None

    @classmethod
    def of(cls, data: Data) -> Self:
        """Of a description's data, or of the columns of a row."""
        return cls(data.get("name"), data.get("owner"))

    def columns(self) -> dict[str, str]:
        """Of the row of whom it names, where lists read it."""
        return {name: value for name, value in self._asdict().items() if value is not None}


NOT_NAMED = Named()

_MOST_WORDS = 8
_WORD = re.compile(r"\w+")


def folded(text: str | None) -> str:
    """Texts that differ in case, in how an accent is written or in white space alone are the same so."""
    from unicodedata import normalize  # few events need it

    return " ".join(normalize("NFC", normalize("NFC", text).casefold()).split()) if text else ""


def words_on(name: str | None) -> list[str]:
    """The folded name, and from each of its next words on: it is found by what one of these begins with."""
    whole = folded(name)
    starts = [0, *(found.start() for found in _WORD.finditer(whole))]
    return [whole[start:] for start in dict.fromkeys(starts)][:_MOST_WORDS] if whole else []


def begins(name: str | None, wanted: str) -> bool:
    """Whether one of the words of a name begins so, with what follows; ``wanted`` is folded."""
    return any(each.startswith(wanted) for each in words_on(name))
