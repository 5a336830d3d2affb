"""What is worked out once for a rule set.

Arrives: a rule set. Leaves: the ways in which its criteria can come to be met, and the titles of its applications.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from shared.rules.criteria import Criterion
from shared.rules.document import AREAS
from shared.rules.help_limits import MUCH
from shared.rules.help_search import Alike, Ways
from shared.rules.help_ways import ways_of
from shared.rules.partner_criteria import CompetencyHeld, DeploymentsAtLeast
from shared.rules.quantified import AnyPartner, EveryApplication
from shared.rules.rule_set import RuleSet


@dataclass(frozen=True, slots=True)
class Known:
    """``exact``: the plans found are right and minimal as they are, and tell which projects would be eligible.

    That takes that one partner is asked for, that no change can undo what is met, as gaining silver does where another
    criterion asks for gold, and that every any-project is evaluated.
    """

    ways: Ways
    titles: Mapping[str, str]
    alike: Alike
    exact: bool
    asks_much: bool
    """Whether its criteria may ask for more facts of one partner than any has room for."""


@dataclass(frozen=True, slots=True)
class _BySha256:
    """A rule set as a key: equal hashes mean equal documents."""

    sha256: str
    rule_set: RuleSet = field(compare=False)


def known_of(rule_set: RuleSet) -> Known:
    return _known(_BySha256(rule_set.sha256, rule_set))


@lru_cache(maxsize=32)
def _known(key: _BySha256) -> Known:
    document = key.rule_set.document
    titles = {each["id"]: each["title"] for each in document.value["applications"]}
    criteria = list(_all(document.criteria))
    levels = {frozenset(each.levels) for each in criteria if isinstance(each, CompetencyHeld)}
    excluding = any(one.isdisjoint(other) for one in levels for other in levels)
    alike = Alike(len(levels) <= 1, sum(isinstance(each, AnyPartner) for each in criteria) <= 1)
    exact = alike.partners and not excluding and not key.rule_set.optional_projects
    return Known(ways_of(document.criteria), titles, alike, exact, _asked_of_partner(criteria) > MUCH)


def _asked_of_partner(criteria: Sequence[Criterion]) -> int:
    """As many facts as a plan may ask of one partner at most: in each area the deployments, and one a criterion."""
    deployments = max((each.count for each in criteria if isinstance(each, DeploymentsAtLeast)), default=0)
    return len(AREAS) * (deployments + len(criteria))


def _all(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion and those below it; what is asked of every application counts twice."""
    yield criterion
    for each in criterion.parts * (2 if isinstance(criterion, EveryApplication) else 1):
        yield from _all(each)
