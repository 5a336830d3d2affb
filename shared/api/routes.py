"""Every route of the HTTP API, by its noun, in the order that a reader meets them."""

from typing import Final

from shared.api import (
    change_log,
    check,
    counted,
    customers,
    description,
    erasures,
    events,
    exceptions,
    health,
    me,
    partner_lists,
    portal,
    previews,
    quarantine,
    rule_sets,
    search,
)

NOUNS: Final = [
    each.NOUN
    for each in (
        customers,
        search,
        exceptions,
        check,
        partner_lists,
        rule_sets,
        previews,
        counted,
        events,
        quarantine,
        erasures,
        change_log,
        me,
        health,
        description,
        portal,
    )
]
ROUTES: Final = [route for noun in NOUNS for route in noun.routes]
