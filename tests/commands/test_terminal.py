"""What a command shows: nothing in it steers the terminal, and what cannot be meant or done is told in a line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.commands import check_customer, quarantine, rules
from local.commands.plain import plain
from tests.commands.scripted_app import scripted_app

ROOT = Path(__file__).parents[2]
STEERING = "red \x1b[31m\nnew line \u202e turned"
SHOWN = "red \\x1b[31m\\nnew line \\u202e turned"

type Out = pytest.CaptureFixture[str]


def rule_set(**changed: object) -> dict[str, Any]:
    made = {"version": 1, "state": "active", "inForce": True, "effectiveFrom": "2026-01-01", "author": "ada"}
    return {**made, "note": "", "sha256": "0" * 64, **changed}


def kept(number: int) -> dict[str, Any]:
    made = {"id": f"{number:032}", "at": "2026-06-01T06:00:00.000000Z", "state": "kept"}
    return {**made, "queue": "eligibility-events", "reason": "not JSON"}


def test_text_is_shown_whole_in_one_line_that_steers_nothing() -> None:
    assert plain(STEERING) == SHOWN
    assert plain("ein\u00a0Wort, zwei Wörter ✔ 日本") == "ein\u00a0Wort, zwei Wörter ✔ 日本"
    assert plain(plain(STEERING)) == SHOWN


def test_a_note_of_a_rule_set_stays_in_its_row(capsys: Out) -> None:
    page = {"items": [rule_set(version=2, note=STEERING), rule_set(author=STEERING)], "next": None}
    with scripted_app({"GET rule-sets": (200, page)}) as url:
        assert rules.main(["list", "--url", url]) == 0
    heading, second, first = capsys.readouterr().out.splitlines()
    assert second.endswith(SHOWN)
    assert SHOWN in first
    assert heading.index("NOTE") == second.index("red")


def test_a_refusal_is_told_in_its_own_lines(capsys: Out) -> None:
    errors = [{"path": "$.a", "message": STEERING}]
    problem = {"title": "Bad request", "detail": STEERING, "errors": errors}
    with scripted_app({"GET rule-sets": (400, problem)}) as url:
        assert rules.main(["list", "--url", url]) == 1
    assert capsys.readouterr().err.splitlines() == [f"dev: 400 Bad request: {SHOWN}", f"  $.a: {SHOWN}"]


def test_an_answer_that_is_not_the_apps_is_told_with_the_address_asked(capsys: Out) -> None:
    with scripted_app({"GET rule-sets": (404, "nothing here")}) as url:
        assert rules.main(["list", "--url", url]) == 1
    assert capsys.readouterr().err == f"dev: the app answered 404 to GET {url}/api/rule-sets?limit=100\n"


@pytest.mark.parametrize("url", ["http://127.0.0.1:7071/api", "http://127.0.0.1:7071?a=b", "http://127.0.0.1:70710"])
def test_an_address_that_cannot_be_the_apps_is_refused(url: str, capsys: Out) -> None:
    assert rules.main(["list", "--url", url]) == 1
    right = "give one such as http://127.0.0.1:7071, with no path"
    assert capsys.readouterr().err == f"dev: {url} is no address of an app, {right}\n"


@pytest.mark.parametrize(
    ("command", "arguments", "right"),
    [
        (check_customer.main, [""], "give one such as C-1001"),
        (check_customer.main, [".."], "give one such as C-1001"),
        (check_customer.main, ["C-1", "--on", "20261101"], "give a date such as 2026-03-02"),
        (check_customer.main, ["C-1", "--on", "2026-02-30"], "give a date such as 2026-03-02"),
        (rules.main, ["publish", "any.json", "--max-lost", "-1"], "give 0 or more"),
    ],
)
def test_what_cannot_be_meant_is_status_2_and_told_with_what_would_be_right(
    command: Callable[[list[str]], int], arguments: list[str], right: str, capsys: Out
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command(arguments)
    assert capsys.readouterr().err.endswith(f"{right}\n")


def test_putting_back_that_stops_half_way_says_how_many_went(capsys: Out) -> None:
    script = {
        "GET quarantine": (200, {"items": [kept(1), kept(2), kept(3)], "next": None}),
        f"POST quarantine/{1:032}/redrive": (200, {}),
        f"POST quarantine/{2:032}/redrive": (503, {"title": "Try again", "detail": "the storage does not answer"}),
    }
    with scripted_app(script) as url:
        assert quarantine.main(["redrive", "--all", "--url", url]) == 1
    told = capsys.readouterr()
    assert told.out.startswith(f"put back: {1:032} ")
    assert told.err.splitlines() == [
        "dev: 503 Try again: the storage does not answer",
        f"  stopped at {2:032}: 1 of 3 messages put back",
    ]


def test_a_refusal_that_has_nothing_to_do_with_how_many_lose_is_not_told_how_to_let_more(capsys: Out) -> None:
    preview = {"id": "p", "state": "finished", "done": 0, "counts": {}}
    told: dict[str, Any] = {"difference": [], "byCriterion": {}, "byPartner": {}}
    script = {
        "GET rule-sets": (200, {"items": [], "next": None}),
        "POST rule-sets": (200, {"version": 2}),
        "POST rule-sets/2/preview": (200, preview),
        "GET rule-sets/2/previews/p": (200, {**preview, **told}),
        "POST rule-sets/2/activate": (409, {"title": "Preview out of date", "detail": "preview again"}),
    }
    with scripted_app(script) as url:
        assert rules.main(["publish", str(ROOT / "rule_sets" / "2023-02-13.json"), "--url", url]) == 1
    assert capsys.readouterr().err == "dev: not published: 409 Preview out of date: preview again\n"


def test_a_reader_that_goes_away_ends_a_command_quietly() -> None:
    page = {"items": [rule_set()], "next": None}
    with scripted_app({"GET rule-sets": (200, page)}) as url:
        command = [sys.executable, "-m", "local.commands.rules", "list", "--url", url]
        buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
        with subprocess.Popen(
            command, cwd=ROOT, env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(30) == 141
