"""A partner's summary: all that deciding needs of its facts, small enough to read once per decision.

It has the periods of competencies and designations, and how many deployments and completions share the same dates, so
that a replaced fact can be taken out again without reading the others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any

from shared.domain.declared import fields_of, json_name
from shared.domain.event_data import MemberKind
from shared.domain.facts import PARTNER_FACTS, Competency, Designation, Fact, Training
from shared.domain.partner_days import PartnerDays, partner_days

MAX_FACTS = 25_000

type DeploymentGroup = tuple[str, date]
"""(area, live_on) of eligible deployments."""
type TrainingGroup = tuple[str, str, date, date | None]
"""(course, part, completed_on, expires_on) of completions that are not revoked."""

type Rows = Mapping[str, Sequence[Sequence[object]]]
"""Facts by list, each as the values of its members."""


@dataclass(frozen=True)
class Partner:
    """What deciding knows of a partner; ``revision`` goes up with each change that could matter (0: never heard of)."""

    partner_id: str
    revision: int = 0
    competencies: frozenset[Competency] = frozenset()
    designations: frozenset[Designation] = frozenset()
    deployments: Mapping[DeploymentGroup, int] = field(default_factory=dict)
    trainings: Mapping[TrainingGroup, int] = field(default_factory=dict)
    stored: int = field(default=0, compare=False)
    """How many facts are stored of it, those that the summary leaves out included."""
    summary: bytes = field(default=b"", compare=False, repr=False)
    """As its row has it, if that is small."""

    @cached_property
    def days(self) -> PartnerDays:
        """On which days its facts start and stop holding."""
        return partner_days(self.competencies, self.designations, self.deployments, self.trainings)

    @cached_property
    def holds_until(self) -> date:
        """The last day of the competency or designation that holds longest; the first day there is if it has none."""
        held = [each.valid_until or date.max for each in self.competencies if each.level != "none"]
        active = [each.valid_until or date.max for each in self.designations if each.active]
        return max([*held, *active], default=date.min)

    @property
    def is_candidate(self) -> bool:
        """Whether it may be proposed to customers."""
        return bool(self.competencies or self.designations)

    @cached_property
    def room(self) -> int:
        """How many facts more it may have."""
        return MAX_FACTS - max(self.stored, sum([_number(getattr(self, each.gathered)) for each in PARTNER_FACTS]))

    @property
    def entries(self) -> int:
        """How many entries its lists have: the time that a criterion takes depends on them."""
        return sum([len(getattr(self, each.gathered)) for each in PARTNER_FACTS])

    def replacing(self, old: Fact | None, new: Fact | None) -> "Partner":
        """The summary with ``old`` replaced by ``new``; its revision is raised if that could matter."""
        return self.replacing_each([(old, new)])

    def replacing_each(self, changes: Iterable[tuple[Fact | None, Fact | None]], least: int = 0) -> "Partner":
        """The same for several facts at once; the revision is raised once, to ``least`` if that is more than one up, if
        all of them together could matter."""
        summed: dict[str, Any] = {}
        for old, new in changes:
            if old != new:
                self._count(summed, old, -1)
                self._count(summed, new, +1)
        if not summed:
            return self
        matters = any(
            _decisive(name, values) != _decisive(name, getattr(self, name)) for name, values in summed.items()
        )
        revision = max(self.revision + 1, least) if matters else self.revision
        kept = {each.gathered: getattr(self, each.gathered) for each in PARTNER_FACTS}
        return Partner(self.partner_id, revision, **{**kept, **summed}, stored=self.stored)

    def decides_as(self, other: "Partner") -> bool:
        """Whether no criterion can tell them apart."""
        names = [each.gathered for each in PARTNER_FACTS]
        return all(_decisive(each, getattr(self, each)) == _decisive(each, getattr(other, each)) for each in names)

    def _count(self, summed: dict[str, Any], fact: Fact | None, count: int) -> None:
        if fact is None or not fact.counts:
            return
        name = fact.gathered
        values = summed[name] if name in summed else getattr(self, name)
        summed[name] = _counted(values, _group(fact), count) if fact.counted_by else _toggled(values, fact, count)

    @classmethod
    def of(cls, partner_id: str, facts: Iterable[Fact]) -> "Partner":
        """The summary of all facts at once, for what-if questions and tests."""
        given = tuple(each for each in facts if each.counts)
        summed: dict[str, Any] = {}
        for form in PARTNER_FACTS:
            own = [each for each in given if isinstance(each, form)]
            summed[form.gathered] = dict(Counter(map(_group, own))) if form.counted_by else frozenset(own)
        revision = sum(map(_number, summed.values()))
        return cls(partner_id, revision, **summed)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Its facts by list as JSON: the values of each one's members, and how many there are of those counted."""
        return {
            form.gathered: _rows(form, values) if (values := getattr(self, form.gathered)) else []
            for form in PARTNER_FACTS
        }

    @classmethod
    def of_rows(cls, partner_id: str, revision: int, rows: Rows, stored: int = 0, summary: bytes = b"") -> "Partner":
        """The summary with these ``rows``; an older version wrote no list of a kind that was ``added``."""
        summed: dict[str, Any] = {}
        for form in PARTNER_FACTS:
            name = form.gathered
            if own := rows.get(name, ()) if form.added else rows[name]:
                summed[name] = _summed(form, own)
        return cls(partner_id, revision, **summed, stored=stored, summary=summary)


def _summed_members(fact: type[Fact]) -> list[tuple[str, str, MemberKind]]:
    names = fact.counted_by or [each.name for each in fields_of(fact)]
    return [(name, json_name(name), fact.members()[json_name(name)]) for name in names]


SUMMED = {each.kind: _summed_members(each) for each in PARTNER_FACTS}
"""The members that a summary has of facts of a kind: the field, its name in JSON, its kind."""
_VALUES = {kind: attrgetter(*(name for name, *_ in members)) for kind, members in SUMMED.items()}
_CONVERTED = {
    kind: [(at, each.read, each.write) for at, (*_, each) in enumerate(members) if each.read and each.write]
    for kind, members in SUMMED.items()
}
"""Those that JSON has otherwise: place, how to read, how to write. Most columns are as they are."""


def _number(values: Any) -> int:
    """How many facts a list has."""
    return sum(values.values()) if isinstance(values, dict) else len(values)


def _group(fact: Fact) -> tuple[object, ...]:
    return tuple([getattr(fact, name) for name in fact.counted_by])


def _rows(form: type[Fact], values: Any) -> list[tuple[object, ...]]:
    of_each = values if form.counted_by else map(_VALUES[form.kind], values)
    columns: list[Iterable[object]] = list(zip(*of_each, strict=True))
    for at, _, write in _CONVERTED[form.kind]:
        columns[at] = _column(write, columns[at])
    if form.counted_by:
        columns.append(values.values())
    return list(zip(*columns, strict=True))


def _summed(form: type[Fact], rows: Sequence[Sequence[object]]) -> Any:
    columns: list[Iterable[object]] = list(zip(*rows, strict=True))
    for at, read, _ in _CONVERTED[form.kind]:
        columns[at] = _column(read, columns[at])
    if form.counted_by:
        counts = columns.pop()
        return dict(zip(zip(*columns, strict=True), counts, strict=True))
    return frozenset(map(form, *columns))


def _decisive(gathered: str, values: Any) -> object:
    """What criteria can tell apart: how many learners completed a course on the same dates is not of it."""
    return values.keys() if gathered == Training.gathered else values


def _column(convert: Callable[..., object], values: Iterable[object]) -> Iterable[object]:
    """One member of every row, converted."""
    return [None if each is None else convert(each) for each in values]


def _toggled[T](values: frozenset[T], value: T, count: int) -> frozenset[T]:
    return values | {value} if count > 0 else values - {value}


def _counted[K](counts: Mapping[K, int], key: K, count: int) -> dict[K, int]:
    changed = dict(counts)
    changed[key] = changed.get(key, 0) + count
    if not changed[key]:
        del changed[key]
    return changed
