"""The later dates on which a customer's outcome is another if no event comes, each with why: what starts or stops then.

Made when somebody asks: that takes a look at the rules on each of these dates.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Outcome, Status
from shared.rules.criteria.ahead import Ahead, Turn
from shared.rules.criteria.turned import turned
from shared.rules.forecast import Rules, Walk, outcomes_ahead, walk_of
from shared.rules.rule_set import MAX_WORK, Partners, RuleSet, decide, work_of

_MOST_SAID, _MOST_LISTED = 3, 20
_MOST_PROJECTS = 5_000
"""Named on all dates together."""
_LOOKS = 8
"""How many times what a criterion decides is worked out on a date, at most: once for each level of most rule sets."""
_ONE_DAY = timedelta(days=1)

type Facts = tuple[Customer, Partners]


class Foreseen(NamedTuple):
    """A later date with another outcome, by the rules in force then, and what makes it so: that they start
    (``by_rules``), and facts."""

    on: date
    outcome: Outcome
    rule_set: RuleSet
    by_rules: bool
    turns: Sequence[Turn]

    @property
    def text(self) -> str:
        """Why, in one sentence."""
        version = self.rule_set.version
        rules = [f"rule set {version} comes into force" if version else "the rules given come into force"]
        said = [*(rules if self.by_rules else ()), *(each.text for each in self.turns)]
        more = len(said) - _MOST_SAID
        text = "; ".join([*said[:_MOST_SAID], f"and {more} more"] if more > 0 else said)
        return f"{text[:1].upper()}{text[1:]}."

    def to_json(self) -> JsonObject:
        version = self.rule_set.version or None
        rules = [{"kind": "rule-set", "change": "starts", "ruleSetVersion": version}] if self.by_rules else []
        omitted = max(0, len(self.turns) - _MOST_LISTED)
        return {
            "on": self.on.isoformat(),
            "status": self.outcome.status.value,
            "eligibleProjects": list(self.outcome.eligible_projects),
            "byException": self.outcome.by_exception,
            "ruleSetVersion": version,
            "because": {
                "text": self.text,
                "changes": [*rules, *(each.to_json() for each in self.turns[:_MOST_LISTED])],
                **({"omitted": omitted} if omitted else {}),
            },
        }


def forecast(
    rules: Rules, customer: Customer, partners: Partners, on: date, most_work: int = MAX_WORK
) -> list[Foreseen] | None:
    """Each later date with another outcome than the date before, as far as the walk goes; None if it would take more
    steps than ``most_work``, or too long an answer."""
    facts = customer, partners
    changes = _changes(walk_of(rules, *facts, on), facts, decide(rules.rule_set, *facts, on), rules.rule_set)
    projects = sum(len(after.eligible_projects) for _, _, after, _, _ in changes)
    if projects > _MOST_PROJECTS or len(changes) * _LOOKS * work_of(rules.rule_set, *facts) > most_work:
        return None
    return [_foreseen(facts, *each) for each in changes]


type _Change = tuple[date, Outcome, Outcome, RuleSet, RuleSet]
"""A date, the outcome before and on it, the rule set before and on it."""


def _changes(walk: Walk, facts: Facts, outcome: Outcome, rule_set: RuleSet) -> list[_Change]:
    found: list[_Change] = []
    for ahead in outcomes_ahead(walk, *facts):
        for number in ahead.changes(outcome):
            after = ahead.outcome(number)
            found.append(
                (ahead.dates[number], outcome, after, rule_set if number == 0 else ahead.rule_set, ahead.rule_set)
            )
            outcome = after
        rule_set = ahead.rule_set
    return found


def _foreseen(
    facts: Facts, on: date, before: Outcome, after: Outcome, rules_before: RuleSet, rule_set: RuleSet
) -> Foreseen:
    """The rules make it so if those before would not; facts that turn then may have a part in it all the same. If those
    before would too, what turns by them is why: an exception may end as rules begin that know none."""
    by_rules = rule_set is not rules_before and decide(rules_before, *facts, on) != after
    deciding = rule_set if by_rules else rules_before
    ahead = Ahead(deciding.document.terms, *facts, on - _ONE_DAY)
    ahead.look_at((on - _ONE_DAY, on))
    turns = _turned(deciding, ahead, *_directions(before, after))
    if before.status is after.status and before.by_exception is not after.by_exception:
        ahead.without_exceptions = True
        turns |= _turned(deciding, ahead, gained=before.by_exception, lost=after.by_exception)
    return Foreseen(on, after, rule_set, by_rules, list(turns.values()))


def _turned(rule_set: RuleSet, ahead: Ahead, gained: bool, lost: bool) -> dict[object, Turn]:
    """What starts or ends, by what names it."""
    wanted = [starts for starts, is_wanted in ((False, lost), (True, gained)) if is_wanted]
    found = (each for starts in wanted for each in turned(rule_set.document.criteria, ahead, starts=starts))
    return {(each.starts, each.kind, *each.names.values()): each for each in found}


def _directions(before: Outcome, after: Outcome) -> tuple[bool, bool]:
    """Whether something is gained, and whether something is lost: the status, or projects."""
    was, now = ({*each.eligible_projects, each.status is Status.ELIGIBLE} - {False} for each in (before, after))
    return bool(now - was), bool(was - now)
