"""Rule-set documents (``fasttrack.rule-set/v1``).

Arrives: any JSON value. Leaves: a checked document with typed criteria, or one permanent error with every fault in it,
each with its path and what would be right.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from shared.domain.decision import JsonObject
from shared.errors import PermanentError
from shared.rules import checks
from shared.rules.checks import Check
from shared.rules.criteria import Criterion
from shared.rules.criteria_document import read_criteria
from shared.rules.faults import Faults, member, shown
from shared.rules.scope import Terms

SCHEMA = "fasttrack.rule-set/v1"
MAX_DOCUMENT_BYTES = 64 * 1024
"""As canonical JSON."""
AREAS = ("customer-engagement", "finance-and-operations")
_MOST_LIST_BYTES = 4096


@dataclass(frozen=True)
class RuleSetDocument:
    """A document that passed every check; ``value`` is the JSON it came from."""

    value: JsonObject
    effective_from: date
    terms: Terms
    criteria: Criterion
    benefits: list[JsonObject]
    self_guided_resources: list[JsonObject]


def parse_document(value: object) -> RuleSetDocument:
    """The checked document; raises ``PermanentError`` naming every fault."""
    faults = Faults()
    members = _document(value, "$", faults)
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
    )


def canonical_json(value: object) -> bytes:
    """The same bytes for equal JSON values: members sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256_of(value: object) -> str:
    """The SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _exchange_rates(value: object, path: str, faults: Faults) -> dict[str, Decimal]:
    if not isinstance(value, dict):
        faults.add(path, f'{shown(value)} is not an object, write for example {{"EUR": "1.08"}}')
        return {}
    rates = {}
    for code, rate in value.items():
        where = member(path, code)
        rates[checks.currency(code, where, faults)] = checks.rate(rate, where, faults)
    return rates


def _own_currency(members: Mapping[str, Any], faults: Faults) -> None:
    own = members.get("currency")
    if own and own in members.get("exchangeRates", {}):
        faults.add(f"$.exchangeRates.{own}", "is the currency of the rule set, its rate is 1: leave it out")


def _small(check: Check) -> Check:
    """A list that fits into every notification."""

    def check_size(value: object, path: str, faults: Faults) -> Any:
        before = faults.count
        items = check(value, path, faults)
        if faults.count == before and len(canonical_json(items)) > _MOST_LIST_BYTES:
            faults.add(path, f"is too long for a notification, write at most {_MOST_LIST_BYTES} bytes of JSON")
        return items

    return check_size


def _listed(members: Mapping[str, Check], least: int = 0) -> Check:
    return checks.without_repeats(checks.list_of(checks.object_of(members), least), key="id")


_areas = checks.without_repeats(checks.list_of(checks.one_of(*AREAS), least=1))
_document = checks.object_of(
    {
        "schema": checks.one_of(SCHEMA),
        "effectiveFrom": checks.day,
        "currency": checks.currency,
        "exchangeRates": _exchange_rates,
        "applications": _listed({"id": checks.application_id, "title": checks.title, "areas": _areas}, least=1),
        "criteria": read_criteria,
        "benefits": _small(_listed({"id": checks.identifier, "title": checks.title})),
        "selfGuidedResources": _small(_listed({"id": checks.identifier, "title": checks.title, "url": checks.url})),
    }
)
