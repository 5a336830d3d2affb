"""A decision as a question is answered with it: the tree, and for the ineligible what would help, within bounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial

from shared.api.pages import MAX_ANSWER_BYTES, size_of
from shared.aside import aside
from shared.candidates import Candidates
from shared.domain.customer import Customer
from shared.domain.decision import Assessment, JsonObject, Node, Status, Verdict
from shared.domain.notification import decision_json
from shared.domain.partner import Partner
from shared.rules.criteria.explained import MAX_NODES
from shared.rules.criteria.search import NOTHING_KEPT, Keep
from shared.rules.forecast import Rules, assess
from shared.rules.forecast.foreseen import forecast
from shared.rules.rule_set import MAX_WORK, RuleSet, explain, work_of
from shared.rules.summary import summary_of
from shared.rules.would_help import WHOLE, Budget, Situation, would_help, would_keep

MAX_LIST_BYTES = 5 * 1024 * 1024
NOT_COMPUTED = "notComputed"
_A_BIT_LESS = 0.9
_LIST_TRIED = 1_000_000
_NODE_BYTES = 320
"""More than most have, as there is more in an answer: few trees are cut twice."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one answer may take: bytes, the budget for what would help, and steps for the forecast."""

    size: int
    help: Budget
    ahead: int = MAX_WORK

    @property
    def nodes(self) -> int:
        return min(MAX_NODES, max(1, self.size // _NODE_BYTES))


ALONE = Share(MAX_ANSWER_BYTES, WHOLE)


def share_of(questions: int) -> Share:
    """Of each question of a list: the same, so that no answer depends on which came first."""
    budget = Budget(WHOLE.searched // questions, _LIST_TRIED // questions)
    return Share(min(MAX_ANSWER_BYTES, MAX_LIST_BYTES // questions), budget, MAX_WORK // questions)


@dataclass(frozen=True)
class Asked:
    """What is decided from. ``partners`` are those attached to any project, and perhaps others that could be; ``size``
    are the bytes stored of the customer; no way may change what is to ``keep``."""

    rules: Rules
    customer: Customer
    partners: Mapping[str, Partner]
    on: date
    size: int = 0
    keep: Keep = NOTHING_KEPT

    @property
    def rule_set(self) -> RuleSet:
        return self.rules.rule_set

    @cached_property
    def work(self) -> int:
        """An estimate of the steps that deciding takes."""
        return work_of(self.rule_set, self.customer, self.partners)


async def decision_answer(
    asked: Asked, today: date, candidates: Candidates | None = None, share: Share = ALONE
) -> JsonObject:
    """All partners given may be proposed, and the ``candidates`` too; ``wouldHelp`` or ``wouldKeep`` is null where it
    would be too much work. An answer for a past day says that it is by what is known today, not by what was known then.
    """
    rule_set, customer, work = asked.rule_set, asked.customer, asked.work
    facts = (customer, asked.partners, asked.on)
    assessment = await aside(work, lambda: assess(asked.rules, *facts))
    tree = await aside(work, lambda: explain(rule_set, *facts, share.nodes))
    summary = await aside(work, lambda: summary_of(rule_set, tree, assessment.outcome, asked.on))
    named, said = customer.customer_id or None, summary.members()
    assessment = replace(assessment, undecided=tree.verdict is Verdict.UNKNOWN)
    decision = decision_json(named, assessment, tree, rule_set.offers, summary=said)
    decision |= await aside(work, lambda: _forecast(asked, assessment, share.ahead))
    if asked.on < today:
        decision["knownAsOf"] = today.isoformat()
    if assessment.loses_on or assessment.outcome.status is Status.INELIGIBLE:
        known = await candidates.partners() if candidates else []
        decision = _with(decision, await aside(work, lambda: _ways(asked, assessment, known, share)))
    return await aside(work, lambda: fitted(decision, tree, partial(explain, rule_set, *facts), share.size))


def _forecast(asked: Asked, assessment: Assessment, most_work: int) -> JsonObject:
    if assessment.next_change_on is None:
        return {"forecast": []}
    found = forecast(asked.rules, asked.customer, asked.partners, asked.on, most_work)
    return _not_computed("forecast") if found is None else {"forecast": [each.to_json() for each in found]}


def _ways(asked: Asked, assessment: Assessment, known: list[Partner], share: Share) -> JsonObject:
    """What would help or, where it is known on which day the customer is lost, keep it."""
    name = "wouldKeep" if assessment.loses_on else "wouldHelp"
    if asked.work > MAX_WORK:
        return _not_computed(name)
    others = [each for each in known if each.partner_id not in asked.partners]
    proposed = [*asked.partners.values(), *others]
    facts = (asked.rules, asked.customer, asked.partners, asked.on)
    situation = Situation(*facts, assessment.gains_on, asked.work, asked.size, asked.keep)
    if assessment.loses_on:
        ways = would_keep(situation, assessment.loses_on, proposed, share.help)
    else:
        ways = would_help(situation, proposed, share.help)
    return _not_computed(name) if ways is None else {name: ways}


def fitted(decision: JsonObject, tree: Node, cut: Callable[[int], Node], most: int) -> JsonObject:
    """The decision with a tree that leaves it at ``most`` bytes; ``cut`` makes the tree in so many nodes."""
    whole = size_of(decision)
    if whole <= most:
        return decision
    _shorten_forecast(decision, most // 4)
    for name in ("wouldHelp", "wouldKeep"):
        _shorten_ways(name, decision, most // 2)
    nodes, found = _made(tree), size_of(decision["criteria"])
    room = most - (size_of(decision) - found)
    while found > room and nodes > 1:
        nodes = max(1, int(min(nodes - 1, nodes * max(room, 0) / found * _A_BIT_LESS)))
        decision["criteria"] = cut(nodes).to_json()
        found = size_of(decision["criteria"])
    return decision


def _made(tree: Node) -> int:
    """The nodes there are, without those omitted."""
    return 1 + sum(map(_made, tree.children))


def _shorten_ways(name: str, decision: JsonObject, most: int) -> None:
    ways: list[JsonObject] = decision.get(name) or []
    if size_of(ways) <= most:
        return
    while ways and size_of(ways) > most:
        ways.pop()
    if not ways:
        decision |= _with(decision, _not_computed(name))


def _shorten_forecast(decision: JsonObject, most: int) -> None:
    if size_of(decision.get("forecast")) > most:
        decision |= _with(decision, _not_computed("forecast"))


def _not_computed(name: str) -> JsonObject:
    return {name: None, NOT_COMPUTED: [name]}


def _with(decision: JsonObject, more: JsonObject) -> JsonObject:
    """What was not computed of either is said together."""
    missing = [*decision.get(NOT_COMPUTED, ()), *more.get(NOT_COMPUTED, ())]
    return {**decision, **more, **({NOT_COMPUTED: missing} if missing else {})}
