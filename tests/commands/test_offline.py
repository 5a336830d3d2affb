"""Commands that need no app: validate, diff and replay."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.commands import replay, rules
from shared.api.customers import get_recorded
from tests import events
from tests.world import World

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "rule_sets" / "2023-02-13.json"

type Out = pytest.CaptureFixture[str]


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A copy of the shipped document without its cases, to be changed."""
    return Path(shutil.copy(SHIPPED, tmp_path / "mine.json"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("path", sorted((ROOT / "rule_sets").glob("*.json")), ids=lambda path: path.name)
def test_every_document_in_rule_sets_is_valid_with_its_cases(path: Path, capsys: Out) -> None:
    assert rules.main(["validate", str(path)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"valid: {path}, in force from {path.stem}\n")
    cases = len(list((ROOT / "rule_sets" / "cases" / path.stem).iterdir()))
    assert f"{cases} golden cases come out as they say" in told


def test_a_broken_document_is_refused_with_every_fault_and_its_path(document: Path, capsys: Out) -> None:
    change(document, '"300000"', '"300,000"')
    change(document, '"currency": "USD"', '"currency": "usd"')
    assert rules.main(["validate", str(document)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"dev: {document} is not a rule set:\n" in told.err
    assert '  $.currency: "usd" is not a currency code of three capital letters, write "USD"\n' in told.err
    assert '  $.criteria.criteria[0].amount: "300,000" is not a decimal, write "300000"\n' in told.err


@pytest.mark.parametrize(("text", "why"), [("{", "not JSON"), ('{"a":1,"a":2}', "stands twice")])
def test_a_file_that_is_not_json_is_refused(document: Path, text: str, why: str, capsys: Out) -> None:
    document.write_text(text)
    assert rules.main(["validate", str(document)]) == 1
    assert why in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: Out) -> None:
    assert rules.main(["validate", str(tmp_path / "none.json")]) == 1
    assert "none.json cannot be read: No such file" in capsys.readouterr().err
    assert rules.main(["validate", str(SHIPPED), "--cases", str(tmp_path / "none")]) == 1
    assert "none cannot be read: there is no such file or folder" in capsys.readouterr().err


def test_a_case_that_comes_out_otherwise_is_told_by_its_file(document: Path, capsys: Out) -> None:
    shutil.copytree(SHIPPED.parent / "cases" / SHIPPED.stem, document.parent / "cases" / "mine")
    assert rules.main(["validate", str(document)]) == 0
    change(document, '"300000"', '"300001"')
    assert rules.main(["validate", str(document)]) == 1
    told = capsys.readouterr().err
    assert (
        f"{document.parent}/cases/mine/gold-partner.json: $.expect.status: expected eligible, found ineligible" in told
    )


def test_cases_may_be_a_list_in_one_file(document: Path, capsys: Out) -> None:
    case = json.loads((SHIPPED.parent / "cases" / SHIPPED.stem / "gold-partner.json").read_text())
    cases = document.parent / "list.json"
    cases.write_text(json.dumps([case, case | {"expect": {"status": "ineligible"}}, {"title": "empty"}]))
    assert rules.main(["validate", str(document), "--cases", str(cases)]) == 1
    assert f"{cases}[2]: $.facts: " in capsys.readouterr().err
    cases.write_text(json.dumps([case, case | {"expect": {"status": "ineligible"}}]))
    assert rules.main(["validate", str(document), "--cases", str(cases)]) == 1
    assert f"{cases}[1]: $.expect.status: expected ineligible, found eligible" in capsys.readouterr().err


def test_a_difference_is_told_in_words(document: Path, capsys: Out) -> None:
    assert rules.main(["diff", str(SHIPPED), str(document)]) == 0
    assert capsys.readouterr().out == "no difference\n"
    change(document, '"300000"', '"350000"')
    assert rules.main(["diff", str(SHIPPED), str(document)]) == 0
    assert capsys.readouterr().out == "annual spend 300000 -> 350000 USD\n"


@pytest.fixture
async def recorded(tmp_path: Path) -> Path:
    """A recorded decision, as the app answers it, in a file."""
    world = World()
    await world.post(*events.eligible(), *events.qualified())
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(await get_recorded(world.ports, "C-1", 2)))
    return path


async def test_a_recorded_decision_replays_to_the_same(recorded: Path, capsys: Out) -> None:
    assert replay.main([str(recorded)]) == 0
    assert capsys.readouterr().out == (
        "same: decision 2 of C-1, decided on 2026-06-01 is again eligible by rule set 1\n"
    )


async def test_one_that_comes_out_otherwise_is_told_with_status_1(recorded: Path, capsys: Out) -> None:
    change(recorded, '"annualAmount": "300000"', '"annualAmount": "1"')
    assert replay.main([str(recorded)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [
        "differs: decision 2 of C-1, decided on 2026-06-01",
        '  $.status: recorded "eligible", now "ineligible"',
    ]


@pytest.mark.parametrize("text", ["[]", "{}", "1", '{"facts": {}, "ruleSet": {}}', '{"facts": 1, "ruleSet": 1}', "{"])
def test_what_is_no_recorded_decision_is_refused(tmp_path: Path, text: str, capsys: Out) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    assert replay.main([str(path)]) == 1
    assert capsys.readouterr().err.startswith(f"dev: {path}")


def test_dev_finds_files_from_the_folder_it_is_called_in_and_replays_without_network(recorded: Path) -> None:
    """``./dev`` itself, but for its set-up, which is shown elsewhere."""
    called = "import sys, local.setup.commands as dev; dev.set_up = lambda: None; sys.exit(dev.main(sys.argv[1:]))"
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "http_proxy": "http://127.0.0.1:9", "PYTHONIOENCODING": "utf-8"}
    for arguments, given in (([recorded.name], None), (["-"], recorded.read_bytes())):
        done = subprocess.run(
            [sys.executable, "-c", called, "replay", *arguments],
            cwd=recorded.parent,
            env=environment,
            input=given,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(b"same: decision 2 of C-1")


@pytest.mark.parametrize("given", ["an empty folder", "a folder of other files", "an empty list"])
def test_cases_that_assert_nothing_are_a_wrong_use_with_status_2(given: str, tmp_path: Path, capsys: Out) -> None:
    place = tmp_path / "cases"
    if given == "an empty list":
        place.write_text("[]")
    else:
        place.mkdir()
    if given == "a folder of other files":
        (place / "case.txt").write_text("{}")
    assert rules.main(["validate", str(SHIPPED), "--cases", str(place)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    right = "write golden cases in it" if given == "an empty list" else "put one in each file named *.json"
    assert told.err.startswith(f"dev: {place} ")
    assert told.err.endswith(f"{right}, or leave out --cases\n")


def test_a_document_without_cases_is_said_to_have_none(document: Path, capsys: Out) -> None:
    assert rules.main(["validate", str(document)]) == 0
    assert "applications, no golden cases\n" in capsys.readouterr().out


def test_documents_that_only_write_the_same_values_otherwise_do_not_differ(document: Path, capsys: Out) -> None:
    text = document.read_text().replace('"300000"', '"300000.00"').replace('"1.08"', '"1.080"')
    other = document.parent / "other.json"
    other.write_text(text.replace('["gold", "silver"]', '["silver", "gold"]'))
    assert other.read_text() != document.read_text()
    assert rules.main(["diff", str(document), str(other)]) == 0
    assert capsys.readouterr().out == "no difference\n"
