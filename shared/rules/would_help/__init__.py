"""What would help a customer that is not eligible, and what would keep one eligible: ways, each with how long it lasts.

A way is a set of changes that makes the customer eligible and none of which can be left out, or time alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from shared.domain.decision import JsonObject
from shared.domain.partner import Partner
from shared.rules.forecast import assess
from shared.rules.would_help.lasting import rules_on
from shared.rules.would_help.search import WHOLE, Budget, Situation, found_plans
from shared.rules.would_help.ways import MOST_LOOKED_AT, MOST_WAYS, Way, chosen, waiting, ways_of

__all__ = ["MOST_WAYS", "WHOLE", "Budget", "Situation", "would_help", "would_keep"]


def would_help(
    situation: Situation, qualified_partners: Sequence[Partner] = (), budget: Budget = WHOLE
) -> list[JsonObject] | None:
    """At most ``MOST_WAYS`` ways for a customer that is not eligible, as JSON; none for one that is eligible. None if
    there may be some and not one could be looked at within the budget."""
    ways: list[Way] = []
    found = found_plans(situation, qualified_partners, budget)
    if situation.gains_on:
        ways += waiting(situation, situation.gains_on)
    looked_at = ways_of(situation, found, budget.tries(2 * situation.work, MOST_LOOKED_AT))
    if found.plans and not looked_at:
        return None
    return [each.to_json(found.setting.titles) for each in chosen([*ways, *looked_at])]


def would_keep(
    situation: Situation, loses_on: date, qualified_partners: Sequence[Partner] = (), budget: Budget = WHOLE
) -> list[JsonObject] | None:
    """The same for an eligible customer, as of the day on which it loses eligibility if no event comes."""
    rules, customer, partners = rules_on(situation.rules, loses_on), situation.customer, situation.partners
    gains_on = assess(rules, customer, partners, loses_on).gains_on
    then = replace(situation, rules=rules, on=loses_on, gains_on=gains_on)
    return would_help(then, qualified_partners, budget)
