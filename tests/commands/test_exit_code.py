"""``--exit-code``: each command, run as a script runs it, says its answer by its status, and nothing else by that."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.host.ports import HOST, free_ports
from local.setup.steps import ROOT
from tests.commands.scripted_app import Script, scripted_app

SHIPPED = str(ROOT / "rule_sets" / "2023-02-13.json")
NO_PROBLEM = (404, {"title": "Not found", "detail": "no event has told of customer C-1"})
PARTNER = {"competencies": [{"validFrom": "2024-01-01"}], "designations": []}


def run(module: str, *words: str) -> int:
    command = [sys.executable, "-m", f"local.commands.{module}", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


def decided(status: str, verdict: str) -> Script:
    decision: dict[str, Any] = {"customerId": "C-1", "decidedOn": "2026-06-01", "ruleSetVersion": 1, "status": status}
    ahead = {"losesOn": None, "gainsOn": None, "nextChangeOn": None}
    answer = {**decision, **ahead, "criteria": {"verdict": verdict}, "summary": []}
    return {"GET customers/C-1/eligibility": (200, answer), "GET search": (200, {"items": [], "more": False})}


def compared(lost: int) -> Script:
    counts = {"gained": 0, "lost": lost, "changedProjects": 0, "changedReason": 0, "stayed": 1}
    stake = {"amount": "1", "currency": "USD"}
    question = {"id": "q", "state": "finished", "outOfDate": False, "done": 1, "of": 1, "difference": []}
    found = {**question, "counts": counts, "byCriterion": {}, "byPartner": {}, "spendAtStake": stake}
    losers = [{"customerId": "C-1", "spend": "1", "because": "Annual spend"}][:lost]
    customers = (200, {"items": losers, "next": None})
    return {
        **{"POST previews": (202, found), "GET previews/q": (200, found), "GET previews/q/customers": customers},
        **{"GET partners/P-1": (200, PARTNER), "GET rule-sets": (200, {"items": [], "next": None})},
        **{"POST rule-sets": (201, {"version": 2}), "POST rule-sets/2/preview": (202, found)},
        **{"GET rule-sets/2/previews/q": (200, found), "GET rule-sets/2/previews/q/customers": customers},
    }


def waiting(count: int) -> Script:
    groups = [{"count": count, "isAtLeast": False, "fault": "not JSON"}][:count]
    return {"GET quarantine/faults": (200, {"items": groups})}


LOSING = (
    ("losses", "--by", "2027-03-31"),
    ("what_if", "partner", "P-1", "--ends", "2027-03-31"),
    ("rules", "preview", SHIPPED),
)


@pytest.mark.parametrize(
    ("words", "script", "status"),
    [
        (("check_customer", "C-1"), decided("eligible", "met"), 0),
        (("check_customer", "C-1"), decided("ineligible", "unmet"), 10),
        (("check_customer", "C-1"), decided("ineligible", "unknown"), 11),
        *((words, compared(lost), 10 * lost) for words in LOSING for lost in (0, 1)),
        (("quarantine", "faults"), waiting(0), 0),
        (("quarantine", "faults"), waiting(1), 10),
    ],
)
def test_the_status_is_the_answer_if_that_is_asked_for_and_else_0(
    words: tuple[str, ...], script: Script, status: int
) -> None:
    with scripted_app(script) as url:
        assert run(*words, "--url", url, "--exit-code") == status
        assert run(*words, "--url", url) == 0


def test_documents_that_differ_end_with_10(tmp_path: Path) -> None:
    dearer = tmp_path / "dearer.json"
    dearer.write_text(Path(SHIPPED).read_text().replace('"300000"', '"320000"'))
    assert run("rules", "diff", SHIPPED, str(dearer), "--exit-code") == 10
    assert run("rules", "diff", SHIPPED, SHIPPED, "--exit-code") == 0


@pytest.mark.parametrize("words", [("check_customer", "C-1"), ("quarantine", "faults"), *LOSING], ids=" ".join)
def test_what_is_no_answer_has_the_status_that_it_has_without_the_option(words: tuple[str, ...]) -> None:
    nowhere = f"http://{HOST}:{free_ports(1)[0]}"
    assert run(*words, "--url", nowhere, "--exit-code") == 1
    assert run(*words, "--unheard-of", "--exit-code") == 2


def test_a_customer_that_is_not_known_is_no_answer() -> None:
    with scripted_app({"GET customers/C-1/eligibility": NO_PROBLEM}) as url:
        assert run("check_customer", "C-1", "--url", url, "--exit-code") == 1
