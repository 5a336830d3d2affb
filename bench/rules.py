"""CPU per decision: the rule set as data against the same rules in plain Python and in rule engines.

Status 1 if any two disagree on any customer. All decide the same customers in one run, a portion at a time in random
order, so that a noisy neighbour disturbs all alike; a ratio is the median of the portions' ratios. "Facts handed over
before": converting them for the engine is left out of its time, though every event would have to do it again.

The engines are not among the project's packages: ``./dev bench rules --install`` puts the pinned ones into
.tools/bench, and without it those that are missing are named and left out.
"""

import argparse
import gc
import json
import site
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from bench import _business_rules, _hard_coded, _peers, _slow_peers
from bench._contestants import BASE, PLAIN, Contestant, Projects, results, show
from bench._figures import file_of, keep
from bench._joined import joined
from bench._population import ON, Population, population
from local.setup.uv import find_uv
from shared.domain.customer import Customer
from shared.domain.decision import Assessment, Outcome, Status
from shared.rules.document import parse_document
from shared.rules.forecast import Rules, assess
from shared.rules.rule_set import RuleSet, decide, explain
from shared.rules.would_help import Situation, would_help

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".tools" / "bench"
PINS = ROOT / "bench" / "requirements.txt"
_ENGINES = (
    _peers.zen,
    _peers.cel,
    _peers.datalogic,
    _business_rules.business_rules,
    _slow_peers.openfisca,
    _slow_peers.rule_engine,
)
_PORTIONS, _WARM_UP = 20, 100
_COMPILED = RuleSet.compile(parse_document(json.loads((ROOT / "rule_sets" / "2023-02-13.json").read_text("utf-8"))), 1)


def ours(people: Population) -> list[Contestant]:
    partners, rules = people.partners, Rules(_COMPILED)

    def explain_and_help(customer: Customer) -> None:
        explain(_COMPILED, customer, partners, ON)
        would_help(Situation(rules, customer, partners, ON))

    return [
        Contestant(BASE, lambda each: decide(_COMPILED, each, partners, ON), _projects),
        Contestant(PLAIN, lambda each: _hard_coded.decide(each, partners, ON), _projects),
        Contestant("decide, and the next change", lambda each: assess(rules, each, partners, ON), _of_assessment),
        Contestant("explain, the whole tree", lambda each: explain(_COMPILED, each, partners, ON), None, share=0.2),
        Contestant("explain and would_help", explain_and_help, None, share=0.05),
    ]


def _of_assessment(assessment: Assessment) -> Projects:
    return _projects(assessment.outcome)


def _projects(outcome: Outcome) -> Projects:
    return list(outcome.eligible_projects) if outcome.status is Status.ELIGIBLE else []


def engines(people: Population) -> Iterator[Contestant]:
    """Those installed; the missing are named."""
    if PEERS.exists():
        for folder in PEERS.glob("lib/python*/site-packages"):
            site.addsitedir(str(folder))
    for make in _ENGINES:
        try:
            peers = make()
        except ImportError as missing:
            print(f"left out: {missing}; ./dev bench rules --install brings it", file=sys.stderr)
            continue
        for peer in peers:
            yield Contestant(peer.title, peer.decide, sorted, _prepared(peer, people), peer.share, peer.many)


def _prepared(peer: _peers.Peer, people: Population) -> Callable[[Sequence[Customer]], Any]:
    def prepare(customers: Sequence[Customer]) -> Any:
        facts = [joined(each, people.partners, ON) for each in customers]
        return peer.prepare(facts) if peer.many else [peer.prepare(each) for each in facts]

    return prepare


def measure(contestant: Contestant, customers: Sequence[Customer], expected: Sequence[Projects]) -> None:
    count = max(1, round(len(customers) * contestant.share))
    given = contestant.prepare(customers[:count])
    if not contestant.many:
        _each(contestant, given[:_WARM_UP])
    gc.collect()
    started = time.process_time()
    found = contestant.decide(given) if contestant.many else _each(contestant, given)
    spent = time.process_time() - started
    if contestant.judge is not None:
        verdicts = [contestant.judge(each) for each in found]
        contestant.disagreed += sum(one != other for one, other in zip(verdicts, expected[:count], strict=True))
    contestant.microseconds.append(spent / count * 1e6)
    contestant.decided += count


def _each(contestant: Contestant, given: Sequence[Any]) -> list[Any]:
    """What it decided; of what has no outcome nothing is kept, or its reasons would fill the memory."""
    run = contestant.decide
    if contestant.judge is not None:
        return [run(each) for each in given]
    for each in given:
        run(each)
    return []


def compare(contestants: Sequence[Contestant], people: Population) -> None:
    size = -(-len(people.customers) // _PORTIONS)
    random, order = Random(1), list(contestants)
    for start in range(0, len(people.customers), size):
        portion = people.customers[start : start + size]
        expected = [_projects(_hard_coded.decide(each, people.partners, ON)) for each in portion]
        random.shuffle(order)
        for contestant in order:
            measure(contestant, portion, expected)


def install() -> None:
    """The engines of bench/requirements.txt, by their hashes, into an environment of their own."""
    uv = find_uv()
    if uv is None:
        raise SystemExit("installing needs uv; ./dev setup brings it where pip can")
    subprocess.run([uv, "venv", "--clear", "--python", sys.executable, PEERS], check=True)
    subprocess.run([uv, "pip", "sync", "--require-hashes", "--python", PEERS, PINS], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench rules", description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000, help="how many random customers (100,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, default=file_of("rules"), help="where results go")
    parser.add_argument("--install", action="store_true", help="install the rule engines first")
    chosen = parser.parse_args()
    if chosen.install:
        install()
    people = population(chosen.customers, chosen.seed)
    contestants = [*ours(people), *engines(people)]
    gc.collect()
    gc.freeze()
    compare(contestants, people)
    rows = results(contestants)
    show(rows)
    eligible = sum(bool(_projects(decide(_COMPILED, each, people.partners, ON))) for each in people.customers)
    about = {"customers": len(people.customers), "eligible": eligible, "seed": chosen.seed}
    print(f"\n{eligible} of {len(people.customers)} customers are eligible")
    keep(chosen.json, rows, **about)
    return 1 if any(each.disagreed for each in contestants) else 0


if __name__ == "__main__":
    sys.exit(main())
