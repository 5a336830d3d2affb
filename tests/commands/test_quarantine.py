"""Quarantine from the command line, against a running app: listed, shown without harm to a terminal, put back,
closed, corrected; as the guide of operating it says."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.commands import quarantine
from tests import events
from tests.host.hosts import ROOT
from tests.system.running_system import RunningSystem, running_system

NO_EVENT = b'{"a": "\\u001b[31m"}'
STEERING = b"\x1b]0;owned\x07 not JSON"
NOT_TEXT = b"\xff\xfe"
WRONG = events.spend(customer="C-2", amount="1e9")

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
    *lines, last = capsys.readouterr().out.splitlines()
    assert (len(lines), last) == (3, "0 messages put back")
    assert all(line.startswith("not put back: ") for line in lines)
    system.host.settle()
    assert states(system) == [("kept", 1), ("kept", 1), ("kept", 2)], "none of them can ever succeed"


def _dry_runs_put_nothing_back(system: RunningSystem, message_id: str, capsys: Out) -> None:
    for options, status in ((["--all"], 0), ([message_id], 1)):
        assert run(system, "redrive", *options, "--dry-run") == status
        assert capsys.readouterr().out.endswith("\n0 messages would be put back\n")
    system.host.settle()
    assert states(system) == [("kept", 1)] * 3


def _one_is_put_back(system: RunningSystem, message_id: str, capsys: Out) -> None:
    assert run(system, "redrive", message_id) == 0
    assert capsys.readouterr().out.startswith(f"put back: {message_id}  ")
    system.host.settle()
    assert states(system) == [("kept", 1), ("kept", 1), ("kept", 2)], "it failed again and was counted"


def test_what_is_not_there_or_not_asked_rightly_is_told(system: RunningSystem, capsys: Out, tmp_path: Path) -> None:
    absent = "0" * 32
    for command in (["show", absent], ["redrive", absent], ["resubmit", absent, str(tmp_path / "none.json")]):
        assert run(system, *command) == 1
        assert capsys.readouterr().err.startswith(("dev: 404 Not found: no message 000", "dev: cannot read "))
    for command in (["redrive", absent, "--dry-run"], ["close", absent, "--reason", "a test"]):
        assert run(system, *command) == 1
        assert "it is not in quarantine" in capsys.readouterr().out
    for arguments in ([], ["redrive"], ["redrive", "x", "--all"], ["close", "x"], ["close", "--reason", "a test"]):
        with pytest.raises(SystemExit):
            quarantine.main(arguments)


GUIDE = ROOT / "docs" / "how-to" / "operate.md"


def guided() -> list[list[str]]:
    """The commands of the guide's section, in order."""
    _, _, section = GUIDE.read_text().partition("\n## Quarantine\n")
    lines = section.partition("\n## ")[0].splitlines()
    return [shlex.split(line)[2:] for line in lines if line.strip().startswith("./dev quarantine ")]


def test_who_follows_the_guide_clears_the_quarantine(
    system: RunningSystem, capsys: Out, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    system.send(WRONG)
    system.host.settle()
    (wrong,) = [each["id"] for each in system.every("quarantine") if each.get("body") == WRONG.decode()]
    Path("corrected.json").write_bytes(events.spend(customer="C-2", amount="1000000000"))
    faults = {each["id"]: each["fault"] for each in system.every("quarantine")}
    placed = {"ID": [wrong], "FAULT": sorted(set(faults.values()) - {faults[wrong]})}
    for command in guided():
        found = next((name for name in placed if name in command), "")
        for value in placed.get(found, [""]):
            assert run(system, *(value if each == found else each for each in command)) == 0, command
            capsys.readouterr()
    system.host.settle()
    assert states(system) == [("closed", 1), ("closed", 1), ("closed", 1), ("resubmitted", 1)]
    assert run(system, "faults") == 0
    assert capsys.readouterr().out == "0 messages wait\n"
    assert run(system, "show", wrong) == 0
    assert "resubmitted 20" in capsys.readouterr().out
