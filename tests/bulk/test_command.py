"""``./dev import`` of a CSV: a dry run leaves nothing, a killed import ends as another, wrong uses are named."""

import json
from asyncio import to_thread
from pathlib import Path

import pytest

from local.commands import restore
from local.commands.backup.files import contents
from shared.domain.events import parse_event
from tests import events
from tests.backup.accounts import entities, kill_an_import, names, point_at, take_events
from tests.bulk.mapped import HEADER, LICENCES
from tests.world import START

TIMED = ("--time", "2026-03-01T00:00:00Z")

type Out = pytest.CaptureFixture[str]


@pytest.fixture
def mapped(tmp_path: Path) -> tuple[Path, list[str]]:
    """A file, and the command's arguments."""
    file, mapping = tmp_path / "rows.csv", tmp_path / "rows.toml"
    mapping.write_text(LICENCES)
    file.write_text(f"{HEADER}\nC-1,L-1,finance,5,true,\nC-1,L-2,finance,x,true,\nC-2,L-1,finance,7,false,\n")
    return file, [str(file), "--mapping", str(mapping)]


async def test_a_dry_run_lists_what_is_wrong_and_shows_an_event_and_stores_and_sends_nothing(
    mapped: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch, own_azurite: str, capsys: Out
) -> None:
    point_at(monkeypatch, own_azurite)
    file, arguments = mapped
    assert await to_thread(restore.main, [*arguments, *TIMED, "--dry-run"]) == 1
    first, counted, refused = capsys.readouterr().out.splitlines()
    event = parse_event(first.removeprefix("the first event: ").encode(), START)
    assert (event.owner_id, event.register.data["annualAmount"]) == ("C-1", "5")
    assert counted == "2 events of 2 customers and 0 partners would be sent"
    assert refused.startswith(f"1 rows would not, see {file}.errors.csv: ")
    assert names(file.parent) == ["rows.csv", "rows.csv.errors.csv", "rows.toml"]
    assert not any((await to_thread(entities, own_azurite)).values())
    assert await to_thread(restore.main, [*arguments, *TIMED]) == 1
    assert len(await to_thread(take_events, own_azurite)) == 2


def test_a_killed_import_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_azurite: str
) -> None:
    point_at(monkeypatch, own_azurite)
    file, mapping = tmp_path / "rows.csv", tmp_path / "rows.toml"
    mapping.write_text(LICENCES)
    rows = [f"C-{number % 40},L-{number},finance,{number},true,\n" for number in range(1_500)]
    file.write_text("".join([f"{HEADER}\n", *rows]))
    arguments = [str(file), "--mapping", str(mapping), *TIMED]
    kill_an_import(file, lambda noted: noted["lines"] >= 500, arguments[1:])
    assert restore.main(arguments) == 0
    bodies = [json.loads(body)["data"] for body in take_events(own_azurite)]
    assert {(data["customerId"], data["licenceId"]) for data in bodies} == {tuple(row.split(",")[:2]) for row in rows}
    assert len(bodies) < 1_500 + 1_000
    assert names(tmp_path) == ["rows.csv", "rows.toml"]


def test_the_journal_is_of_one_file_mapping_time_and_account(tmp_path: Path) -> None:
    from local.commands.bulk.given import json_lines, mapped_csv

    file, mapping = tmp_path / "rows.csv", tmp_path / "rows.toml"
    file.write_text(f"{HEADER}\n")
    mapping.write_text(LICENCES)
    digests = [mapped_csv(file, mapping, TIMED[1]).digest]
    assert mapped_csv(file, mapping, TIMED[1]).digest == digests[0]
    digests.append(mapped_csv(file, mapping, "2026-03-02T00:00:00Z").digest)
    mapping.write_text(LICENCES.replace("USD", "EUR"))
    digests.append(mapped_csv(file, mapping, TIMED[1]).digest)
    file.write_text(f"{HEADER}\n\n")
    digests += [mapped_csv(file, mapping, TIMED[1]).digest, json_lines(file).digest]
    assert len(set(digests)) == 5
    assert digests[-1] == contents(file).sha256


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{csv}"], "give --mapping FILE, which says what its columns are"),
        (["{csv}", "--mapping", "{toml}"], "has no time: give --time too"),
        (["{csv}", "--mapping", "{toml}", "--time", "today"], '--time "today" is not right; give a time of RFC'),
        (["{csv}", "--mapping", "{toml}", "--time", "2999-01-01T00:00:00Z"], "--time is more than 5 minutes ahead"),
        (["{json}", "--time", "2026-03-01T00:00:00Z"], "leave out --time"),
        (["{folder}", "--mapping", "{toml}"], "is a folder: --mapping and --time are for a CSV file"),
        (["{csv}", "--mapping", "{timed}", "--time", "2026-03-01T00:00:00Z"], "has a time: leave out --time"),
    ],
)
def test_a_use_that_makes_no_sense_is_named_and_nothing_is_tried(
    tmp_path: Path, arguments: list[str], said: str, capsys: Out
) -> None:
    places = {name: tmp_path / name for name in ("csv", "toml", "timed", "json")}
    for path in places.values():
        path.write_text(LICENCES)
    places["timed"].write_text(f'time = "Changed"\n{LICENCES}')
    places["csv"] = places["csv"].rename(tmp_path / "rows.csv")
    places["json"].write_bytes(events.spend())
    assert restore.main([each.format(**places, folder=tmp_path) for each in arguments]) == 2
    assert said in capsys.readouterr().err
