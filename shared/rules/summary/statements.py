"""What a tree of reasons says, each thing once: statements that hold together, and choices of which one is enough.

What is not needed says nothing. Several things of which the same is said, projects or partners, make one statement
about all of them; a choice of which one is left is that one.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from shared.domain.decision import Verdict


class Statement(NamedTuple):
    """One thing said of these projects and partners; ``criteria`` is how many leaves of the tree say it."""

    verdict: Verdict
    text: str
    detail: str = ""
    projects: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    criteria: int = 1

    @property
    def key(self) -> Hashable:
        return self.verdict, self.text

    @property
    def lacking(self) -> int:
        """How many things are to be done."""
        return 1


class Choice(NamedTuple):
    """Alternatives of which one is enough, each several things that are needed together; ``title`` is what for."""

    verdict: Verdict
    title: str
    alternatives: "tuple[Together, ...]"

    @property
    def key(self) -> Hashable:
        return self.verdict, self.title, tuple([_key(each) for each in self.alternatives])

    @property
    def criteria(self) -> int:
        return sum([criteria_of(each) for each in self.alternatives])

    @property
    def lacking(self) -> int:
        return min([_lacking(each) for each in self.alternatives])

    @property
    def projects(self) -> tuple[str, ...]:
        return _once(name for each in self.alternatives for said in each for name in said.projects)


type Said = Statement | Choice
type Together = tuple[Said, ...]


def together(said: Iterable[Said]) -> Together:
    """All of these, the same once."""
    return tuple(_merged(said, lambda each: each.key, _one_of_both))


def choice(verdict: Verdict, title: str, alternatives: Sequence[Together]) -> Together:
    """One of these, the same once. Choices among them, of which one is enough as well, become part of this one."""
    once = _distinct(alternatives)
    if len(once) > 1:
        once = _distinct([inner for each in once for inner in _opened(each)])
    if len(once) == 1:
        return once[0]
    return (Choice(verdict, title, tuple(sorted(once, key=_lacking))),)


def criteria_of(said: Together) -> int:
    """How many leaves of the tree these say."""
    return sum([each.criteria for each in said])


def _distinct(alternatives: Iterable[Together]) -> list[Together]:
    return _merged(alternatives, _key, _both)


def _opened(alternative: Together) -> Sequence[Together]:
    match alternative:
        case (Choice() as only,):
            return only.alternatives
    return [alternative]


def _one_of_both(one: Said, other: Said) -> Said:
    """What says the same as both, of the projects and partners of both."""
    if isinstance(one, Choice) and isinstance(other, Choice):
        pairs = zip(one.alternatives, other.alternatives, strict=True)
        return one._replace(alternatives=tuple([_both(*pair) for pair in pairs]))
    if isinstance(one, Choice) or isinstance(other, Choice):
        raise TypeError("a statement is not merged with a choice")
    detail = one.detail if one.detail == other.detail else ""
    projects, partners = _once((*one.projects, *other.projects)), _once((*one.partners, *other.partners))
    return Statement(one.verdict, one.text, detail, projects, partners, one.criteria + other.criteria)


def _both(one: Together, other: Together) -> Together:
    return tuple([_one_of_both(*pair) for pair in zip(one, other, strict=True)])


def _key(said: Together) -> Hashable:
    return tuple([each.key for each in said])


def _lacking(said: Together) -> int:
    return sum([each.lacking for each in said])


def _merged[T](items: Iterable[T], key: Callable[[T], Hashable], both: Callable[[T, T], T]) -> list[T]:
    found: dict[Hashable, T] = {}
    for each in items:
        own = key(each)
        found[own] = both(found[own], each) if own in found else each
    return list(found.values())


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
