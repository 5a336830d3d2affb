"""A population question: JSON in, what is asked out, or a problem that names every member at fault."""

from collections.abc import Mapping

from shared.api.bodies import texts
from shared.api.previews import MAX_TITLE, MOST_PARTNERS
from shared.api.problems import bad_request, beyond_limits, not_found
from shared.api.question import given_document, given_version, is_too_much
from shared.domain.decision import JsonObject
from shared.domain.event_data import IDENTIFIER
from shared.errors import MemberError
from shared.ports import Ports
from shared.rules import checks
from shared.rules.checks import Faults
from shared.rules.given_facts import add_given_faults
from shared.storage.rule_sets import StoredRuleSet
from shared.workflow.population.asking import Asked

_TO = ("ruleSetVersion", "document", "on", "partners")
_ONLY = ("partnerIds",)


async def parse_asked(ports: Ports, body: JsonObject) -> Asked:
    """Raises Problem."""
    faults, limits = Faults(), Faults()
    to = _to(body, faults)
    if not to and not faults.count:
        faults.add("$.to", f"has no member, write one or more of {', '.join(_TO)}")
    document = given_document(to["document"], "$.to.document", faults, limits) if "document" in to else None
    version = given_version(to.get("ruleSetVersion"), "$.to.ruleSetVersion", faults)
    if "document" in to and "ruleSetVersion" in to:
        faults.add("$.to.ruleSetVersion", "stands beside document, write one of them")
    on = checks.DAY(to["on"], "$.to.on", faults) if "on" in to else None
    partners = _partners(to, faults, limits)
    only = _only(body, faults)
    if only and "partners" in to:
        faults.add("$.only", "stands beside partners, whose customers are asked about; leave it out")
    if faults.count:
        raise bad_request(*faults.all())
    if limits.count:
        raise beyond_limits(*limits.all())
    (title,) = texts(title=(body.get("title"), MAX_TITLE))
    return Asked(title, await _stored(ports, version), document, on, partners, only)


def _to(body: JsonObject, faults: Faults) -> JsonObject:
    if body.get("to") is None:
        faults.add("$.to", f"is missing, write an object with any of {', '.join(_TO)}")
        return {}
    return checks.members_of(body["to"], "$.to", _TO, faults)


def _partners(to: Mapping[str, object], faults: Faults, limits: Faults) -> list[JsonObject]:
    given = to.get("partners")
    if given is None:
        return []
    if isinstance(given, list) and not 1 <= len(given) <= MOST_PARTNERS:
        faults.add("$.to.partners", f"has {len(given)} partners, write 1 to {MOST_PARTNERS}")
        return []
    facts: JsonObject = {"partners": given}
    if not is_too_much(facts, "$.to", limits):
        add_given_faults(facts, "$.to", faults)
    return given if isinstance(given, list) else []


def _only(body: Mapping[str, object], faults: Faults) -> list[str]:
    if body.get("only") is None:
        return []
    ids = checks.members_of(body["only"], "$.only", _ONLY, faults).get("partnerIds")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST_PARTNERS or not all(map(IDENTIFIER.accepts, ids)):
        faults.add("$.only.partnerIds", f"is not right, write a list of 1 to {MOST_PARTNERS} ids of partners")
        return []
    return ids


async def _stored(ports: Ports, version: int | None) -> StoredRuleSet | None:
    if version is None:
        return None
    await ports.rule_books.book(None)  # the very first question finds the shipped rule set
    stored = await ports.rule_sets.version(version)
    if stored is None:
        path, what = "$.to.ruleSetVersion", f"there is no rule set version {version}"
        raise not_found(what, MemberError(path, what))
    return stored
