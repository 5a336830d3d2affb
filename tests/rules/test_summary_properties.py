"""What must hold of the summary of any rule set and any facts."""

from collections.abc import Iterator
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.decision import JsonObject, Node, Outcome, Verdict
from shared.own_json import compact_bytes
from shared.rules.criteria.quantified import AnyProject
from shared.rules.document import parse_document
from shared.rules.rule_set import RuleSet, decide, explain
from shared.rules.summary import MAX_BYTES, MOST_LINES, summary_of, why
from shared.rules.summary.lines import MOST_CHARACTERS

from .given import Json, read
from .strategies import customers, days, documents, partners

quick = settings(max_examples=150, deadline=None)


def told(document: Json, customer: Json, others: list[Json], on: date, most: int) -> tuple[RuleSet, Node, Outcome]:
    rules, facts = RuleSet.compile(parse_document(document), 1), read(customer, *others)
    return rules, explain(rules, *facts, on, most), decide(rules, *facts, on)


def every(lines: list[JsonObject]) -> Iterator[JsonObject]:
    for each in lines:
        yield each
        for together in each.get("oneOf", ()):
            yield from every(together)


def leaves(rules: RuleSet, node: Node) -> Iterator[Node]:
    """Each leaf that a reader may want to know: what is not needed is left out."""
    if node.not_needed:
        return
    children = [each for each in node.children if not each.not_needed]
    if not children:
        yield node
        return
    is_choice = node.required == "at least one"
    if is_choice and node.verdict is Verdict.MET and not isinstance(rules.criteria_by_id[node.id], AnyProject):
        children = [each for each in children if each.verdict is Verdict.MET][:1]
    for each in children:
        if each.verdict is node.verdict or not is_choice:  # a way that is refused beside one that is unknown is no way
            yield from leaves(rules, each)


numbers = st.sampled_from([2_000, 2_000, 40, 15])


@quick
@given(documents, customers, partners, days, numbers)
def test_it_is_a_few_short_lines_that_begin_with_the_verdict(
    document: Json, customer: Json, others: list[Json], on: date, most: int
) -> None:
    rules, tree, outcome = told(document, customer, others, on, most)
    found = summary_of(rules, tree, outcome, on)
    lines = list(every(found.lines))
    assert 1 <= len(lines) <= MOST_LINES
    assert len(compact_bytes(found.lines)) <= MAX_BYTES
    assert all(0 < len(each["text"]) <= MOST_CHARACTERS and each["text"].isprintable() for each in lines)
    assert found.lines[0]["verdict"] == tree.verdict.value
    start = {"met": "Eligible", "unmet": "Not eligible. ", "unknown": "Cannot be decided. "}[tree.verdict.value]
    assert found.lines[0]["text"].startswith(start)
    assert 0 < len(why(found.lines)) <= MOST_CHARACTERS
    assert all(len(each["oneOf"]) > 0 and all(each["oneOf"]) for each in lines if "oneOf" in each)


@quick
@given(documents, customers, partners, days)
def test_every_leaf_is_said_once_with_its_equals_or_counted(
    document: Json, customer: Json, others: list[Json], on: date
) -> None:
    rules, tree, outcome = told(document, customer, others, on, 2_000)
    found = summary_of(rules, tree, outcome, on)
    lines = [(each["verdict"], each["text"].lower()) for each in every(found.lines[1:])]
    wanted = [
        (leaf.verdict.value, rules.criteria_by_id[leaf.id].phrase(leaf, on).text.lower())
        for leaf in leaves(rules, tree)
    ]
    unsaid = [(verdict, text) for verdict, text in wanted if not any(verdict == a and text in b for a, b in lines)]
    assert len(unsaid) <= found.omitted <= len(wanted)
    assert found.omitted or not unsaid
    about = [line for line in lines if "is needed" not in line[1]]
    assert all(any(verdict == a and b in text for a, b in wanted) for verdict, text in about)


@quick
@given(documents, customers, partners, days)
def test_equals_are_said_once(document: Json, customer: Json, others: list[Json], on: date) -> None:
    rules, tree, outcome = told(document, customer, others, on, 2_000)
    for together in _lists(summary_of(rules, tree, outcome, on).lines[1:]):
        texts = [each["text"] for each in together]
        assert len(texts) == len(set(texts))


def _lists(lines: list[JsonObject]) -> Iterator[list[JsonObject]]:
    yield lines
    for each in lines:
        for together in each.get("oneOf", ()):
            yield from _lists(together)


@quick
@given(documents, customers, partners, days)
def test_what_decided_comes_before_what_else_is_so(
    document: Json, customer: Json, others: list[Json], on: date
) -> None:
    rules, tree, outcome = told(document, customer, others, on, 2_000)
    order = ["deciding", "unknown", "met"]
    lines = summary_of(rules, tree, outcome, on).lines[1:]
    kinds = ["deciding" if each["verdict"] == tree.verdict.value else each["verdict"] for each in lines]
    assert kinds == sorted(kinds, key=order.index)
