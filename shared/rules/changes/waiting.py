"""What time alone does."""

from datetime import date
from typing import Annotated, Self

from shared.domain.declared import declared
from shared.domain.event_data import DAY
from shared.rules.changes.base import NOBODY, Change, Facts, Key, Setting, Titles
from shared.rules.words import day


@declared
class Wait(Change):
    """Nobody does anything: from a day on the customer is eligible if no event comes."""

    kind, action, by, effort = "wait", "wait", NOBODY, 0

    eligible_from: Annotated[date, DAY.schema]

    @classmethod
    def of(cls, _: Key, value: date, __: Setting) -> Self:
        return cls(value)

    def apply(self, facts: Facts) -> None:
        """Nothing changes but the day."""

    def text(self, _: Titles) -> str:
        return f"Wait until {day(self.eligible_from)}: nothing needs to be done"
