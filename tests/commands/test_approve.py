"""``./dev rules approve`` against an app that answers as the real one does."""

import pytest

from local.commands import rules
from tests.commands.scripted_app import scripted_app

type Out = pytest.CaptureFixture[str]

APPROVED = {
    "version": 2,
    "approvals": 1,
    "approvalsNeeded": 2,
    "approvedBy": [
        {
            "action": "activate",
            "by": "bo@example.com",
            "at": "2026-11-28T09:12:44.018204Z",
            "note": "as\u001b[31m agreed",
        }
    ],
}
OWN = {
    "title": "Own version",
    "status": 409,
    "detail": "you are the author of version 2; somebody else has to approve it",
}


def run(url: str, *arguments: str) -> int:
    return rules.main(["approve", *arguments, "--url", url])


def test_an_approval_is_printed_with_how_many_there_are_of_how_many(capsys: Out) -> None:
    with scripted_app({"POST rule-sets/2/approve": (200, APPROVED)}) as url:
        assert run(url, "2", "activate", "--note", "agreed") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "activate of version 2 is approved: 1 of 2 needed"
    assert second.startswith("   bo@example.com  2026-11-28T09:12:44.018204Z  as")
    assert second.isprintable(), "nothing in it steers the terminal"


def test_what_is_refused_is_said_in_a_line_with_status_1(capsys: Out) -> None:
    with scripted_app({"POST rule-sets/2/approve": (409, OWN)}) as url:
        assert run(url, "2", "retire") == 1
    said = capsys.readouterr().err
    assert "409 Own version: you are the author of version 2; somebody else has to approve it" in said


def test_an_action_that_there_is_not_is_refused_before_anything_is_asked(capsys: Out) -> None:
    with pytest.raises(SystemExit) as ended:
        run("http://127.0.0.1:9", "2", "publish")
    assert ended.value.code == 2
    assert "activate" in capsys.readouterr().err
