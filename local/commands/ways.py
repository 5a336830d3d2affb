"""Ways, as the app answers them, in lines: grouped by who has to act, each with until when it lasts."""

from collections.abc import Iterator

from shared.domain.decision import JsonObject
from shared.rules.words import day, listed

_WHO = {"customer": "account team", "partner": "partner", "programme": "programme"}
_TITLES = {"wouldHelp": "What would help", "wouldKeep": "What would keep it eligible"}


def ways(decision: JsonObject) -> Iterator[str]:
    """What would help a customer, or keep it; nothing if neither was asked."""
    for name, title in _TITLES.items():
        if name in decision.get("notComputed", ()):
            yield from ("", f"{title} was not worked out: it would take too long.")
        elif found := decision.get(name):
            yield from ("", f"{title}:" if len(found) == 1 else f"{title}, any one of these:")
            yield from _grouped(found)


def _grouped(found: list[JsonObject]) -> Iterator[str]:
    """In the order of the first way of each group."""
    groups: dict[tuple[str, ...], list[JsonObject]] = {}
    for each in found:
        groups.setdefault(tuple(each["by"]), []).append(each)
    number = 0
    for by, own in groups.items():
        yield f"   {_actors(by)}"
        for each in own:
            number += 1
            yield from _way(each, f"   {number}. ")


def _actors(by: tuple[str, ...]) -> str:
    names = listed([_WHO[each] for each in by], "and") if by else "nobody"
    return f"{names[0].upper()}{names[1:]}:"


def _way(way: JsonObject, lead: str) -> Iterator[str]:
    indent = " " * len(lead)
    first, *others = way["changes"]
    yield f"{lead}{first['text']}"
    yield from (f"{indent}{each['text']}" for each in others)
    if "otherwise" in way:
        yield f"{indent}Or {way['otherwise']}"
    yield f"{indent}-> {_comes_of(way)}"


def _comes_of(way: JsonObject) -> str:
    projects = ", ".join(way["eligibleProjects"])
    return f"eligible {_until(way)}" + (f", with {projects}" if projects else "")


def _until(way: JsonObject) -> str:
    if way["lastsUntil"]:
        return f"until {day(way['lastsUntil'])}"
    if "knownUntil" in way:
        return f"until {day(way['knownUntil'])} at least"
    return "without a known end"
