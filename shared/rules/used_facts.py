"""The facts a recorded decision used, as JSON that is kept with it, and read again to decide it anew.

Arrives: what was decided from. Leaves: the customer's facts as events gave them, its partners' summaries, the date, the
rule set by version and SHA-256; ``rulesChangeOn`` is the next date another rule set came into force, as it stood then.
"""

from collections.abc import Collection
from datetime import date

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.domain.facts import Competency, Designation
from shared.domain.partner import Partner
from shared.rules.given_facts import customer_from
from shared.rules.rule_set import RuleSet

MOST_ENTRIES = 50_000
"""Entries of partners' summaries past which not even an attempt is made: they would not fit a row."""


def used_facts(
    customer: JsonObject, partners: Collection[Partner], on: date, rule_set: RuleSet, next_start: date | None
) -> JsonObject | None:
    """``customer`` are its facts gathered by kind; None if there are too many to be kept."""
    if sum(len(each.deployments) + len(each.trainings) for each in partners) > MOST_ENTRIES:
        return None
    return {
        "customer": customer,
        "partners": [_summary(partner) for partner in partners],
        "on": on.isoformat(),
        "ruleSetVersion": rule_set.version,
        "ruleSetSha256": rule_set.sha256,
        "rulesChangeOn": _iso(next_start),
    }


def customer_and_partners(used: JsonObject) -> tuple[Customer, dict[str, Partner]]:
    """What the facts of a recorded decision were decided from."""
    partners = [_partner(each) for each in used["partners"]]
    return customer_from(used["customer"]), {each.partner_id: each for each in partners}


def _summary(partner: Partner) -> JsonObject:
    """Deployments and completions with the same dates count as one entry, as deciding reads them."""
    return {
        "partnerId": partner.partner_id,
        "revision": partner.revision,
        "competencies": [
            {
                "competency": each.competency,
                "area": each.area,
                "level": each.level,
                "validFrom": _iso(each.valid_from),
                "validUntil": _iso(each.valid_until),
            }
            for each in sorted(partner.competencies, key=lambda each: (each.area, each.valid_from))
        ],
        "designations": [
            {
                "designation": each.designation,
                "active": each.active,
                "validFrom": _iso(each.valid_from),
                "validUntil": _iso(each.valid_until),
            }
            for each in sorted(partner.designations, key=lambda each: each.valid_from)
        ],
        "deployments": [
            {"area": area, "liveOn": _iso(live_on), "count": count}
            for (area, live_on), count in partner.deployments.items()
        ],
        "trainings": [
            {
                "course": course,
                "part": part,
                "completedOn": _iso(completed_on),
                "expiresOn": _iso(expires_on),
                "count": count,
            }
            for (course, part, completed_on, expires_on), count in partner.trainings.items()
        ],
    }


def _partner(value: JsonObject) -> Partner:
    deployments = {(each["area"], date.fromisoformat(each["liveOn"])): each["count"] for each in value["deployments"]}
    trainings = {
        (each["course"], each["part"], date.fromisoformat(each["completedOn"]), _date(each["expiresOn"])): each["count"]
        for each in value["trainings"]
    }
    return Partner(
        value["partnerId"],
        value["revision"],
        frozenset(Competency.from_data(each) for each in value["competencies"]),
        frozenset(Designation.from_data(each) for each in value["designations"]),
        deployments,
        trainings,
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None
