"""Why a criterion is met on a day and was not on the day before, or the other way round: the facts that start or stop.

No criterion negates another. So only those below it that turned in the same direction made it turn. Of projects each is
looked at: some may turn and others not.
"""

from collections.abc import Iterator

from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.base import Criterion, Leaf


def turned(criterion: Criterion, ahead: Ahead, *, starts: bool) -> list[Turn]:
    """Each fact once; ``ahead`` has the day before and the day."""
    return list({(each.kind, *each.names.values()): each for each in _below(criterion, ahead, starts)}.values())


def _below(criterion: Criterion, ahead: Ahead, starts: bool) -> Iterator[Turn]:
    if isinstance(criterion, Leaf):
        yield from criterion.turns(ahead, starts=starts)
        return
    turning = 2 if starts else 1  # met on the second day alone, or on the first
    for each, enter in criterion.children(ahead):
        enter(ahead)
        if each.met_on(ahead) == turning or each.asks_of_projects:
            enter(ahead)
            yield from _below(each, ahead, starts)
