"""Writes statements as the lines of a summary: at most so many, each short, the rest counted."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from shared.domain.decision import JsonObject, Verdict
from shared.rules.summary.statements import Choice, Said, Statement, Together
from shared.rules.words import MOST_CHARACTERS, shortened, some_of

_NAMED = 3


class Lines(NamedTuple):
    """Lines as JSON, how many they are with those inside ``oneOf``, and how many leaves of the tree they say."""

    lines: list[JsonObject]
    number: int
    criteria: int


def lines_of(said: Sequence[Said], most: int, at_least: int, about: tuple[str, ...] = ()) -> Lines:
    """Lines of as many as there is room for: of the first ``at_least``, each has at least one. Projects that are those
    a reader knows it is ``about`` are not named."""
    lines: list[JsonObject] = []
    count = criteria = 0
    for at, each in enumerate(said):
        reserved = max(0, at_least - at - 1)
        line = _line(each, max(1, most - count - reserved), about)
        if count + line.number > most:
            break
        lines += line.lines
        count, criteria = count + line.number, criteria + line.criteria
    return Lines(lines, count, criteria)


def in_one_line(said: Together) -> str:
    """The first of these, of a choice its first way, and how many others there are."""
    first, more = said[0], len(said) - 1
    if isinstance(first, Choice):
        ways = len(first.alternatives) - 1
        text = f"{in_one_line(first.alternatives[0])}, or {ways} other way{'s' if ways > 1 else ''}"
    else:
        text = _text(first, first.projects)
    return f"{text}, and {more} more" if more else text


def _line(said: Said, most: int, about: tuple[str, ...]) -> Lines:
    if isinstance(said, Choice):
        return _choice(said, most, about)
    text = _text(said, () if said.projects == about else said.projects)
    return Lines([line(said.verdict, text, said.projects, said.partners)], 1, said.criteria)


def _choice(said: Choice, most: int, about: tuple[str, ...]) -> Lines:
    """The alternatives that there is room for, each whole; the line says how many there are."""
    alternatives: list[list[JsonObject]] = []
    count, criteria, common = 1, 0, _common(said)
    for each in said.alternatives:
        found = lines_of(each, most - count, len(each), common or about)
        if len(found.lines) < len(each):
            break
        alternatives.append(found.lines)
        count, criteria = count + found.number, criteria + found.criteria
    number, shown = len(said.alternatives), len(alternatives)
    which = f"one of {'these ' if shown == number else ''}{number} is needed{', such as' if 0 < shown < number else ''}"
    where = f" ({_named(common, 'project')})" if common and common != about else ""
    title = shortened(capitalised(said.title), MOST_CHARACTERS - len(f"{where}: {which}"))
    whole = line(said.verdict, f"{title}{where}: {which}", common)
    return Lines([{**whole, "oneOf": alternatives} if alternatives else whole], count, criteria)


def _common(said: Choice) -> tuple[str, ...]:
    """The projects that all alternatives are about, if these are the same."""
    found = {each.projects for each in _statements(said)}
    return found.pop() if len(found) == 1 else ()


def _statements(said: Said) -> Iterator[Statement]:
    if isinstance(said, Statement):
        yield said
        return
    for alternative in said.alternatives:
        for each in alternative:
            yield from _statements(each)


def line(verdict: Verdict, text: str, projects: Sequence[str] = (), partners: Sequence[str] = ()) -> JsonObject:
    found: JsonObject = {"verdict": verdict.value, "text": text}
    if projects or partners:
        found["subject"] = {}
        _name(found["subject"], "projects", projects)
        _name(found["subject"], "partners", partners)
    return found


def _name(subject: JsonObject, kind: str, ids: Sequence[str]) -> None:
    if ids:
        subject[kind] = list(ids[:_NAMED])
    if len(ids) > _NAMED:
        subject[f"{kind}Omitted"] = len(ids) - _NAMED


def _text(said: Statement, projects: Sequence[str]) -> str:
    """With the names of a few partners and projects, or their number where the names make it too long."""
    text = _sentence(said, projects, _named)
    return text if len(text) <= MOST_CHARACTERS else shortened(_sentence(said, projects, _counted))


def _sentence(said: Statement, projects: Sequence[str], named: Callable[[Sequence[str], str], str]) -> str:
    who = f"{named(said.partners, 'partner')}: " if said.partners else ""
    where = [named(projects, "project")] if projects else []
    if said.by_project:
        where.append("each with its own partner" if projects else "each project with its own partner")
    return capitalised(f"{who}{said.text}{said.detail}{f' ({", ".join(where)})' if where else ''}")


def _named(ids: Sequence[str], kind: str) -> str:
    return some_of(ids) if len(ids) <= _NAMED else _counted(ids, kind)


def _counted(ids: Sequence[str], kind: str) -> str:
    return f"{len(ids)} {kind}s" if len(ids) > 1 else ids[0]


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
