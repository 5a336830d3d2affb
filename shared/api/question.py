"""A what-if question: JSON in, the question out, or a problem that names every member at fault.

400 for what is not right, 422 for what goes beyond a limit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.api.check import MAX_FACTS, MAX_PARTNERS
from shared.api.kept import parse_keep
from shared.api.problems import bad_request, beyond_limits
from shared.domain.decision import JsonObject
from shared.domain.gathered import PartnerFacts, partner_facts
from shared.errors import PermanentError
from shared.own_json import compact_bytes
from shared.rules import checks
from shared.rules.checks import Faults, shown
from shared.rules.criteria.search import NOTHING_KEPT, Keep
from shared.rules.document import MAX_DOCUMENT_BYTES, RuleSetDocument, parse_document
from shared.rules.given_facts import add_given_faults

MAX_VALUES = 100_000
"""2,000 facts of 32 applications each have fewer."""
_MEMBERS = ("customerId", "customer", "partners", "on", "ruleSet", "ruleSetVersion", "keep")
_VERSIONS = range(1, 1_000_000_000)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; ``path`` is where in the body. No date: today. No rule set: the one in force on the date. No way
    may change what is to ``keep``."""

    path: str
    customer_id: str | None
    customer: JsonObject
    partners: Mapping[str, PartnerFacts]
    on: date | None
    document: RuleSetDocument | None
    version: int | None
    keep: Keep = NOTHING_KEPT


def parse_question(value: object, path: str) -> Question:
    """The question; raises Problem with every fault."""
    faults, limits = Faults(), Faults()
    given = checks.members_of(value, path, _MEMBERS, faults)
    facts: JsonObject = {name: given[name] for name in ("customer", "partners") if name in given}
    if not is_too_much(facts, path, limits):
        add_given_faults(facts, path, faults)
    if "customerId" in given:
        checks.IDENTIFIER(given["customerId"], f"{path}.customerId", faults)
    on = checks.DAY(given["on"], f"{path}.on", faults) if "on" in given else None
    document = given_document(given["ruleSet"], f"{path}.ruleSet", faults, limits) if "ruleSet" in given else None
    version = given_version(given.get("ruleSetVersion"), f"{path}.ruleSetVersion", faults)
    keep = parse_keep(given.get("keep"), f"{path}.keep", faults, limits)
    if "ruleSet" in given and "ruleSetVersion" in given:
        faults.add(f"{path}.ruleSetVersion", "stands beside ruleSet, write one of them")
    if faults.count:
        raise bad_request(*faults.all())
    if limits.count:
        raise beyond_limits(*limits.all())
    partners = {each["partnerId"]: partner_facts(each) for each in facts.get("partners", ())}
    return Question(path, given.get("customerId"), facts.get("customer", {}), partners, on, document, version, keep)


def is_too_much(facts: JsonObject, path: str, limits: Faults) -> bool:
    """Seen before each of them is looked at: what is too much is not worth an error for each."""
    partners = facts.get("partners")
    owners = partners if isinstance(partners, list) else []
    if len(owners) > MAX_PARTNERS:
        limits.add(f"{path}.partners", f"has {len(owners)} partners, write at most {MAX_PARTNERS}")
    count = sum(map(_facts_of, [facts.get("customer"), *owners]))
    if count > MAX_FACTS:
        limits.add(path, f"has {count} facts of the customer and of partners, write at most {MAX_FACTS}")
    if not limits.count and _values(facts, MAX_VALUES) > MAX_VALUES:
        limits.add(path, f"has more than {MAX_VALUES} values in its facts, write fewer")
    return limits.count > 0


def _facts_of(owner: object) -> int:
    lists = owner.values() if isinstance(owner, dict) else ()
    return sum(len(each) for each in lists if isinstance(each, list))


def _values(value: object, most: int) -> int:
    """How many JSON values there are, counted a little past ``most`` at most."""
    count, waiting = 0, [value]
    while waiting and count <= most:
        each = waiting.pop()
        below = list(each.values()) if isinstance(each, dict) else each if isinstance(each, list) else ()
        count += len(below)
        waiting.extend(below)
    return count


def given_document(value: object, path: str, faults: Faults, limits: Faults) -> RuleSetDocument | None:
    try:
        size = len(compact_bytes(value))
        if size <= MAX_DOCUMENT_BYTES:
            return parse_document(value)
        limits.add(path, f"has {size} bytes, write at most {MAX_DOCUMENT_BYTES}")
    except RecursionError:
        faults.add(path, "is nested too deeply")
    except PermanentError as refused:
        for error in refused.errors:
            faults.add(f"{path}{error.path.removeprefix('$')}", error.message)
    return None


def given_version(value: object, path: str, faults: Faults) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in _VERSIONS:
        faults.add(path, f"{shown(value)} is not the number of a rule set, write for example 1")
        return None
    return value
