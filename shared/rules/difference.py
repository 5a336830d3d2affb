"""Say what a rule set changes against another, a sentence for each difference, for those who own the rules.

What decides comes first, titles and orders last. Values that are only written differently are the same: ``300000`` and
``300000.00``, levels in any order.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from shared.domain.decision import JsonObject
from shared.rules.document import RuleSetDocument

_LISTS = {"applications": "application", "benefits": "benefit", "selfGuidedResources": "self-guided resource"}
_DECIMALS = ("amount", "rate")
_SETS = ("areas", "levels")
_FORM = ("type", "id", "title", "criterion", "criteria")
"""Members of a criterion that are not terms of what it requires."""


def difference(old: RuleSetDocument, new: RuleSetDocument) -> list[str]:
    """Such as ``annual spend 300000 -> 350000 USD``, always in the same order."""
    before, after = old.value, new.value
    trees = _tree(before["criteria"]), _tree(after["criteria"])
    offers = (name for name in _LISTS if name != "applications")
    return [
        *_changed("in force from", before["effectiveFrom"], after["effectiveFrom"]),
        *_changed("currency", before["currency"], after["currency"]),
        *_rates(before["exchangeRates"], after["exchangeRates"]),
        *_list("applications", before, after, "areas", "areas"),
        *_criteria(*trees, (before["currency"], after["currency"])),
        *_changed("days of warning before a loss", _days(old), _days(new)),
        *(line for name in offers for line in _list(name, before, after, "url", "address")),
        *_titles(before, after, *trees),
        *_orders(before, after, *trees),
    ]


def _changed(what: str, old: object, new: object, member: str = "") -> Iterator[str]:
    if not equal(old, new, member):
        yield f"{what} {_words(old)} -> {_words(new)}"


def _days(document: RuleSetDocument) -> list[int] | str:
    return list(document.warn_days_before) or "none"


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _rates(old: JsonObject, new: JsonObject) -> Iterator[str]:
    for code in sorted(old.keys() | new.keys()):
        what = f"exchange rate {code}"
        if code not in new:
            yield f"{what} removed"
        elif code not in old:
            yield f"{what} added ({new[code]})"
        else:
            yield from _changed(what, old[code], new[code], "rate")


def _list(name: str, before: JsonObject, after: JsonObject, member: str, called: str) -> Iterator[str]:
    """What became of the items, and of the one member that counts; it shows an application, a title the others."""
    old, new, what = _by_id(before[name]), _by_id(after[name]), _LISTS[name]
    shown = member if name == "applications" else "title"
    yield from (f"{what} {each} added ({_words(new[each][shown])})" for each in new if each not in old)
    yield from (f"{what} {each} removed" for each in old if each not in new)
    for each in _in_both(old, new):
        yield from _changed(f"{what} {each}: {called}", old[each].get(member), new[each].get(member), member)


class _Placed(NamedTuple):
    """A criterion and the one above it."""

    value: JsonObject
    parent: str


type _Tree = Mapping[str, _Placed]
"""A document's criteria by id, parents first."""


def _tree(criterion: JsonObject, parent: str = "") -> _Tree:
    placed = {criterion["id"]: _Placed(criterion, parent)}
    for each in _parts(criterion):
        placed |= _tree(each, criterion["id"])
    return placed


def _parts(criterion: JsonObject) -> Sequence[JsonObject]:
    return [criterion["criterion"]] if "criterion" in criterion else criterion.get("criteria", [])


def _criteria(old: _Tree, new: _Tree, currencies: tuple[str, str]) -> Iterator[str]:
    for name in _in_both(old, new):
        yield from _changed(f"criterion {name}: type", old[name].value["type"], new[name].value["type"])
        yield from _terms(name, old, new, currencies)
    yield from (f"criterion {name} removed ({_said(each)})" for name, each in old.items() if name not in new)
    for name, each in new.items():
        if name not in old:
            yield f"criterion {name} added {_place(each)} ({_said(each)})"
    for name in _in_both(old, new):
        if old[name].parent != new[name].parent:
            yield f"criterion {name} moved {_place(new[name])} (was {_place(old[name])})"


def _place(placed: _Placed) -> str:
    return f"under {placed.parent}" if placed.parent else "at the top"


def _said(placed: _Placed) -> str:
    """What a criterion requires, as its type and terms."""
    kind = placed.value["type"]
    head = f"{kind} {placed.value[kind]}" if kind in placed.value else kind
    terms = [f"{name} {_words(each)}" for name, each in placed.value.items() if name not in (*_FORM, kind)]
    return ", ".join([head, *terms])


def _terms(name: str, before: _Tree, after: _Tree, currencies: tuple[str, str]) -> Iterator[str]:
    old, new = before[name].value, after[name].value
    for term in sorted((old.keys() | new.keys()) - set(_FORM)):
        if term == "amount" and "amount" in old and "amount" in new:
            was, (currency, now) = old["amount"], currencies
            if currency != now or not equal(was, new["amount"], "amount"):
                alone = _spends(before) == _spends(after) == [name]
                what = "annual spend" if alone else f"criterion {name}: annual spend"
                yield f"{what} {was if currency == now else f'{was} {currency}'} -> {new['amount']} {now}"
        else:
            yield from _changed(f"criterion {name}: {term}", old.get(term, "none"), new.get(term, "none"), term)


def _spends(tree: _Tree) -> list[str]:
    return [name for name, each in tree.items() if each.value["type"] == "annual-spend-at-least"]


def _titles(before: JsonObject, after: JsonObject, old_tree: _Tree, new_tree: _Tree) -> Iterator[str]:
    old, new = ({name: each.value for name, each in tree.items()} for tree in (old_tree, new_tree))
    titled = [("criterion", old, new)]
    titled += [(what, _by_id(before[name]), _by_id(after[name])) for name, what in _LISTS.items()]
    for what, old, new in titled:
        for name in _in_both(old, new):
            if old[name]["title"] != new[name]["title"]:
                yield f'{what} {name}: title "{old[name]["title"]}" -> "{new[name]["title"]}"'


def _orders(before: JsonObject, after: JsonObject, old_tree: _Tree, new_tree: _Tree) -> Iterator[str]:
    """Where what is in both documents is in another order: readers see it, decisions do not."""
    for name, what in _LISTS.items():
        if _order(before[name], after[name]) != _order(after[name], before[name]):
            yield f"{what} list: order changed"
    for name in _in_both(old_tree, new_tree):
        old, new = (_parts(tree[name].value) for tree in (old_tree, new_tree))
        if _order(old, new) != _order(new, old):
            yield f"criterion {name}: order changed"


def _order(of: Sequence[JsonObject], among: Sequence[JsonObject]) -> list[str]:
    others = {each["id"] for each in among}
    return [each["id"] for each in of if each["id"] in others]


def _by_id(items: Sequence[JsonObject]) -> dict[str, JsonObject]:
    return {each["id"]: each for each in items}


def _in_both[T](old: Mapping[str, T], new: Mapping[str, T]) -> list[str]:
    """In the order of the new document."""
    return [name for name in new if name in old]


def comparable(value: object, name: str = "") -> Hashable:
    """``value`` of the member ``name``: equal values have equal forms."""
    match value:
        case str() if name in _DECIMALS:
            return _decimal(value)
        case Mapping():
            return frozenset((member, comparable(each, member)) for member, each in value.items())
        case list() | tuple():
            forms = [comparable(each) for each in value]
            return frozenset(forms) if name in _SETS else tuple(forms)
        case _:
            return (type(value), value)  # True is not 1


def equal(old: object, new: object, name: str = "") -> bool:
    """Whether two values of the member ``name`` are the same, however they are written."""
    return comparable(old, name) == comparable(new, name)


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text
