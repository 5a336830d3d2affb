"""What a partner could do."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Self

from shared.domain.decision import JsonObject
from shared.domain.declared import declared
from shared.domain.event_data import AREA, DAY
from shared.domain.facts import Competency, Designation
from shared.domain.partner import Partner
from shared.rules.changes.base import OTHER_ID, PARTNER_ID, Key, PartnerChange, Setting, Titles, greater
from shared.rules.words import day, listed, name_of, words


def _text(description: str) -> JsonObject:
    return {"type": "string", "description": description}


@declared
class GainCompetency(PartnerChange):
    """A partner gains a competency in an area, at one of the levels."""

    kind, action, effort, since = "competency", "gain-competency", 11, "valid_from"
    ids = (PARTNER_ID, OTHER_ID, OTHER_ID)

    competency: Annotated[str, _text("which competency")]
    area: Annotated[str, AREA.schema]
    levels: Annotated[
        tuple[str, ...], {"type": "array", "description": "the levels that do", "items": _text("a level")}
    ]
    valid_from: Annotated[date, DAY.schema]

    @classmethod
    def of(cls, key: Key, value: tuple[str, ...], setting: Setting) -> Self:
        _, partner_id, competency, area = key
        return cls(partner_id, competency, area, value, setting.on)

    @staticmethod
    def join(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...] | None:
        """The levels that do for both."""
        return tuple(level for level in one if level in other) or None

    def given_to(self, partner: Partner) -> Partner:
        register = (self.competency, self.area, self.valid_from)
        others = {each for each in partner.competencies if (each.competency, each.area, each.valid_from) != register}
        gained = Competency(self.competency, self.area, self.levels[0], self.valid_from)
        return replace(partner, competencies=frozenset({*others, gained}))

    def holding(self) -> str:
        return f"the {name_of(self.competency)} ({listed(self.levels, 'or')}) in {words(self.area)}"

    def text(self, _: Titles) -> str:
        return f"Partner {self.partner_id}: gain {self.holding()}"


@declared
class GainDesignation(PartnerChange):
    """A partner gains a designation."""

    kind, action, effort, since = "designation", "gain-designation", 10, "valid_from"
    ids = (PARTNER_ID, OTHER_ID)

    designation: Annotated[str, _text("which designation")]
    valid_from: Annotated[date, DAY.schema]

    @classmethod
    def of(cls, key: Key, __: bool, setting: Setting) -> Self:
        _, partner_id, designation = key
        return cls(partner_id, designation, setting.on)

    def given_to(self, partner: Partner) -> Partner:
        register = (self.designation, self.valid_from)
        others = {each for each in partner.designations if (each.designation, each.valid_from) != register}
        gained = Designation(self.designation, True, self.valid_from)
        return replace(partner, designations=frozenset({*others, gained}))

    def holding(self) -> str:
        return f"the {name_of(self.designation)}"

    def text(self, _: Titles) -> str:
        return f"Partner {self.partner_id}: gain {self.holding()}"


@declared
class CompleteDeployments(PartnerChange):
    """A partner completes more deployments in an area."""

    kind, action, effort, since = "deployments", "complete-deployments", 8, "live_on"
    ids = (PARTNER_ID, OTHER_ID)
    join = staticmethod(greater)

    area: Annotated[str, AREA.schema]
    count: Annotated[int, {"type": "integer", "description": "how many more", "minimum": 1}]
    live_on: Annotated[date, DAY.schema]

    @classmethod
    def of(cls, key: Key, value: int, setting: Setting) -> Self:
        _, partner_id, area = key
        return cls(partner_id, area, value, setting.on)

    @classmethod
    def effort_of(cls, value: int) -> int:
        return cls.effort + value

    @staticmethod
    def count_partner_facts(key: Key, value: int, counts: dict[str, int]) -> None:
        counts[key[1]] = counts.get(key[1], 0) + value

    def given_to(self, partner: Partner) -> Partner:
        group = (self.area, self.live_on)
        return replace(
            partner, deployments={**partner.deployments, group: partner.deployments.get(group, 0) + self.count}
        )

    def holding(self) -> str:
        return self._counted("")

    def text(self, _: Titles) -> str:
        return f"Partner {self.partner_id}: {self._counted('more ')}"

    def _counted(self, more: str) -> str:
        plural = "s" if self.count != 1 else ""
        return f"{self.count:,} {more}eligible customer deployment{plural} in {words(self.area)}"


@declared
class CompleteCourse(PartnerChange):
    """A partner completes a part of a course, before a project starts."""

    kind, action, effort, since = "course", "complete-course", 2, "completed_on"
    ids = (PARTNER_ID, OTHER_ID, OTHER_ID)

    course: Annotated[str, _text("which course")]
    part: Annotated[str, _text("which part of it")]
    completed_on: Annotated[date, DAY.schema]
    completed_before: Annotated[date | None, DAY.schema]

    @classmethod
    def of(cls, key: Key, __: bool, setting: Setting) -> Self:
        _, partner_id, course, part = key
        return cls(partner_id, course, part, setting.on, setting.first_start_of(partner_id))

    def given_to(self, partner: Partner) -> Partner:
        group = (self.course, self.part, self.completed_on, None)
        return replace(partner, trainings={**partner.trainings, group: partner.trainings.get(group, 0) + 1})

    def apart(self) -> date | None:
        return self.completed_before

    def holding(self) -> str:
        return f"the {name_of(self.course)} {words(self.part)}"

    def completed(self) -> tuple[str, str]:
        before = f" before {day(self.completed_before)}" if self.completed_before else ""
        return f"the {name_of(self.course)} {{}}{before}", words(self.part)

    def text(self, _: Titles) -> str:
        what = f"Partner {self.partner_id}: complete {self.holding()}"
        return f"{what} before {day(self.completed_before)}" if self.completed_before else what
