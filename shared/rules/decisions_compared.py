"""Say what differs between two recorded decisions of a customer, a sentence for each difference.

The outcome comes first, then by what was decided, then each criterion whose verdict is another, then each fact.
"""

from collections.abc import Iterator, Mapping, Sequence

from shared.domain.decision import JsonObject
from shared.domain.facts import CUSTOMER_FACTS, PARTNER_FACTS, Fact
from shared.rules.used_facts import entry_members

MOST = 200
"""Sentences; the last one says how many more there are."""
type _Key = tuple[str, ...]


def difference(old: JsonObject, new: JsonObject) -> list[str]:
    """Such as ``status ineligible -> eligible``."""
    lines = [
        *_changed("status", _status(old), _status(new)),
        *_ids("eligible project", old["eligibleProjects"], new["eligibleProjects"]),
        *_changed("by exception", _yes(old.get("byException")), _yes(new.get("byException"))),
        *_changed("to be lost on", _loss(old), _loss(new)),
        *_changed("as of", old["decidedOn"], new["decidedOn"]),
        *_changed("rule set", old["ruleSetVersion"], new["ruleSetVersion"]),
        *_criteria(old.get("criteria"), new.get("criteria")),
        *_facts(old.get("facts"), new.get("facts")),
    ]
    return lines if len(lines) <= MOST else [*lines[:MOST], f"and {len(lines) - MOST} more"]


def _status(decision: JsonObject) -> str:
    tree = decision.get("criteria") or {}
    return "cannot be decided" if tree.get("verdict") == "unknown" else str(decision["status"])


def _loss(decision: JsonObject) -> str:
    return decision.get("losesOn") or "no day known"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _changed(what: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{what} {old} -> {new}"


def _ids(what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    yield from (f"{what} {each} added" for each in sorted(set(new) - set(old)))
    yield from (f"{what} {each} removed" for each in sorted(set(old) - set(new)))


def _criteria(old: JsonObject | None, new: JsonObject | None) -> Iterator[str]:
    """Of criteria that both have: what another says is in them."""
    before, after = _leaves(old, ()), _leaves(new, ())
    for key, (title, verdict) in after.items():
        if key in before and before[key][1] != verdict:
            yield f"{title}: {before[key][1]} -> {verdict}"


def _leaves(node: JsonObject | None, about: _Key) -> dict[_Key, tuple[str, str]]:
    """The criteria without any below, by what they are about."""
    if node is None:
        return {}
    about = (*about, *(f"{name} {value}" for name, value in (node.get("subject") or {}).items() if name != "licences"))
    if below := node.get("children"):
        return {key: said for each in below for key, said in _leaves(each, about).items()}
    named = ", ".join(dict.fromkeys(about))
    return {(node["id"], *about): (f"{node['title']}{f' ({named})' if named else ''}", node["verdict"])}


def _facts(old: JsonObject | None, new: JsonObject | None) -> Iterator[str]:
    if old is None or new is None:
        yield "the facts of one of them are not kept"
        return
    yield from _registers(CUSTOMER_FACTS, old["customer"], new["customer"], "")
    before = {each["partnerId"]: each for each in old["partners"]}
    after = {each["partnerId"]: each for each in new["partners"]}
    for partner_id in sorted(before.keys() & after.keys()):
        yield from _registers(PARTNER_FACTS, before[partner_id], after[partner_id], f"{partner_id} ")


def _registers(kinds: Sequence[type[Fact]], old: JsonObject, new: JsonObject, whose: str) -> Iterator[str]:
    for kind in kinds:
        before, after = (_by_key(kind, each.get(kind.gathered, ())) for each in (old, new))
        for key in sorted(before.keys() | after.keys()):
            what = f"{whose}{kind.kind} {' '.join(key)}".strip()
            if key not in after:
                yield f"{what} removed ({_said(before[key])})"
            elif key not in before:
                yield f"{what} added ({_said(after[key])})"
            else:
                names = dict.fromkeys((*before[key], *after[key]))
                for name in names:
                    yield from _changed(f"{what}: {name}", _word(before[key], name), _word(after[key], name))


def _by_key(kind: type[Fact], facts: Sequence[Mapping[str, object]]) -> dict[_Key, dict[str, object]]:
    """By the members of their key; equal ones that a partner's summary counts are told by all members."""
    found: dict[_Key, dict[str, object]] = {}
    for fact in facts:
        own = tuple(entry_members(kind)) if kind.counted_by else kind.key
        key = tuple(str(fact[name]) for name in own if fact.get(name) is not None and name != "count")
        found[key] = {name: value for name, value in fact.items() if name not in own or name == "count"}
    return found


def _word(fact: Mapping[str, object], name: str) -> str:
    value = fact.get(name)
    return "none" if value is None else _value(value)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _yes(value) if isinstance(value, bool) else str(value)


def _said(fact: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in fact.items() if value is not None) or "as such"
