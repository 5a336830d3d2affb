"""Ways: of plans that were found, how long each lasts, which are shown and in which order, and for whom else each does.

At most ``MOST_WAYS`` are shown: one of each kind before a second of any, those first that last longest.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from operator import itemgetter

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject
from shared.rules.changes.base import BOTH, CUSTOMER, PARTNER, PROGRAMME, Change, Plan, Titles
from shared.rules.changes.named import NamedPlan, Names, with_names
from shared.rules.changes.plan import applied, changes_of, kinds_of, rank
from shared.rules.changes.waiting import Wait
from shared.rules.words import listed
from shared.rules.would_help.horizon import Horizon
from shared.rules.would_help.lasting import Lasting, lasting, rules_on
from shared.rules.would_help.search import Found, Situation

MOST_WAYS = 8
MOST_LOOKED_AT = 24
MOST_NAMES = 20
"""Of one way."""
_MOST_SAID = 12
_NOBODY = Names("", "")


@dataclass(frozen=True, slots=True)
class Way:
    """A way, with the names with each of which it does, the first of which ``changes`` have."""

    plan: Plan
    lasts: Lasting
    changes: Sequence[Change]
    names: list[Names]
    eligible: list[Sequence[str]]
    """The projects that are eligible then, by names."""

    def to_json(self, titles: Titles) -> JsonObject:
        known_until = self.lasts.known_until
        return {
            "by": _actors(self.changes),
            "changes": [each.to_json(titles) for each in self.changes],
            "eligibleProjects": list(self.lasts.projects),
            "lastsUntil": _iso(self.lasts.until),
            **({"knownUntil": _iso(known_until)} if known_until else {}),
            **(self._one_of() if len(self.names) > 1 else {}),
        }

    def _one_of(self) -> JsonObject:
        shown = self.names[:MOST_NAMES]
        each = [_named(names, eligible) for names, eligible in zip(shown, self.eligible, strict=False)]
        omitted = len(self.names) - len(shown)
        return {"oneOf": each, **({"oneOfOmitted": omitted} if omitted else {}), "otherwise": _otherwise(self.names)}


def waiting(situation: Situation, gains_on: date) -> list[Way]:
    """The way of a customer that is eligible from that day on by itself."""
    facts = (situation.customer, situation.partners)
    lasts = lasting(rules_on(situation.rules, gains_on), *facts, gains_on)
    return [Way({Wait.key(): gains_on}, lasts, [Wait(gains_on)], [_NOBODY], [lasts.projects])] if lasts else []


def ways_of(situation: Situation, found: Found, most: int) -> list[Way]:
    """Those that last as long with each of their names; not more than ``most`` names are looked at."""
    named = list(islice(_in_turns(found.plans), most))
    plans = [with_names(found.plans[number].plan, names) for number, names in named]
    horizon = Horizon(situation.rules, situation.customer, found.partners, found.setting, plans)
    ways: dict[object, Way] = {}
    for (number, names), plan in zip(named, plans, strict=True):
        way = _way(situation.customer, found, horizon, plan, names)
        if way:
            apart = repr([each.apart() for each in way.changes])
            same = ways.setdefault((number, way.lasts.until, way.lasts.known_until, apart), way)
            if same is not way:
                same.names.append(names)
                same.eligible.append(way.lasts.projects)
    return list(ways.values())


def _in_turns(plans: Sequence[NamedPlan]) -> Iterator[tuple[int, Names]]:
    """Each plan with its first names, then each with its second, and so on."""
    for turn in range(max((len(each.names) for each in plans), default=0)):
        for number, plan in enumerate(plans):
            if turn < len(plan.names):
                yield number, plan.names[turn]


def _way(customer: Customer, found: Found, horizon: Horizon, plan: Plan, names: Names) -> Way | None:
    setting, changes = found.setting, changes_of(plan, found.setting)
    facts = applied(changes, customer, found.partners)
    lasts = horizon.lasting(plan, facts)
    if lasts is None:
        return None
    known = replace(setting, eligible=tuple(lasts.projects), customer=facts.customer)
    changes = changes_of(plan, known)  # which now know until when they have to be done
    return Way(plan, lasts, changes, [names], [lasts.projects])


def chosen(ways: Iterable[Way]) -> list[Way]:
    """At most ``MOST_WAYS``: one of each combination of kinds before a second of any, those first that last longest,
    then those that take least."""
    counts: Counter[frozenset[str]] = Counter()
    in_turns: list[tuple[int, Way]] = []
    for way in sorted(ways, key=_lasting_first):
        kinds = kinds_of(way.plan)
        in_turns.append((counts[kinds], way))
        counts[kinds] += 1
    in_turns.sort(key=itemgetter(0))
    return [way for _, way in in_turns[:MOST_WAYS]]


def _lasting_first(way: Way) -> tuple[int, tuple[int, int]]:
    end = way.lasts.until or way.lasts.known_until or date.max
    return -end.toordinal(), rank(way.plan)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _actors(changes: Iterable[Change]) -> list[str]:
    """Who has to act; nobody where time alone helps."""
    by = {each.by for each in changes}
    return [each for each in (CUSTOMER, PARTNER, PROGRAMME) if each in by or (BOTH in by and each != PROGRAMME)]


def _named(names: Names, eligible: Sequence[str]) -> JsonObject:
    given = {"partnerId": names.partner, "projectId": names.project}
    return {**{name: value for name, value in given.items() if value}, "eligibleProjects": list(eligible)}


def _otherwise(names: Sequence[Names]) -> str:
    """With whom else, in words."""
    partners, projects = (list(dict.fromkeys(filter(None, each))) for each in zip(*names, strict=True))
    if len(partners) > 1 and len(projects) > 1:
        if len(names) < len(partners) * len(projects):
            pairs = [f"partner {each.partner} and project {each.project}" for each in names[1:]]
            return f"the same with {_some(pairs)}"
        return f"the same with any of partners {_some(partners, 'and')} and any of projects {_some(projects, 'and')}"
    if len(projects) > 1:
        return f"the same with project {_some(projects[1:])}"
    return f"the same with partner {_some(partners[1:])}"


def _some(names: Sequence[str], last: str = "or") -> str:
    more = [f"{len(names) - _MOST_SAID} more"] if len(names) > _MOST_SAID else []
    return listed([*names[:_MOST_SAID], *more], last)
