"""Golden cases of a rule set: facts, a date, and what must come out.

A criterion asked several times is met if it is met once, else unknown if it is unknown once.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from shared.domain.customer import Customer
from shared.domain.decision import JsonObject, Node, Outcome, Verdict
from shared.domain.gathered import customer_from, partner_from
from shared.domain.partner import Partner
from shared.errors import MemberError, PermanentError
from shared.rules.checks import (
    DAY,
    IDENTIFIER,
    TITLE,
    Faults,
    Reads,
    add_unknown,
    list_of,
    member,
    one_of,
    read_list,
    read_object,
    shown,
    without_repeats,
)
from shared.rules.criteria.base import BEST_FIRST
from shared.rules.given_facts import add_given_faults
from shared.rules.rule_set import MAX_WORK, RuleSet, decide, explain, work_of
from shared.rules.summary import summary_of, why_of

MOST_CASES = 200
MAX_CASES_BYTES = 256 * 1024
"""Of those stored with a rule set, as JSON."""


@dataclass(frozen=True)
class Case:
    """What is expected of one customer on one day; what is None is not looked at."""

    path: str
    title: str
    on: date
    customer: Customer
    partners: Mapping[str, Partner]
    status: str | None = None
    eligible_projects: tuple[str, ...] | None = None
    criteria: Mapping[str, Verdict] | None = None


def parse_cases(value: object, path: str = "$.cases") -> list[Case]:
    """The checked cases; raises ``PermanentError`` naming every fault."""
    faults = Faults()
    if isinstance(value, list) and len(value) > MOST_CASES:
        faults.add(path, f"holds {len(value)} cases, write at most {MOST_CASES}")
        raise PermanentError("too many cases", faults.all())
    read = read_list(partial(read_object, _CASE), value, path, faults)
    if faults.count:
        raise PermanentError("not cases of a rule set", faults.all())
    return [_case_of(each, f"{path}[{index}]") for index, each in enumerate(read)]


def failures(rule_set: RuleSet, cases: Sequence[Case]) -> list[MemberError]:
    """Every difference between what the cases expect and what the rule set finds; or why they are not run."""
    if too_many := too_much(rule_set, cases):
        return [too_many]
    return [failure for case in cases for failure in failures_of(rule_set, case)]


def too_much(rule_set: RuleSet, cases: Sequence[Case]) -> MemberError | None:
    """Why they are not run, if they are not."""
    steps = 0
    for case in cases:
        steps += work_of(rule_set, case.customer, case.partners)
        if steps > MAX_WORK:
            said = f"makes it {steps} steps to decide and explain; write fewer facts, at most {MAX_WORK} are taken"
            return MemberError(case.path, said)
    return None


def failures_of(rule_set: RuleSet, case: Case) -> Iterator[MemberError]:
    """Every difference between what a case expects and what the rule set finds."""
    facts = (case.customer, case.partners, case.on)
    outcome, tree = decide(rule_set, *facts), explain(rule_set, *facts)
    why = summary_of(rule_set, tree, outcome, case.on).why
    yield from _outcome_failures(case, outcome, why)
    known, asked = {each.id for each in rule_set.document.criteria.with_all_below()}, _asked(tree)
    for name, expected in (case.criteria or {}).items():
        where = member(f"{case.path}.expect.criteria", name)
        if name not in known:
            yield MemberError(where, f"{shown(name)} is no criterion of this rule set, write one of {_few(known)}")
        elif name not in asked:
            yield MemberError(where, f"expected {expected}, was never asked ({why})")
        elif asked[name].verdict is not expected:
            node = asked[name]
            yield MemberError(where, f"expected {expected}, found {node.verdict} ({why_of(rule_set, node, case.on)})")


def _outcome_failures(case: Case, outcome: Outcome, why: str) -> Iterator[MemberError]:
    where = f"{case.path}.expect"
    if case.status and case.status != outcome.status:
        yield MemberError(f"{where}.status", f"expected {case.status}, found {outcome.status} ({why})")
    if case.eligible_projects is not None and case.eligible_projects != outcome.eligible_projects:
        expected, projects = (json.dumps(each) for each in (case.eligible_projects, outcome.eligible_projects))
        yield MemberError(f"{where}.eligibleProjects", f"expected {expected}, found {projects} ({why})")


def _asked(tree: Node) -> dict[str, Node]:
    """Each criterion's best node, the first of equals."""
    best: dict[str, Node] = {}
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        known = best.get(node.id)
        if known is None or BEST_FIRST.index(node.verdict) < BEST_FIRST.index(known.verdict):
            best[node.id] = node
        waiting.extend(reversed(node.children))
    return best


def _few(names: set[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:20]) + (", ..." if len(listed) > 20 else "")


def _case_of(read: JsonObject, path: str) -> Case:
    facts, expect = read["facts"], read["expect"]
    projects, criteria = expect.get("eligibleProjects"), expect.get("criteria")
    return Case(
        path,
        read["title"],
        read["on"],
        customer_from(facts.get("customer") or {}),
        {each["partnerId"]: partner_from(each) for each in facts.get("partners") or []},
        expect.get("status"),
        None if projects is None else tuple(sorted(projects)),
        criteria and {name: Verdict(verdict) for name, verdict in criteria.items()},
    )


def _facts(value: object, path: str, faults: Faults) -> object:
    add_given_faults(value, path, faults)
    return value


def _expect(value: object, path: str, faults: Faults) -> JsonObject:
    if not isinstance(value, dict):
        faults.add(path, f"{shown(value)} is not an object, write {{...}} with {', '.join(_EXPECT)}")
        return {}
    given = {name: each for name, each in value.items() if each is not None}
    if not given:
        faults.add(path, f"asserts nothing, write at least one of {', '.join(_EXPECT)}")
    elif given == {"criteria": {}}:
        faults.add(f"{path}.criteria", 'asserts nothing, write at least one, for example {"annual-spend": "met"}')
    add_unknown(given, path, _EXPECT, faults)
    return {name: check(given[name], f"{path}.{name}", faults) for name, check in _EXPECT.items() if name in given}


def _verdicts(value: object, path: str, faults: Faults) -> dict[str, str]:
    if not isinstance(value, dict):
        faults.add(path, f'{shown(value)} is not an object, write for example {{"annual-spend": "met"}}')
        return {}
    return {name: _verdict(each, member(path, name), faults) for name, each in value.items()}


_verdict = one_of(*Verdict)
_EXPECT: Reads = {
    "status": one_of("eligible", "ineligible"),
    "eligibleProjects": without_repeats(list_of(IDENTIFIER)),
    "criteria": _verdicts,
}
_CASE: Reads = {"title": TITLE, "on": DAY, "facts": _facts, "expect": _expect}
