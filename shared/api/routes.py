"""Every route of the HTTP API, by its noun."""

from typing import Final

from shared.api import check, customers, description, events, health, partners, previews, quarantine, rule_sets

NOUNS: Final = [
    each.NOUN for each in (customers, check, events, partners, rule_sets, previews, quarantine, health, description)
]
ROUTES: Final = [route for noun in NOUNS for route in noun.routes]
