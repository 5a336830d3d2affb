"""Warns of an event that is accepted and probably not meant so, where that is known without reading customers.

An application that no rule set lists, a currency without an exchange rate and an exception that no rule set allows
count for nothing; a period that ends before it starts holds on no day.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from shared.domain.events import Event
from shared.domain.facts import GrantedException, Licence, Project
from shared.errors import MemberError
from shared.ports import Ports
from shared.rules.criteria.scope import Terms
from shared.rules.rule_set import RuleSet

_PATIENCE = 2.0
"""Seconds for reading rule sets that are not kept: a warning is worth no longer wait."""
_PERIODS = (("validFrom", "validUntil"), ("completedOn", "expiresOn"))


def is_doubtful(ports: Ports, event: Event) -> bool:
    """Whether there may be something to warn of, by what is at hand."""
    if event.kind not in (Licence.kind, Project.kind, GrantedException.kind):
        return any(_of_periods(event, ""))
    rule_set = ports.rule_books.kept_in_force(ports.today())
    return rule_set is None or any(_of_event(event, "", [rule_set]))


async def warnings_of(ports: Ports, events: Iterable[tuple[str, Event]], most: int = 100) -> list[MemberError]:
    """What is doubtful in events, by the path of each; of very many the first and how many more there are."""
    doubtful = [(path, event) for path, event in events if is_doubtful(ports, event)]
    if not doubtful:
        return []
    rule_sets = await _rule_sets(ports)
    found = [each for path, event in doubtful for each in _of_event(event, f"{path}.data", rule_sets)]
    more = len(found) - most
    return [*found[:most], MemberError("$", f"and {more} more warnings")] if more > 0 else found


async def _rule_sets(ports: Ports) -> list[RuleSet]:
    """Those in force today or later; none if they cannot be read now."""
    books = ports.rule_books
    try:
        async with asyncio.timeout(_PATIENCE):
            book = await books.book(0)
            versions = book.timeline.versions_from(ports.today())
            return [await books.compiled(version) for version in versions]
    except Exception:  # whatever it is, the event is accepted: the next question about rules will meet it too
        return []


def _of_event(event: Event, path: str, rule_sets: Sequence[RuleSet]) -> Iterator[MemberError]:
    """Nothing of rule sets where none is given."""
    yield from _of_terms(event, path, [each.document.terms for each in rule_sets])
    yield from _of_periods(event, path)
    if event.kind == GrantedException.kind and rule_sets and not any(each.excepts for each in rule_sets):
        yield MemberError(path, "counts for nothing: no rule set of today or later allows exceptions")


def _of_terms(event: Event, path: str, terms: Sequence[Terms]) -> Iterator[MemberError]:
    """Each application that none of them lists, and the currency if none has a rate for it; nothing without terms."""
    data = event.register.data
    named = [(".application", data["application"])] if "application" in data else []
    named += [(f".applications[{number}]", each) for number, each in enumerate(data.get("applications", ()))]
    for place, application in named if terms else ():
        if not any(application in each.areas_of for each in terms):
            listed = tuple(name for each in terms for name in each.areas_of)
            said = f'"{application}" counts for nothing: no rule set of today or later lists it'
            yield MemberError(path + place, f"{said}{_meant(application, listed)}")
    currency = data.get("currency")
    if terms and currency and not any(currency == each.currency or currency in each.rates for each in terms):
        known = dict.fromkeys(name for each in terms for name in (each.currency, *each.rates))
        said = f'"{currency}" counts for nothing: no rule set of today or later has a rate for it'
        yield MemberError(f"{path}.currency", f"{said}; there are rates for {', '.join(known)}")


@lru_cache(256)
def _meant(name: str, known: tuple[str, ...]) -> str:
    from shared.domain.suggestions import nearest

    near = nearest(name, known)
    return f'; did you mean "{near}"?' if near else ""


def _of_periods(event: Event, path: str) -> Iterator[MemberError]:
    data = event.register.data
    for start, end in _PERIODS:
        if end in data and data[end] < data.get(start, ""):
            yield MemberError(f"{path}.{end}", f"is before {start}, {data[start]}: it holds on no day")
