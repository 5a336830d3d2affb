"""Quarantine from the command line, against a running app: listed, shown without harm to a terminal, put back."""

from collections.abc import Iterator

import pytest

from local.commands import quarantine
from tests import events
from tests.system.running_system import RunningSystem, running_system

NO_EVENT = b'{"a": "\\u001b[31m"}'
STEERING = b"\x1b]0;owned\x07 not JSON"
NOT_TEXT = b"\xff\xfe"

type Out = pytest.CaptureFixture[str]


@pytest.fixture
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """An app that keeps three messages, and has handled one."""
    with running_system(tmp_path_factory.mktemp("app") / "log") as running:
        for message in (NO_EVENT, STEERING, NOT_TEXT, events.spend()):
            running.send(message)
        running.host.settle()
        yield running


def states(system: RunningSystem) -> list[tuple[str, int]]:
    return sorted((each["state"], each["count"]) for each in system.every("quarantine"))


def run(system: RunningSystem, *arguments: str) -> int:
    return quarantine.main([*arguments, "--url", system.host.url])


def test_messages_are_listed_shown_and_put_back(system: RunningSystem, capsys: Out) -> None:
    assert run(system, "list") == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == "3 messages"
    by_id = {each["id"]: each for each in system.every("quarantine")}
    assert [line.split()[0] for line in lines] == list(by_id)
    for message_id, message in by_id.items():
        assert run(system, "show", message_id) == 0
        shown = capsys.readouterr().out
        assert all(line.isprintable() for line in shown.splitlines()), "nothing in it steers the terminal"
        assert f"reason    {message['reason']}\n" in shown
        assert all(each["path"] in shown for each in message["errors"])
        assert shown.endswith("bodyBase64:\n//4=\n") == ("bodyBase64" in message)
    _dry_runs_put_nothing_back(system, next(iter(by_id)), capsys)
    _one_is_put_back(system, next(iter(by_id)), capsys)
    assert run(system, "redrive", "--all") == 0
    assert capsys.readouterr().out.endswith("3 messages put back\n")
    system.host.settle()
    assert states(system) == [("kept", 2), ("kept", 2), ("kept", 3)], "none of them can ever succeed"


def _dry_runs_put_nothing_back(system: RunningSystem, message_id: str, capsys: Out) -> None:
    assert run(system, "redrive", "--all", "--dry-run") == 0
    assert capsys.readouterr().out.endswith("3 messages would be put back\n")
    assert run(system, "redrive", message_id, "--dry-run") == 0
    assert capsys.readouterr().out.endswith("1 messages would be put back\n")
    system.host.settle()
    assert states(system) == [("kept", 1)] * 3


def _one_is_put_back(system: RunningSystem, message_id: str, capsys: Out) -> None:
    assert run(system, "redrive", message_id) == 0
    assert capsys.readouterr().out.startswith(f"put back: {message_id}  ")
    system.host.settle()
    assert states(system) == [("kept", 1), ("kept", 1), ("kept", 2)], "it failed again and was counted"


def test_what_is_not_there_or_not_asked_rightly_is_told(system: RunningSystem, capsys: Out) -> None:
    for command in (["show"], ["redrive"], ["redrive", "--dry-run"]):
        assert run(system, *command, "0" * 32) == 1
        assert capsys.readouterr().err.startswith("dev: no message 000")
    for arguments in ([], ["redrive"], ["redrive", "x", "--all"]):
        with pytest.raises(SystemExit):
            quarantine.main(arguments)
