"""Check facts as a what-if question gives them: the events' data gathered by kind, without whose they are.

Null is the same as an absent member.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.domain.decision import JsonObject
from shared.domain.event_data import IDENTIFIER, ListOf, MemberKind
from shared.domain.facts import CUSTOMER_FACTS, PARTNER, PARTNER_FACTS, Fact
from shared.domain.suggestions import written_right
from shared.rules.checks import Faults, add_unknown, member, shown


@dataclass(frozen=True)
class Given:
    """An object of given facts: its members, and which of them must be there."""

    name: str
    right: str
    members: Mapping[str, "MemberKind | Given | Listed"]
    required: tuple[str, ...] = ()

    @cached_property
    def nested(self) -> "tuple[tuple[str, Given | Listed], ...]":
        """The members that hold objects of given facts."""
        return tuple((name, each) for name, each in self.members.items() if isinstance(each, Given | Listed))


@dataclass(frozen=True)
class Listed:
    """A list of such objects, no two of which agree in the ``key``."""

    right: str
    each: Given
    key: tuple[str, ...]


def given_fact(fact: type[Fact]) -> Given:
    """A fact as it is given: without its owner, but with what an event's type says."""
    members = fact.members()
    return Given(f"given-{fact.kind}", f"an object with {', '.join(members)}", members, tuple(fact.required()))


def _lists(facts: Iterable[type[Fact]]) -> dict[str, Listed]:
    return {each.gathered: Listed(f"a list of {each.described}", given_fact(each), each.key) for each in facts}


_OF_PARTNER: dict[str, MemberKind | Given | Listed] = {PARTNER: IDENTIFIER, **_lists(PARTNER_FACTS)}
GIVEN_PARTNER = Given("given-partner", f"an object with {', '.join(_OF_PARTNER)}", _OF_PARTNER, (PARTNER,))
GIVEN_CUSTOMER = Given(
    "given-customer", "an object with licences, projects, attachments and exceptions", _lists(CUSTOMER_FACTS)
)
GIVEN_FACTS = Given(
    "given-facts",
    "an object with customer and partners",
    {"customer": GIVEN_CUSTOMER, "partners": Listed("a list of partners with their facts", GIVEN_PARTNER, (PARTNER,))},
)


def add_given_faults(value: object, path: str, faults: Faults) -> None:
    """Add every fault of ``{"customer"?: {...}, "partners"?: [...]}`` found at ``path``."""
    before = faults.count
    _add(GIVEN_FACTS, value, path, faults)
    if faults.count == before and isinstance(value, dict):
        _add_repeats(GIVEN_FACTS, value, path, faults)


def _add(form: Given, value: object, path: str, faults: Faults) -> None:
    if not isinstance(value, dict):
        faults.add(path, f"{shown(value)} is not right, write {form.right}")
        return
    for name, each in form.members.items():
        if (given := value.get(name)) is not None:
            if not (isinstance(each, MemberKind) and each.accepts(given)):
                _add_member(each, given, member(path, name), faults)
        elif name in form.required:
            faults.add(member(path, name), f"is missing, write {each.right}")
    add_unknown(value, path, form.members, faults)


def _add_member(form: MemberKind | Given | Listed, value: object, path: str, faults: Faults) -> None:
    match form:
        case Given():
            _add(form, value, path, faults)
        case Listed() if isinstance(value, list):
            for index, each in enumerate(value):
                _add(form.each, each, f"{path}[{index}]", faults)
        case Listed():
            faults.add(path, f"{shown(value)} is not right, write {form.right}")
        case _:
            for place, wrong, kind in form.wrong(value):
                faults.add(f"{path}{place}", "" if faults.is_full else _wrong(form, kind, wrong))


def _wrong(form: MemberKind, kind: MemberKind, value: object) -> str:
    right = kind.right.partition(":")[0] if isinstance(form, ListOf) and kind is form.each else kind.right
    meant = written_right(kind, value)
    return f"{shown(value)} is not right, write {right}" + (f"; here {meant}" if meant else "")


def _add_repeats(form: Given, value: JsonObject, path: str, faults: Faults) -> None:
    given = [(f"{path}.{name}", each, value[name]) for name, each in form.nested if value.get(name)]
    for where, each, inner in given:
        if isinstance(each, Listed):
            _add_repeated(inner, where, each.key, faults)
    for where, each, inner in given:
        if isinstance(each, Given):
            _add_repeats(each, inner, where, faults)
        elif each.each.nested:
            for index, one in enumerate(inner):
                _add_repeats(each.each, one, f"{where}[{index}]", faults)


def _add_repeated(facts: list[JsonObject], path: str, key: tuple[str, ...], faults: Faults) -> None:
    seen = set()
    for index, fact in enumerate(facts):
        values = tuple(fact.get(name) for name in key)
        if values in seen:
            said = ", ".join(f"{name} {shown(each)}" for name, each in zip(key, values, strict=True) if each)
            faults.add(f"{path}[{index}]", f"has the {said} of one before it, write each once")
        seen.add(values)
