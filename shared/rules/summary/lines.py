"""Writes statements as the lines of a summary: at most so many, each short, the rest counted."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.domain.decision import JsonObject, Verdict
from shared.rules.criteria.phrase import some_of
from shared.rules.summary.statements import Choice, Said, Statement

MOST_CHARACTERS = 160
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
    text = f"{said.title}: one of {len(said.alternatives)} is needed"
    named = () if common == about else common
    whole = line(said.verdict, shortened(capitalised(f"{text}{_in_brackets(named)}")), common)
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
    subject: JsonObject = {}
    for name, ids in (("projects", projects), ("partners", partners)):
        if ids:
            subject[name] = list(ids[:_NAMED])
        if len(ids) > _NAMED:
            subject[f"{name}Omitted"] = len(ids) - _NAMED
    return {"verdict": verdict.value, "text": text, **({"subject": subject} if subject else {})}


def _text(said: Statement, projects: Sequence[str]) -> str:
    """With the names of a few partners and projects, or their number where the names make it too long."""
    by_name = _sentence(said, _names(said.partners, "partner"), _in_brackets(projects))
    if len(by_name) <= MOST_CHARACTERS:
        return by_name
    return shortened(_sentence(said, _number(said.partners, "partner"), _in_brackets(projects, by_number=True)))


def _sentence(said: Statement, who: str, where: str) -> str:
    return capitalised(f"{who}{': ' if who else ''}{said.text}{said.detail}{where}")


def _names(ids: Sequence[str], kind: str) -> str:
    return some_of(ids) if 0 < len(ids) <= _NAMED else _number(ids, kind)


def _number(ids: Sequence[str], kind: str) -> str:
    return f"{len(ids)} {kind}s" if len(ids) > 1 else "".join(ids)


def _in_brackets(projects: Sequence[str], by_number: bool = False) -> str:
    if not projects:
        return ""
    return f" ({_number(projects, 'project') if by_number else _names(projects, 'project')})"


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def shortened(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 3]}..."
