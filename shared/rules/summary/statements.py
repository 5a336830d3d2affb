"""What a tree of reasons says, each thing once: statements that hold together, and choices of which one is enough.

What is not needed says nothing. Several things of which the same is said, projects or partners, make one statement
about all of them; a choice of which one is left is that one.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from shared.domain.decision import Verdict


class Statement(NamedTuple):
    """One thing said of these projects and partners; ``criteria`` is how many leaves of the tree say it.

    ``of_project``: it may be otherwise for another project. ``by_project``: not each of the partners is one of each of
    the projects.
    """

    verdict: Verdict
    text: str
    detail: str = ""
    of_project: bool = False
    partners: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    by_project: bool = False
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


type Said = Statement | Choice
type Together = tuple[Said, ...]


def once(said: Sequence[Said]) -> Together:
    """All of these, the same once."""
    return tuple(_merged(said, lambda each: each.key, _one_of_both) if len(said) > 1 else said)


def choice(verdict: Verdict, title: str, ways: Sequence[Sequence[Said]]) -> Together:
    """One of these, the same once. Choices among them, of which one is enough as well, become part of this one."""
    alternatives = _distinct([once(each) for each in ways])
    if len(alternatives) > 1:
        alternatives = _distinct([inner for each in alternatives for inner in _opened(each)])
    if len(alternatives) == 1:
        return alternatives[0]
    return (Choice(verdict, title, tuple(sorted(alternatives, key=_lacking))),)


def by_project(said: Iterable[tuple[str, Sequence[Said]]]) -> list[Sequence[Said]]:
    """What is said of each project, of those of which the very same is said once."""
    same: dict[Together, list[str]] = {}
    for project, each in said:
        same.setdefault(once(each), []).append(project)
    return [_of_projects(each, tuple(names)) for each, names in same.items()]


def criteria_of(said: Together) -> int:
    """How many leaves of the tree these say."""
    return sum([each.criteria for each in said])


def _of_projects(said: Together, names: tuple[str, ...]) -> Together:
    return tuple([_of_these(each, names) for each in said])


def _of_these(said: Said, names: tuple[str, ...]) -> Said:
    if isinstance(said, Choice):
        return said._replace(alternatives=tuple([_of_projects(each, names) for each in said.alternatives]))
    criteria = said.criteria * len(names)
    return said._replace(projects=names if said.of_project else (), criteria=criteria)


def _distinct(alternatives: Sequence[Together]) -> list[Together]:
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
    return Statement(
        one.verdict,
        one.text,
        one.detail if one.detail == other.detail else "",
        one.of_project,
        _once((*one.partners, *other.partners)),
        _once((*one.projects, *other.projects)),
        one.by_project or other.by_project or (one.partners != other.partners and one.projects != other.projects),
        one.criteria + other.criteria,
    )


def _both(one: Together, other: Together) -> Together:
    return tuple([_one_of_both(*pair) for pair in zip(one, other, strict=True)])


def _key(said: Together) -> Hashable:
    return tuple([each.key for each in said])


def _lacking(said: Together) -> int:
    return sum([each.lacking for each in said])


def _merged[T](items: Sequence[T], key: Callable[[T], Hashable], both: Callable[[T, T], T]) -> list[T]:
    found: dict[Hashable, T] = {}
    for each in items:
        own = key(each)
        found[own] = both(found[own], each) if own in found else each
    return list(found.values())


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
