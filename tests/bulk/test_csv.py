"""Rows of a CSV become events; what is not right is listed by row and column, and nothing else is sent."""

import json
from pathlib import Path

import pytest

from local.commands.app import CommandError
from tests.bulk.mapped import HEADER, LICENCES, PROJECTS, given, imported, problems
from tests.memory_sender import MemorySender
from tests.world import START, World

ROW = "C-1,L-1,finance,180000.00,true,2035-12-31"


async def test_a_row_is_an_event_with_what_its_cells_and_the_mapping_say(tmp_path: Path) -> None:
    (event,) = await imported(given(tmp_path, f"{HEADER}\n{ROW}\n"))
    assert event.pop("id")
    assert event == {
        "specversion": "1.0",
        "source": "/erp",
        "type": "fasttrack.spend.updated.v1",
        "time": "2026-03-01T00:00:00Z",
        "data": {
            "customerId": "C-1",
            "licenceId": "L-1",
            "application": "finance",
            "annualAmount": "180000.00",
            "currency": "USD",
            "newDeployment": True,
            "endsOn": "2035-12-31",
        },
    }


async def test_an_empty_cell_is_a_member_left_out_and_a_list_is_in_one_cell(tmp_path: Path) -> None:
    (licence,) = await imported(given(tmp_path, f"{HEADER}\nC-1,L-1,finance,1,FALSE,\n"))
    assert "endsOn" not in licence["data"]
    text = "Customer,Project,Products,Start,Status\nC-1,J-1,finance sales,2026-05-01,active\n"
    (project,) = await imported(given(tmp_path, text, PROJECTS))
    assert project["data"]["applications"] == ["finance", "sales"]


async def test_time_and_id_may_be_columns(tmp_path: Path) -> None:
    mapping = f'id = "Invoice"\ntime = {{ column = "Changed", date = "DD.MM.YYYY" }}\n{LICENCES}'
    text = f"{HEADER},Changed,Invoice\n{ROW},1.2.2026,inv-7\n{ROW},2.2.2026,inv-8\n"
    first, second = await imported(given(tmp_path, text, mapping, None))
    assert (first["id"], first["time"]) == ("inv-7", "2026-02-01T00:00:00Z")
    assert (second["id"], second["time"]) == ("inv-8", "2026-02-02T00:00:00Z")


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "windows-1252")],
)
async def test_the_files_that_spreadsheets_write_are_read(tmp_path: Path, encoding: str, name: str) -> None:
    mapping = f'{LICENCES.replace("Customer", "Kundé")}\n[file]\ndelimiter = ";"\nencoding = "{name}"\n'
    text = f'{HEADER};Remark\r\n{ROW};"é;\r\n""x"""\r\n;;;;;;\r\n\r\n'.replace(",", ";").replace("Customer", "Kundé")
    assert len(await imported(given(tmp_path, text.encode(encoding), mapping))) == 1


async def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    text = f'{HEADER},Remark\n{ROW},"over\ntwo lines"\n\nC-1,L-2,finance,1,true,\n,,,,,,\nC-1,L-3,finance,x,true\n'
    assert len(await imported(given(tmp_path, text))) == 2
    ((row, level, column, member, message),) = problems(tmp_path)
    assert (row, level, column, member) == ("6", "error", "Amount", "$.data.annualAmount")
    assert message.startswith('"x" is not right; give a decimal string')
    assert message.endswith('the mapping can say it, such as decimal = ","')


async def test_every_fault_of_a_row_is_a_line_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    text = f"{HEADER}\n=1+1,,finance,1,maybe,31.12.2035\n".replace("Contract", "=Contract")
    assert await imported(given(tmp_path, text, LICENCES.replace('"Contract"', '"=Contract"'))) == []
    found = problems(tmp_path)
    assert [(column, member) for _, _, column, member, _ in found] == [
        ("Customer", "$.data.customerId"),
        ("'=Contract", "$.data.licenceId"),
        ("New", "$.data.newDeployment"),
        ("Ends", "$.data.endsOn"),
    ]
    assert found[1][4].startswith("is missing; give an identifier")
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in found for cell in line)


async def test_a_cell_that_is_not_as_the_mapping_says_is_named_once_and_not_guessed(tmp_path: Path) -> None:
    mapping = LICENCES.replace('"Amount"', '{ column = "Amount", decimal = "," }')
    assert await imported(given(tmp_path, f"{HEADER}\nC-1,L-1,finance,180.00,true,\n", mapping)) == []
    ((_, _, column, _, message),) = problems(tmp_path)
    assert (column, message) == ("Amount", '"180.00" is not right; the mapping says that the decimal mark is ","')


async def test_a_cell_that_neither_the_mapping_nor_an_event_takes_is_one_error(tmp_path: Path) -> None:
    mapping = LICENCES.replace('"Ends"', '{ column = "Ends", date = "DD.MM.YYYY" }')
    assert await imported(given(tmp_path, f"{HEADER}\nC-1,L-1,finance,1,true,June\n", mapping)) == []
    assert [member for _, _, _, member, _ in problems(tmp_path)] == ["$.data.endsOn"]


async def test_an_id_is_of_what_a_row_says_and_when_and_not_of_where_it_is(tmp_path: Path) -> None:
    other = ROW.replace("C-1", "C-2")
    first = await imported(given(tmp_path, f"{HEADER}\n{ROW}\n{other}\n"))
    again = await imported(given(tmp_path, f"Remark,{HEADER}\nx,{other}\n\ny,{ROW}\n"))
    assert again == first
    later = await imported(given(tmp_path, f"{HEADER}\n{ROW}\n{other}\n", time="2026-03-02T00:00:00Z"))
    changed = await imported(
        given(tmp_path, f"{HEADER}\n{ROW.replace('180000', '180001')}\n{other.replace('true', 'false')}\n")
    )
    ids = [event["id"] for event in (*first, *later, *changed)]
    assert len(set(ids)) == len(ids) == 6


async def test_a_row_with_more_cells_than_columns_is_refused(tmp_path: Path) -> None:
    assert await imported(given(tmp_path, f"{HEADER}\n{ROW},\n{ROW},5\nC-2,L-1,finance,1,true\n")) != []
    ((row, _, _, _, message),) = problems(tmp_path)
    assert (row, message) == ("3", "has 7 cells, the first row 6; put cells with a delimiter into quotes")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "has no column Customer"),
        (b"Customer;Contract\n", "say in the mapping what is between them"),
        (
            f"{HEADER.replace('Amount', 'amounts')}\n".encode(),
            "has no column Amount: it has .* did the mapping mean amounts",
        ),
        (f"{HEADER},Ends\n".encode(), "more than one column Ends"),
        (f"{HEADER}\n{ROW}\n\xe9".encode("cp1252"), "after row 2 it is not utf-8: save it as"),
        (HEADER.encode("utf-16"), "it is not utf-8: save it as"),
        (f'{HEADER}\n{ROW}\n"C-1,'.encode(), "row 3 is not CSV"),
        (f'{HEADER}\n"{"x" * 200_000}"\n'.encode(), "row 2 is not CSV"),
    ],
)
async def test_a_file_that_the_mapping_does_not_fit_is_refused_before_anything_is_sent(
    tmp_path: Path, text: bytes, said: str
) -> None:
    sender = MemorySender()
    with pytest.raises(CommandError, match=said):
        await imported(given(tmp_path, text), sender)
    assert not any(sender.queues.values())
    assert not (tmp_path / "rows.csv.errors.csv").exists()


async def test_two_rows_that_say_different_things_of_one_fact_at_one_time_are_both_refused(tmp_path: Path) -> None:
    other = ROW.replace("180000.00", "5")
    text = f"{HEADER}\n{ROW}\nC-2,L-1,finance,1,true,\n{other}\n{ROW}\n"
    (event,) = await imported(given(tmp_path, text))
    assert event["data"]["customerId"] == "C-2"
    assert {(row, message.partition(":")[0]) for row, _, _, _, message in problems(tmp_path)} == {
        ("2", "1 rows say otherwise of the same fact at the same time"),
        ("4", "row 2 says otherwise of the same fact at the same time"),
    }


async def test_equal_rows_are_one_event(tmp_path: Path) -> None:
    assert len(await imported(given(tmp_path, f"{HEADER}\n{ROW}\n{ROW}\n"))) == 1
    assert problems_are_none(tmp_path)


def problems_are_none(folder: Path) -> bool:
    return not (folder / "rows.csv.errors.csv").exists()


async def test_a_file_imported_again_changes_nothing_and_a_corrected_one_wins_by_its_later_time(tmp_path: Path) -> None:
    world = World(now=START)
    rows = "".join(f"C-{number},L-1,finance,300000,true,\n" for number in range(9))
    await post(world, tmp_path, f"{HEADER}\n{rows}")
    before = await stored(world)
    await post(world, tmp_path, f"{HEADER},Remark\n" + rows.replace("\n", "x\n"))
    assert await stored(world) == before, "other cells that are not mapped, and another file, do not matter"
    await post(world, tmp_path, f"{HEADER}\nC-3,L-1,finance,5,true,\n", "2026-03-01T00:00:01Z")
    assert (await stored(world))["C-3"] == ("5", "2026-03-01T00:00:01.000000Z")
    await post(world, tmp_path, f"{HEADER}\n{rows}")
    assert (await stored(world))["C-3"] == ("5", "2026-03-01T00:00:01.000000Z"), "the file from before does not return"


async def post(world: World, folder: Path, text: str, time: str = "2026-03-01T00:00:00Z") -> None:
    await world.post(*(json.dumps(event).encode() for event in await imported(given(folder, text, time=time))))


async def stored(world: World) -> dict[str, tuple[str, str]]:
    """By customer: the amount of its licence, and since when."""
    found = {}
    for head in await world.heads():
        register = (await world.state(head.customer_id)).registers["licence"]["L-1"]
        found[head.customer_id] = register.data["annualAmount"], register.time
    return found
