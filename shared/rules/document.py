"""Rule-set documents (``fasttrack.rule-set/v1``): read into typed criteria, or refused with every fault at once.

``DOCUMENT`` declares their members; the JSON Schema is made of the same declaration.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from shared.domain import event_data
from shared.domain.decision import JsonObject
from shared.domain.strict_json import canonical_bytes
from shared.errors import PermanentError
from shared.rules.checks import (
    APPLICATION_ID,
    CURRENCY,
    DAY,
    IDENTIFIER,
    RATE,
    TITLE,
    URL,
    Check,
    Faults,
    descending,
    list_of,
    member,
    object_of,
    one_of,
    shown,
    whole_number,
    without_repeats,
)
from shared.rules.criteria.base import Criterion
from shared.rules.criteria.reader import read_criteria
from shared.rules.criteria.scope import Terms

SCHEMA = "fasttrack.rule-set/v1"
WARN_DAYS_BEFORE = "warnDaysBefore"
MAX_DOCUMENT_BYTES = 64 * 1024
"""As canonical JSON."""
MOST_STEP = 366
"""The most days before a loss on which a rule set may warn of it."""
_MOST_STEPS = 5
_MOST_LIST_BYTES = 4096


@dataclass(frozen=True)
class RuleSetDocument:
    """A document that passed every check; ``value`` is the JSON it came from, ``warn_days_before`` how many days before
    a customer loses eligibility it is warned, the most first."""

    value: JsonObject
    effective_from: date
    terms: Terms
    criteria: Criterion
    benefits: list[JsonObject]
    self_guided_resources: list[JsonObject]
    warn_days_before: tuple[int, ...] = ()


def parse_document(value: object) -> RuleSetDocument:
    """The checked document; raises ``PermanentError`` naming every fault."""
    faults = Faults()
    members = DOCUMENT(value, "$", faults)
    _own_currency(members, faults)
    if faults.count:
        raise PermanentError("not a rule set", faults.all())
    areas_of = {each["id"]: tuple(each["areas"]) for each in members["applications"]}
    return RuleSetDocument(
        cast(JsonObject, value),
        members["effectiveFrom"],
        Terms(members["currency"], members["exchangeRates"], areas_of),
        members["criteria"],
        members["benefits"],
        members["selfGuidedResources"],
        tuple(members.get(WARN_DAYS_BEFORE, ())),
    )


def sha256_of(value: object) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _exchange_rates(value: object, path: str, faults: Faults) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        faults.add(path, f'{shown(value)} is not an object, write for example {{"EUR": "1.08"}}')
        return {}
    rates = {}
    for code, rate in value.items():
        where = member(path, code)
        rates[CURRENCY(code, where, faults)] = RATE(rate, where, faults)
    return rates


def _own_currency(members: JsonObject, faults: Faults) -> None:
    own = members.get("currency")
    if own and own in members.get("exchangeRates", {}):
        faults.add(f"$.exchangeRates.{own}", "is the currency of the rule set, its rate is 1: leave it out")


def _small[T](check: Check[T]) -> Check[T]:
    """A list that fits into every notification."""

    def read(value: object, path: str, faults: Faults) -> T:
        before = faults.count
        items = check(value, path, faults)
        if faults.count == before and len(canonical_bytes(items)) > _MOST_LIST_BYTES:
            faults.add(path, f"is too long for a notification, write at most {_MOST_LIST_BYTES} bytes of JSON")
        return items

    return replace(check, read=read)


def _listed(
    title: str, description: str, members: Mapping[str, Check[object]], least: int = 0
) -> Check[list[JsonObject]]:
    item = object_of({"id": IDENTIFIER, "title": TITLE, **members}, description, f"rule-set-{title}")
    return without_repeats(list_of(item, least), key="id")


_AREA = replace(one_of(*event_data.AREA.words), schema=event_data.AREA.schema)
_AREAS = without_repeats(list_of(_AREA, least=1))
DOCUMENT = object_of(
    {
        "schema": replace(one_of(SCHEMA), schema={"const": SCHEMA}),
        "effectiveFrom": DAY.described("the first day on which these rules can be in force"),
        "currency": CURRENCY.described("the currency of amounts"),
        "exchangeRates": Check(
            _exchange_rates,
            {
                "type": "object",
                "description": "what one unit of a currency is worth in the rule set's own",
                "propertyNames": {"pattern": CURRENCY.schema["pattern"]},
                "additionalProperties": RATE.schema,
            },
        ),
        WARN_DAYS_BEFORE: descending(
            list_of(
                whole_number(1, MOST_STEP, "days before the loss"),
                description="how many days before a customer loses eligibility it is notified, in descending order",
            ),
            _MOST_STEPS,
        ),
        "applications": _listed("application", "an eligible application", {"id": APPLICATION_ID, "areas": _AREAS}, 1),
        "criteria": Check(read_criteria, {"$ref": "#/$defs/criterion"}),
        "benefits": _small(_listed("benefit", "what eligible customers get", {})),
        "selfGuidedResources": _small(_listed("resource", "what everyone else is pointed to", {"url": URL})),
    },
    "The rules that decide from a date on.",
    optional=(WARN_DAYS_BEFORE,),
)
