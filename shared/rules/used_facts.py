"""The facts a recorded decision used, as JSON that is kept with it, to repeat the decision.

They are the customer's facts, its partners' summaries, the date, the rule set by version and SHA-256. ``laterRuleSets``
are those that came into force later, as known then: from which day, by version and SHA-256 (null for one that could not
be read); ``rulesChangeOn``, which older versions read, is the first of these days.
"""

from collections.abc import Collection
from datetime import date

from shared.domain.decision import JsonObject
from shared.domain.facts import PARTNER_FACTS, Fact
from shared.domain.partner import SUMMED, Partner
from shared.rules.forecast import Rules
from shared.rules.rule_set import RuleSet

MOST_ENTRIES = 50_000
"""Entries of partners' summaries past which not even an attempt is made: they would not fit a row."""


def used_facts(customer: JsonObject, partners: Collection[Partner], on: date, rules: Rules) -> JsonObject | None:
    """``customer`` are its facts gathered by kind; None if there are too many to be kept."""
    if sum(each.entries for each in partners) > MOST_ENTRIES:
        return None
    rule_set = rules.rule_set
    later = [_later(day, each) for day, each in rules.later]
    return {
        "customer": customer,
        "partners": [_summary(partner) for partner in partners],
        "on": on.isoformat(),
        "ruleSetVersion": rule_set.version,
        "ruleSetSha256": rule_set.sha256,
        "rulesChangeOn": later[0]["from"] if later else None,
        "laterRuleSets": later,
    }


def _later(day: date, rule_set: RuleSet | None) -> JsonObject:
    known = {"ruleSetVersion": rule_set.version, "ruleSetSha256": rule_set.sha256} if rule_set else {}
    return {"from": day.isoformat(), "ruleSetVersion": None, "ruleSetSha256": None, **known}


def _summary(partner: Partner) -> JsonObject:
    """Facts that a summary counts are one entry, as deciding reads them; others are sorted by their keys."""
    rows = partner.rows()
    lists = {each.gathered: _entries(each, rows[each.gathered]) for each in PARTNER_FACTS}
    return {"partnerId": partner.partner_id, "revision": partner.revision, **lists}


def _entries(fact: type[Fact], rows: list[tuple[object, ...]]) -> list[JsonObject]:
    entries = [dict(zip(entry_members(fact), row, strict=True)) for row in rows]
    return entries if fact.counted_by else sorted(entries, key=lambda entry: [entry[name] for name in fact.key])


def entry_members(fact: type[Fact]) -> list[str]:
    """The members of an entry, in the order of a row of the summary."""
    return [*(name for _, name, _ in SUMMED[fact.kind]), *(["count"] if fact.counted_by else [])]
