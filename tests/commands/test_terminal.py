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
    put_back = {
        "items": [{"id": f"{1:032}", "done": True}, {"id": f"{2:032}", "done": True}],
        "done": 2,
        "next": f"{2:032}",
    }
    stopped = {"title": "Try again", "detail": "the storage does not answer"}
    with scripted_app({"POST quarantine/redrive": [(200, put_back), (503, stopped)]}) as url:
        assert quarantine.main(["redrive", "--fault", "not JSON", "--url", url]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [f"put back: {1:032}", f"put back: {2:032}"]
    assert told.err.splitlines() == [
        "dev: 503 Try again: the storage does not answer",
        "  stopped: 2 messages put back",
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


def change(action: str, epoch: int, **told: str) -> dict[str, Any]:
    return {"action": action, "author": "", "note": "", "at": "2026-06-01T06:00:00.000000Z", "epoch": epoch, **told}


def activated(**changed: object) -> dict[str, Any]:
    """Version 2 as it is once it was activated with epoch 5, not everybody being decided again."""
    progress = {"epoch": 5, "done": 1, "of": 9, "changed": 0, "startedAt": "", "finishedAt": None, "supersededBy": None}
    return {**rule_set(version=2, changes=[change("activated", 5)], progress=progress, preview=None), **changed}


def publishing(then: dict[str, Any], **preview: object) -> dict[str, tuple[int, Any]]:
    """An app where version 2 is activated, and is like ``then`` when it is asked for again."""
    previewed = {"id": "p", "state": "finished", "outOfDate": False, "done": 0, "counts": {}, "difference": []}
    previewed |= {"byCriterion": {}, "byPartner": {}, **preview}
    newer = rule_set(version=3, effectiveFrom="2026-02-01", inForce=not then["inForce"])
    return {
        "GET rule-sets": (200, {"items": [newer], "next": None}),
        "POST rule-sets": (200, {"version": 2}),
        "POST rule-sets/2/preview": (200, previewed),
        "GET rule-sets/2/previews/p": (200, previewed),
        "POST rule-sets/2/activate": (200, activated()),
        "GET rule-sets/2": (200, then),
    }


def publish(script: dict[str, tuple[int, Any]], *options: str) -> int:
    with scripted_app(script) as url:
        return rules.main(["publish", str(ROOT / "rule_sets" / "2023-02-13.json"), "--url", url, *options])


SUPERSEDED = {**activated()["progress"], "supersededBy": {"version": 3, "action": "activated", "epoch": 6}}
AGAIN = {**activated()["progress"], "epoch": 7}


def test_publishing_that_another_change_supersedes_says_which_and_does_not_wait(capsys: Out) -> None:
    assert publish(publishing(activated(progress=SUPERSEDED))) == 0
    said = "superseded: version 3 was activated meanwhile (epoch 6), and everybody is decided again by that"
    assert f"{said}; see ./dev rules list\n" in capsys.readouterr().out


def test_publishing_that_is_superseded_by_what_outranks_it_has_status_1(capsys: Out) -> None:
    assert publish(publishing(activated(progress=SUPERSEDED, inForce=False))) == 1
    told = capsys.readouterr()
    assert "superseded: version 3 was activated meanwhile (epoch 6)" in told.out
    assert told.err.endswith("dev: version 2 is active, but version 3 outranks it\n")


def test_publishing_what_was_retired_and_activated_again_meanwhile_is_superseded(capsys: Out) -> None:
    changes = [change("activated", 7), change("retired", 6), change("activated", 5)]
    assert publish(publishing(activated(progress=AGAIN, changes=changes))) == 0
    assert "superseded: version 2 was activated meanwhile (epoch 7)" in capsys.readouterr().out


@pytest.mark.parametrize("finished", [None, "2026-06-01T06:00:00.000000Z"])
def test_publishing_what_was_retired_meanwhile_has_status_1_and_says_by_whom(finished: str | None, capsys: Out) -> None:
    changes = [change("retired", 6, author="bo", note=STEERING), change("activated", 5)]
    progress = {**activated()["progress"], "epoch": 6, "finishedAt": finished}
    then = activated(state="retired", inForce=False, changes=changes, progress=progress)
    assert publish(publishing(then)) == 1
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .startswith("dev: version 2 was published, and retired meanwhile by bo: red \\x1b[31m")
    )


def test_retiring_what_is_activated_again_meanwhile_has_status_1(capsys: Out) -> None:
    retired = activated(state="retired", inForce=False, changes=[change("retired", 6), change("activated", 5)])
    again = activated(changes=[change("activated", 7), *retired["changes"]], progress=AGAIN)
    script = publishing(again) | {"POST rule-sets/2/retire": (200, retired)}
    with scripted_app(script) as url:
        assert rules.main(["retire", "2", "--url", url]) == 1
    assert capsys.readouterr().err == "dev: version 2 was retired, and activated again meanwhile\n"


@pytest.mark.parametrize("command", ["preview", "publish"])
def test_a_preview_that_ends_as_out_of_date_is_told_with_status_1_and_nothing_is_changed(
    command: str, capsys: Out
) -> None:
    script = publishing(activated(), outOfDate=True, done=40)
    del script["POST rule-sets/2/activate"]  # it is not asked for
    with scripted_app(script) as url:
        assert rules.main([command, str(ROOT / "rule_sets" / "2023-02-13.json"), "--url", url]) == 1
    told = capsys.readouterr()
    assert "By criterion" not in told.out
    assert told.err == (
        "dev: preview out of date: the rules changed while version 2 was previewed, after 40 customers; "
        "nothing was changed, run the command again\n"
    )


def test_the_age_of_the_preview_that_a_change_was_held_against_is_said(capsys: Out) -> None:
    held = {"id": "p", "startedAt": "2026-06-01T06:00:00.000000Z", "ageSeconds": 71}
    progress = {**activated()["progress"], "done": 9, "finishedAt": "2026-06-01T06:01:00.000000Z"}
    script = publishing(activated(progress=progress))
    script["POST rule-sets/2/activate"] = (200, activated(preview=held))
    assert publish(script) == 0
    assert "\nby the preview of 2026-06-01T06:00:00.000000Z, 71 s old: later facts are not in its counts\n" in (
        capsys.readouterr().out
    )


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


def test_where_the_rules_were_lost_publishing_says_how_to_do_without_a_preview(capsys: Out) -> None:
    missing = (503, {"title": "Rules missing", "detail": "no rule set is in force and there are customers"})
    lost = {**publishing(activated()), "GET rule-sets": (200, {"items": [], "next": None})}
    assert publish({**lost, "POST rule-sets/2/preview": missing}) == 1
    assert capsys.readouterr().err.splitlines() == [
        "dev: not published: 503 Rules missing: no rule set is in force and there are customers",
        "  say --unpreviewed to put it in force without a preview",
    ]
    assert publish(lost, "--unpreviewed", "--no-wait") == 0
    assert "version 2 is active" in capsys.readouterr().out


def test_where_rules_are_in_force_none_is_published_without_a_preview(capsys: Out) -> None:
    in_force = {**publishing(activated()), "GET rule-sets": (200, {"items": [rule_set(inForce=True)], "next": None})}
    assert publish(in_force, "--unpreviewed") == 1
    assert capsys.readouterr().err == "dev: not published: a rule set is in force, leave out --unpreviewed\n"
