"""A partner's summary: all that deciding needs of its facts, small enough to read once per decision.

It has the periods of competencies and designations, and how many deployments and completions share the same dates, so
that a replaced fact can be taken out again without reading the others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from shared.domain.declared import fields_of, json_name
from shared.domain.event_data import MemberKind
from shared.domain.facts import PARTNER_FACTS, Competency, Designation, Fact, PartnerFact

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

    @property
    def is_candidate(self) -> bool:
        """Whether it may be proposed to customers."""
        return bool(self.competencies or self.designations)

    @property
    def room(self) -> int:
        """How many facts more it may have."""
        summed = sum(self.deployments.values()) + sum(self.trainings.values())
        return MAX_FACTS - max(self.stored, len(self.competencies) + len(self.designations) + summed)

    def replacing(self, old: PartnerFact | None, new: PartnerFact | None) -> "Partner":
        """The summary with ``old`` replaced by ``new``; its revision is raised if that could matter."""
        return self.replacing_each([(old, new)])

    def replacing_each(
        self, changes: Iterable[tuple[PartnerFact | None, PartnerFact | None]], least: int = 0
    ) -> "Partner":
        """The same for several facts at once; the revision is raised once, to ``least`` if that is more than one up, if
        all of them together could matter."""
        changed = self
        for old, new in changes:
            if old == new:
                continue
            if old is not None:
                changed = changed._with(old, -1)
            if new is not None:
                changed = changed._with(new, +1)
        if changed is self:
            return self
        return changed.raised(least) if changed._decisive != self._decisive else changed

    def raised(self, least: int) -> "Partner":
        """The same with a revision that none of it had before: the next one, or ``least``."""
        return replace(self, revision=max(self.revision + 1, least))

    @property
    def _decisive(self) -> tuple[object, ...]:
        """What criteria can tell apart: how many learners completed a course on the same dates is not of it."""
        return self.competencies, self.designations, self.deployments, self.trainings.keys()

    def _with(self, fact: PartnerFact, count: int) -> "Partner":
        if not fact.counts:
            return self
        values = getattr(self, fact.gathered)
        changed = _counted(values, _group(fact), count) if fact.counted_by else _toggled(values, fact, count)
        members: dict[str, Any] = {fact.gathered: changed}
        return replace(self, **members)

    @classmethod
    def of(cls, partner_id: str, facts: Iterable[PartnerFact]) -> "Partner":
        """The summary of all facts at once, for what-if questions and tests."""
        given = tuple(each for each in facts if each.counts)
        summed: dict[str, Any] = {}
        for form in PARTNER_FACTS:
            own = [each for each in given if isinstance(each, form)]
            summed[form.gathered] = dict(Counter(map(_group, own))) if form.counted_by else frozenset(own)
        revision = sum(sum(each.values()) if isinstance(each, dict) else len(each) for each in summed.values())
        return cls(partner_id, revision, **summed)

    def rows(self) -> dict[str, list[list[object]]]:
        """Its facts by list as JSON: the values of each one's members, and how many there are of those counted."""
        return {form.gathered: _rows(form, getattr(self, form.gathered)) for form in PARTNER_FACTS}

    @classmethod
    def of_rows(cls, partner_id: str, revision: int, rows: Rows, stored: int = 0) -> "Partner":
        """The summary with these ``rows``; a version that did not know a kind of fact wrote no list of it."""
        summed: dict[str, Any] = {each.gathered: _summed(each, rows.get(each.gathered, ())) for each in PARTNER_FACTS}
        return cls(partner_id, revision, **summed, stored=stored)


def _summed_members(fact: type[Fact]) -> list[tuple[str, str, MemberKind]]:
    names = fact.counted_by or [each.name for each in fields_of(fact)]
    return [(name, json_name(name), fact.members()[json_name(name)]) for name in names]


SUMMED = {each.kind: _summed_members(each) for each in PARTNER_FACTS}
"""The members that a summary has of facts of a kind: the field, its name in JSON, its kind."""


def _group(fact: Fact) -> tuple[object, ...]:
    return tuple([getattr(fact, name) for name in fact.counted_by])


def _rows(form: type[Fact], values: Any) -> list[list[object]]:
    """Converted by column, which is faster than by row."""
    members = SUMMED[form.kind]
    keys = values if form.counted_by else [[getattr(each, name) for name, *_ in members] for each in values]
    columns = zip(*keys, strict=True)
    written = [_column(kind.write, column) for (_, _, kind), column in zip(members, columns, strict=bool(values))]
    return [list(row) for row in zip(*written, *([values.values()] if form.counted_by else []), strict=True)]


def _summed(form: type[Fact], rows: Sequence[Sequence[object]]) -> Any:
    columns = list(zip(*rows, strict=True))
    read = [_column(kind.read, column) for (_, _, kind), column in zip(SUMMED[form.kind], columns, strict=False)]
    if form.counted_by:  # the last column has the counts
        return dict(zip(zip(*read, strict=True), columns[-1], strict=True)) if rows else {}
    return frozenset(map(form, *read)) if rows else frozenset()


def _column(convert: Callable[..., object] | None, values: Iterable[object]) -> Iterable[object]:
    """One member of every row, converted."""
    return [None if each is None else convert(each) for each in values] if convert else values


def _toggled[T](values: frozenset[T], value: T, count: int) -> frozenset[T]:
    return values | {value} if count > 0 else values - {value}


def _counted[K](counts: Mapping[K, int], key: K, count: int) -> dict[K, int]:
    changed = dict(counts)
    changed[key] = changed.get(key, 0) + count
    if not changed[key]:
        del changed[key]
    return changed
