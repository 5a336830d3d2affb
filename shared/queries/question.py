"""A what-if question: JSON in, the question out, or a 400 that names every member at fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.domain.decision import JsonObject
from shared.errors import PermanentError
from shared.queries.problems import bad_request
from shared.rules import checks
from shared.rules.document import RuleSetDocument, parse_document
from shared.rules.faults import Faults, member, shown
from shared.rules.given_models import add_given_faults

MAX_FACTS = 2_000
"""Facts given of one customer: as many as are kept of one."""
_MEMBERS = ("customerId", "customer", "partners", "on", "ruleSet", "ruleSetVersion")
_VERSIONS = range(1, 1_000_000_000)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; ``path`` is where in the body. No date: today. No rule set: the one in force on the date."""

    path: str
    customer_id: str | None
    customer: JsonObject
    partners: Mapping[str, JsonObject]
    on: date | None
    document: RuleSetDocument | None
    version: int | None


def parse_question(value: Any, path: str) -> Question:
    """The question; raises Problem with every fault."""
    faults = Faults()
    given = _members(value, path, faults)
    facts: JsonObject = {name: given[name] for name in ("customer", "partners") if name in given}
    add_given_faults(facts, path, faults)
    if not faults.count:
        _count_facts(facts, path, faults)
    if "customerId" in given:
        checks.identifier(given["customerId"], f"{path}.customerId", faults)
    on = checks.day(given["on"], f"{path}.on", faults) if "on" in given else None
    document = _document(given["ruleSet"], f"{path}.ruleSet", faults) if "ruleSet" in given else None
    version = _version(given.get("ruleSetVersion"), f"{path}.ruleSetVersion", faults)
    if "ruleSet" in given and "ruleSetVersion" in given:
        faults.add(f"{path}.ruleSetVersion", "stands beside ruleSet, write one of them")
    if faults.count:
        raise bad_request(*faults.all())
    partners = {each["partnerId"]: each for each in facts.get("partners", ())}
    return Question(path, given.get("customerId"), facts.get("customer", {}), partners, on, document, version)


def _members(value: Any, path: str, faults: Faults) -> dict[str, Any]:
    if not isinstance(value, dict):
        faults.add(path, f"{shown(value)} is not an object, write one with any of {', '.join(_MEMBERS)}")
        return {}
    for name in value:
        if name not in _MEMBERS:
            faults.add(member(path, name), f"is not a member here, write only {', '.join(_MEMBERS)}")
    return {name: each for name, each in value.items() if each is not None}


def _count_facts(facts: Mapping[str, Any], path: str, faults: Faults) -> None:
    count = sum(len(each or ()) for each in facts.get("customer", {}).values())
    if count > MAX_FACTS:
        faults.add(f"{path}.customer", f"has {count} facts, write at most {MAX_FACTS}")


def _document(value: Any, path: str, faults: Faults) -> RuleSetDocument | None:
    try:
        return parse_document(value)
    except PermanentError as refused:
        for error in refused.errors:
            faults.add(f"{path}{error.path.removeprefix('$')}", error.message)
        return None


def _version(value: Any, path: str, faults: Faults) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in _VERSIONS:
        faults.add(path, f"{shown(value)} is not the number of a rule set, write for example 1")
        return None
    return value
