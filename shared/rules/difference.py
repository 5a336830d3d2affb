"""Say what a rule set changes against another, a sentence for each difference, for those who own the rules.

What decides comes first, titles and orders last. Values that are only written differently are the same: ``300000`` and
``300000.00``, levels in any order.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.rules.document import RuleSetDocument

type Json = Mapping[str, Any]

_LISTS = {"applications": "application", "benefits": "benefit", "selfGuidedResources": "self-guided resource"}
_DECIMALS = ("amount", "rate")
_SETS = ("areas", "levels")
_FORM = ("type", "id", "title", "criterion", "criteria")
"""Members of a criterion that are not terms of what it requires."""


def difference(old: RuleSetDocument, new: RuleSetDocument) -> list[str]:
    """Such as ``annual spend 300000 -> 350000 USD``, always in the same order."""
    before, after = old.value, new.value
    trees = _Tree(before), _Tree(after)
    return [
        *_changed("in force from", before["effectiveFrom"], after["effectiveFrom"]),
        *_changed("currency", before["currency"], after["currency"]),
        *_rates(before["exchangeRates"], after["exchangeRates"]),
        *_applications(before, after),
        *_criteria(*trees),
        *_offers(before, after),
        *_titles(before, after, *trees),
        *_orders(before, after, *trees),
    ]


def _changed(what: str, old: object, new: object, member: str = "") -> Iterator[str]:
    if not equal(old, new, member):
        yield f"{what} {_words(old)} -> {_words(new)}"


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _rates(old: Json, new: Json) -> Iterator[str]:
    for code in sorted(old.keys() | new.keys()):
        what = f"exchange rate {code}"
        if code not in new:
            yield f"{what} removed"
        elif code not in old:
            yield f"{what} added ({new[code]})"
        else:
            yield from _changed(what, old[code], new[code], "rate")


def _applications(before: Json, after: Json) -> Iterator[str]:
    old, new = _by_id(before["applications"]), _by_id(after["applications"])
    for name, application in new.items():
        if name not in old:
            yield f"application {name} added ({_words(application['areas'])})"
    yield from (f"application {name} removed" for name in old if name not in new)
    for name in _in_both(old, new):
        yield from _changed(f"application {name}: areas", old[name]["areas"], new[name]["areas"], "areas")


def _offers(before: Json, after: Json) -> Iterator[str]:
    for list_name in ("benefits", "selfGuidedResources"):
        old, new, what = _by_id(before[list_name]), _by_id(after[list_name]), _LISTS[list_name]
        yield from (f"{what} {name} added ({each['title']})" for name, each in new.items() if name not in old)
        yield from (f"{what} {name} removed" for name in old if name not in new)
        for name in _in_both(old, new):
            yield from _changed(f"{what} {name}: address", old[name].get("url"), new[name].get("url"))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A criterion and the one above it."""

    value: Json
    parent: str


class _Tree:
    """A document's criteria by id, parents first."""

    def __init__(self, document: Json) -> None:
        self.currency: str = document["currency"]
        self.placed: dict[str, _Placed] = {}
        self._add(document["criteria"], "")
        self.spends = [name for name, each in self.placed.items() if each.value["type"] == "annual-spend-at-least"]

    def _add(self, criterion: Json, parent: str) -> None:
        self.placed[criterion["id"]] = _Placed(criterion, parent)
        for each in _parts(criterion):
            self._add(each, criterion["id"])


def _parts(criterion: Json) -> Sequence[Json]:
    return [criterion["criterion"]] if "criterion" in criterion else criterion.get("criteria", [])


def _criteria(before: _Tree, after: _Tree) -> Iterator[str]:
    old, new = before.placed, after.placed
    for name in _in_both(old, new):
        yield from _changed(f"criterion {name}: type", old[name].value["type"], new[name].value["type"])
        yield from _terms(name, before, after)
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


def _terms(name: str, before: _Tree, after: _Tree) -> Iterator[str]:
    old, new = before.placed[name].value, after.placed[name].value
    for term in sorted((old.keys() | new.keys()) - set(_FORM)):
        if term == "amount" and "amount" in old and "amount" in new:
            yield from _amount(name, before, after)
        else:
            yield from _changed(f"criterion {name}: {term}", old.get(term, "none"), new.get(term, "none"), term)


def _amount(name: str, before: _Tree, after: _Tree) -> Iterator[str]:
    old, new = before.placed[name].value["amount"], after.placed[name].value["amount"]
    same_currency = before.currency == after.currency
    was = old if same_currency else f"{old} {before.currency}"
    if not (same_currency and equal(old, new, "amount")):
        alone = before.spends == after.spends == [name]
        what = "annual spend" if alone else f"criterion {name}: annual spend"
        yield f"{what} {was} -> {new} {after.currency}"


def _titles(before: Json, after: Json, old_tree: _Tree, new_tree: _Tree) -> Iterator[str]:
    old = {name: each.value for name, each in old_tree.placed.items()}
    new = {name: each.value for name, each in new_tree.placed.items()}
    titled = [("criterion", old, new)]
    titled += [(what, _by_id(before[name]), _by_id(after[name])) for name, what in _LISTS.items()]
    for what, old, new in titled:
        for name in _in_both(old, new):
            if old[name]["title"] != new[name]["title"]:
                yield f'{what} {name}: title "{old[name]["title"]}" -> "{new[name]["title"]}"'


def _orders(before: Json, after: Json, old_tree: _Tree, new_tree: _Tree) -> Iterator[str]:
    """Where what is in both documents is in another order: readers see it, decisions do not."""
    for name, what in _LISTS.items():
        if _order(before[name], after[name]) != _order(after[name], before[name]):
            yield f"{what} list: order changed"
    for name in _in_both(old_tree.placed, new_tree.placed):
        old, new = (_parts(tree.placed[name].value) for tree in (old_tree, new_tree))
        if _order(old, new) != _order(new, old):
            yield f"criterion {name}: order changed"


def _order(of: Sequence[Json], among: Sequence[Json]) -> list[str]:
    others = {each["id"] for each in among}
    return [each["id"] for each in of if each["id"] in others]


def _by_id(items: Sequence[Json]) -> dict[str, Json]:
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
