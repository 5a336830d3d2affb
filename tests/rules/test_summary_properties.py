"""What must hold of the summary of any rule set and any facts."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.decision import JsonObject, Node, Outcome, Verdict
from shared.own_json import compact_bytes
from shared.rules.criteria.quantified import AnyProject
from shared.rules.document import parse_document
from shared.rules.rule_set import RuleSet, decide, explain
from shared.rules.summary import MAX_BYTES, MOST_CHARACTERS, MOST_LINES, summary_of

from .given import Json, read
from .strategies import customers, days, documents, partners

quick = settings(max_examples=60, deadline=None)


def told(document: Json, customer: Json, others: list[Json], on: date, most: int) -> tuple[RuleSet, Node, Outcome]:
    rules, facts = RuleSet.compile(parse_document(document), 1), read(customer, *others)
    return rules, explain(rules, *facts, on, most), decide(rules, *facts, on)


def every(lines: list[JsonObject]) -> Iterator[JsonObject]:
    for each in lines:
        yield each
        for together in each.get("oneOf", ()):
            yield from every(together)


def leaves(rules: RuleSet, tree: Node) -> Iterator[Node]:
    """Each leaf that a reader may want to know: what is not needed is left out."""
    yield from reasons(rules, tree)
    yield from overridden(rules, tree)


def reasons(rules: RuleSet, node: Node, *, beside: bool = True) -> Iterator[Node]:
    """Why it has its verdict, and what else is so ``beside``."""
    if node.not_needed:
        return
    children = [each for each in node.children if not each.not_needed]
    if not children:
        yield node
        return
    is_choice = node.required == "at least one"
    if is_choice and node.verdict is Verdict.MET and not isinstance(rules.criteria_by_id[node.id], AnyProject):
        met = [each for each in children if each.verdict is Verdict.MET]
        children = sorted(met, key=lambda each: each.by_exception)[:1]
    elif is_choice:
        children = [each for each in children if not never_granted(rules, each)] or children
    for each in children:  # a way that is refused beside one that is unknown is no way
        if each.verdict is node.verdict or (beside and not is_choice):
            yield from reasons(rules, each, beside=beside)


def overridden(rules: RuleSet, node: Node) -> Iterator[Node]:
    """Of what is met by exception: what is lacking without."""
    if not node.by_exception:
        return
    lacking = [each for each in node.children if each.verdict is not Verdict.MET and not never_granted(rules, each)]
    if node.required == "all" or not lacking:
        yield from (leaf for each in node.children for leaf in overridden(rules, each))
        return
    for each in [each for each in lacking if each.verdict is Verdict.UNKNOWN] or lacking:
        yield from reasons(rules, each, beside=False)


def never_granted(rules: RuleSet, node: Node) -> bool:
    return rules.criteria_by_id[node.id].asks_for_exception and node.actual is None


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
    assert 0 < len(found.why) <= MOST_CHARACTERS
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
    order = ["deciding", "unmet", "unknown", "met"] if outcome.by_exception else ["deciding", "unknown", "met"]
    lines = summary_of(rules, tree, outcome, on).lines[1:]
    kinds = ["deciding" if each["verdict"] == tree.verdict.value else each["verdict"] for each in lines]
    assert kinds == sorted(kinds, key=order.index)


class Leaf(NamedTuple):
    """What one leaf of the tree says, and of which project and partner; "" if of none."""

    verdict: str
    text: str
    detail: str
    project: str
    partner: str


def all_leaves(rules: RuleSet, node: Node, on: date, project: str = "", partner: str = "") -> Iterator[Leaf]:
    subject = node.subject or {}
    project, partner = subject.get("project", project), subject.get("partner", partner)
    if not node.children:
        text, detail = rules.criteria_by_id[node.id].phrase(node, on)
        yield Leaf(node.verdict.value, text, detail, project, partner)
    for each in node.children:
        yield from all_leaves(rules, each, on, project, partner)


EACH_ITS_OWN = ("each with its own partner)", "each project with its own partner)")


@quick
@given(documents, customers, partners, days)
def test_a_line_is_so_of_everything_that_it_names(document: Json, customer: Json, others: list[Json], on: date) -> None:
    """Of each partner and project, and of each pair of them if it does not say otherwise."""
    rules, tree, outcome = told(document, customer, others, on, 2_000)
    leaves = list(all_leaves(rules, tree, on))
    for each in every(summary_of(rules, tree, outcome, on).lines[1:]):
        if "needed" in each["text"] and ": one of " in each["text"]:
            continue
        same = [leaf for leaf in leaves if leaf.verdict == each["verdict"] and says(each["text"], leaf)]
        subject = each.get("subject", {})
        projects, implementers = subject.get("projects", [""]), subject.get("partners", [""])
        pairs = {(project, one) for project in projects for one in implementers}
        if each["text"].endswith(EACH_ITS_OWN):
            of_one = {(project, "") for project in projects} | {("", one) for one in implementers}
            assert of_one <= {pair for leaf in same for pair in ((leaf.project, ""), ("", leaf.partner))}
        else:
            assert all(any(is_of(leaf, *pair) for leaf in same) for pair in pairs), each


def says(text: str, leaf: Leaf) -> bool:
    return leaf.text.lower() in text.lower()


def is_of(leaf: Leaf, project: str, partner: str) -> bool:
    return project in ("", leaf.project) and partner in ("", leaf.partner)


@quick
@given(documents, customers, partners, days)
def test_a_date_is_said_of_those_alone_for_which_it_is_the_same(
    document: Json, customer: Json, others: list[Json], on: date
) -> None:
    rules, tree, outcome = told(document, customer, others, on, 2_000)
    leaves = list(all_leaves(rules, tree, on))
    for each in every(summary_of(rules, tree, outcome, on).lines[1:]):
        subject = each.get("subject", {})
        about = [
            leaf
            for leaf in leaves
            if leaf.detail and leaf.verdict == each["verdict"] and says(each["text"], leaf)
            if leaf.project in subject.get("projects", ()) and leaf.partner in subject.get("partners", [leaf.partner])
        ]
        if any(f"{leaf.text}{leaf.detail}".lower() in each["text"].lower() for leaf in about):
            assert len({leaf.detail for leaf in about}) == 1


def met_if(node: Node, rules: RuleSet, on: date, said: set[str]) -> bool:
    """Whether the node is met once every leaf is that one of these lines is about."""
    if not node.children:
        text = rules.criteria_by_id[node.id].phrase(node, on).text.lower()
        return node.verdict is Verdict.MET or any(text in each for each in said)
    met = [met_if(each, rules, on, said) for each in node.children]
    return any(met) if node.required == "at least one" else all(met)


def one_way(lines: list[JsonObject], last: bool) -> Iterator[str]:
    """The lines that are needed if of each choice the first alternative is taken, or the last."""
    for each in lines:
        if "oneOf" in each:
            yield from one_way(each["oneOf"][-1 if last else 0], last)
        else:
            yield each["text"].lower()


@quick
@given(documents, customers, partners, days, st.booleans())
def test_what_it_says_is_missing_or_not_known_is_all_that_is_whichever_alternative_is_taken(
    document: Json, customer: Json, others: list[Json], on: date, last: bool
) -> None:
    rules, tree, outcome = told(document, customer, others, on, 2_000)
    found = summary_of(rules, tree, outcome, on)
    if tree.verdict is Verdict.MET or found.omitted:
        return
    lacking = [each for each in found.lines[1:] if each["verdict"] != "met"]
    assert met_if(tree, rules, on, set(one_way(lacking, last)))
