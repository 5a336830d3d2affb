"""Flat lists as CSV, for spreadsheets, and answers compressed for who accepts it."""

import csv
import io
import json
import re

import pytest

from shared.api.csv_lists import to_csv
from shared.api.routes import ROUTES
from tests.api.given import attached, spend
from tests.api.test_rule_sets import SHIPPED
from tests.api.world import Answer, World

CSV = {"accept": "text/csv"}
GZIP = {"accept-encoding": "gzip, deflate, br"}


async def ask_for_csv(world: World, path: str, **params: str) -> Answer:
    return await world.ask("GET", path, b"", params, CSV)


def rows(answer: Answer) -> list[dict[str, str]]:
    assert answer.type == "text/csv"
    assert answer.value.startswith("\ufeff"), "a spreadsheet would not take it for UTF-8"
    assert "\n" not in answer.value.replace("\r\n", "")
    return list(csv.DictReader(io.StringIO(answer.value[1:], newline="")))


async def test_a_flat_list_has_a_line_for_each_item_under_the_names_of_its_members(world: World) -> None:
    await world.handle(spend("C-1"), spend("C-2"))
    found = rows(await ask_for_csv(world, "customers"))
    assert found == [
        {name: text(value) for name, value in each.items()} for each in (await world.get("customers")).value["items"]
    ]
    assert [each["customerId"] for each in found] == ["C-1", "C-2"]


def text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


async def test_a_list_of_nothing_has_the_line_of_names(world: World) -> None:
    assert (await ask_for_csv(world, "customers")).value == (
        "\ufeffcustomerId,name,owner,status,byException,undecided,sequence,decidedAt,since,losesOn,gainsOn,spend,why\r\n"
    )


async def test_a_page_has_a_thousand_rows_unless_the_caller_says_how_many(world: World) -> None:
    await world.handle(*(spend(f"C-{number:04d}") for number in range(1001)))
    answer = await ask_for_csv(world, "customers")
    assert len(rows(answer)) == 1000
    assert answer.headers["Link"] == '</api/customers?after=C-0999>; rel="next"'
    answer = await ask_for_csv(world, "customers", limit="2", after="C-0003", code="a-key")
    assert [each["customerId"] for each in rows(answer)] == ["C-0004", "C-0005"]
    assert answer.headers["Link"] == '</api/customers?limit=2&after=C-0005>; rel="next"', "and no key"
    assert "Link" not in (await ask_for_csv(world, "customers", after="C-0999")).headers


async def test_every_page_followed_by_its_link_has_each_item_once(world: World) -> None:
    await world.handle(*(attached(f"C-{number}", "P-1") for number in range(7)))
    path, params, seen = "partners/P-1/customers", {"limit": "3"}, []
    while True:
        answer = await ask_for_csv(world, path, **params)
        seen += [each["customerId"] for each in rows(answer)]
        if "Link" not in answer.headers:
            break
        link = re.fullmatch(r'</api/([^?]+)\?limit=3&after=([^>]+)>; rel="next"', answer.headers["Link"])
        assert link is not None
        path, params = link[1], {"limit": "3", "after": link[2]}
    assert seen == [f"C-{number}" for number in range(7)]


@pytest.mark.parametrize("first", list("=+-@\t\r"))
async def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(world: World, first: str) -> None:
    note = f"{first}HYPERLINK(1)"
    assert to_csv(["note"], [{"note": [note]}]) == to_csv(["note"], [{"note": note}])
    assert to_csv(["note"], [{"note": note}]) == f"\ufeffnote\r\n{_quoted(note)}\r\n".encode()


def _quoted(note: str) -> str:
    return f'"\'{note}"' if "\r" in note else f"'{note}"


async def test_commas_quotes_and_other_writing_come_back_as_they_were_stored(world: World) -> None:
    note = 'Für 2027, "höher"; 予定'
    await world.get("rule-sets")
    body = json.dumps({"document": {**SHIPPED, "effectiveFrom": "2027-01-01"}, "note": note}).encode()
    assert (await world.post("rule-sets", body)).status == 201
    assert rows(await ask_for_csv(world, "rule-sets"))[0]["note"] == note


def test_numbers_truth_values_null_and_lists_of_ids_have_one_form() -> None:
    items: list[dict[str, object]] = [
        {"a": -1, "b": True, "c": None, "d": ["J-1", "J-2"]},
        {"a": 2, "b": False, "d": []},
    ]
    assert to_csv("abcd", items) == b"\xef\xbb\xbfa,b,c,d\r\n-1,true,,J-1 J-2\r\n2,false,,\r\n"


@pytest.mark.parametrize(
    ("accepted", "type_"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("text/csv", "text/csv"),
        ("TEXT/CSV; charset=utf-8", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("application/json, text/csv;q=0.5", "application/json"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=nonsense", "text/csv"),
        ("," * 9000 + "text/csv", "application/json"),
    ],
)
async def test_who_asks_for_csv_by_name_and_not_for_json_before_it_gets_it(
    world: World, accepted: str, type_: str
) -> None:
    answer = await world.ask("GET", "customers", b"", {}, {"accept": accepted})
    assert (answer.status, answer.type) == (200, type_)
    assert answer.headers["Vary"] == "Accept"


async def test_a_list_that_is_not_flat_answers_json(world: World) -> None:
    await world.handle(b"{")
    answer = await ask_for_csv(world, "quarantine")
    assert (answer.status, answer.type) == (200, "application/json")
    assert "Vary" not in answer.headers


async def test_a_problem_is_a_problem_document_to_who_wants_csv_too(world: World) -> None:
    answer = await ask_for_csv(world, "customers", limit="0")
    assert (answer.status, answer.type, answer.error_paths) == (400, "application/problem+json", ["limit"])


def test_the_flat_lists_are_those_that_people_open_in_spreadsheets() -> None:
    assert [each.name for each in ROUTES if each.columns] == [
        "list_customers",
        "list_upcoming",
        "list_exceptions",
        "list_customer_exceptions",
        "list_partner_customers",
        "list_rule_sets",
        "list_previews",
        "list_customers_of_preview",
        "list_preview_customers",
        "list_near",
        "list_counted",
        "list_faults",
        "list_changes",
        "list_schemas",
    ]


async def test_an_answer_above_1_kib_is_compressed_for_who_accepts_gzip(world: World) -> None:
    plain = await world.get("openapi.json")
    answer = await world.ask("GET", "openapi.json", b"", {}, GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert answer.value == plain.value


async def test_a_compressed_list_varies_by_both_headers(world: World) -> None:
    await world.handle(*(spend(f"C-{number:02d}") for number in range(40)))
    answer = await world.ask("GET", "customers", b"", {}, {**CSV, **GZIP})
    assert (answer.headers["Vary"], answer.headers["Content-Encoding"]) == ("Accept, Accept-Encoding", "gzip")
    assert len(rows(answer)) == 40


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity", "*"])
async def test_it_is_sent_as_it_is_to_who_does_not_name_gzip(world: World, accepted: str) -> None:
    answer = await world.ask("GET", "openapi.json", b"", {}, {"accept-encoding": accepted})
    assert "Content-Encoding" not in answer.headers


async def test_a_small_answer_is_sent_as_it_is(world: World) -> None:
    answer = await world.ask("GET", "customers", b"", {}, GZIP)
    assert "Content-Encoding" not in answer.headers


async def test_a_large_problem_is_compressed_too(world: World) -> None:
    body = json.dumps({"document": {f"member{number}": 1 for number in range(100)}}).encode()
    answer = await world.ask("POST", "rule-sets", body, {}, {"content_type": "application/json", **GZIP})
    assert (answer.status, answer.type) == (422, "application/problem+json")
    assert answer.headers["Content-Encoding"] == "gzip"
