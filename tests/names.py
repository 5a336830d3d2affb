"""Names as people compare them, without the code that the product has for it; who is answered by owner."""

import unicodedata

from shared.api.customer_lists import list_customers
from shared.api.parameters import MAX_LIMIT
from shared.ports import Ports


def plain(text: str) -> str:
    """Composed, without case, one space between words."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(composed.split())


def says(name: str | None, wanted: str) -> bool:
    """Whether the name, or what follows from one of its first words on, begins so."""
    whole = plain(name or "")
    starts = [
        at
        for at, character in enumerate(whole)
        if at == 0 or (_is_of_word(character) and not _is_of_word(whole[at - 1]))
    ]
    return any(whole.startswith(wanted, at) for at in starts[:8])


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


async def customers_of(ports: Ports, owner: str) -> list[str]:
    """What ``GET customers?owner=`` answers, of all pages."""
    found: list[str] = []
    after = ""
    while True:
        page = await list_customers(ports, "", None, "", owner, MAX_LIMIT, (None, after))
        found += [each["customerId"] for each in page["items"]]
        if page["next"] is None:
            return found
        after = page["next"]
