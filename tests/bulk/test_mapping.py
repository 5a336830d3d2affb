"""A mapping with faults is refused with all of them, each with its place and what would be right."""

from pathlib import Path

import pytest

from local.commands.app import CommandError
from local.commands.bulk.mapping import read_mapping
from shared.domain.events import EVENT_TYPES
from tests.bulk.mapped import LICENCES


def refused(folder: Path, mapping: str) -> str:
    (folder / "m.toml").write_text(mapping, "utf-8")
    with pytest.raises(CommandError) as found:
        read_mapping(folder / "m.toml")
    return str(found.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source =", "sourc =", "sourc: is unknown; write source"),
        ('"/erp"', '""', 'source: "" is not right; give a string of 1 to 200 characters'),
        ("spend.updated", "spend.update", "type: "),
        ('licenceId = "Contract"\n', "", "data.licenceId: is missing; say which column it is"),
        ('endsOn = "Ends"', 'endDate = "Ends"', "data.endDate: is unknown; write endsOn"),
        (
            '"Amount"',
            '{ column = "Amount", decimal = ";" }',
            'annualAmount.decimal: ";" is not right; give "," or "."',
        ),
        ('"Amount"', '{ column = "Amount", date = "DD.MM.YYYY" }', "data.annualAmount.date: is unknown"),
        ('"Ends"', '{ column = "Ends", date = "D.M.Y" }', 'data.endsOn.date: "D.M.Y" is not right; give a form such'),
        ('"Ends"', "{ date = 'DD.MM.YYYY' }", "give the name of a column, or { column = … }"),
        ('"Ends"', "5", "data.endsOn: 5 is not right"),
        ('"Ends"', '{ column = "" }', 'data.endsOn.column: "" is not right'),
        ('"USD"', '"usd"', 'data.currency.constant: "usd" is not right; give a currency code'),
        ('"New"', '{ column = "New", values = { "y" = "yes" } }', 'data.newDeployment.values.y: "yes" is not right'),
        ('"New"', '{ column = "New", values = "y" }', "data.newDeployment.values: "),
        ("[data]", 'time = { constant = "2026-03-01T00:00:00Z" }\n[data]', "leave it out and give --time"),
        ("[data]", 'id = { constant = "1" }\n[data]', "leave it out: it is made of what the row says"),
        (
            "[data]",
            '[file]\ndelimiter = "tab"\n[data]',
            'file.delimiter: "tab" is not right; give ",", ";"',
        ),
        ("[data]", '[file]\nencoding = "ansi"\n[data]', 'file.encoding: "ansi" is not right; give "utf-8" or "utf-16"'),
        ("[data]", "file = 1\n[data]", "file: 1 is not right; begin a table, [file]"),
        ("[data]", "[data", "is not TOML in UTF-8"),
    ],
)
def test_a_fault_is_named_with_its_place_and_what_would_be_right(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in LICENCES
    assert said in refused(tmp_path, LICENCES.replace(old, new))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    wrong = LICENCES.replace('"Amount"', "7").replace("source =", "sourc =").replace('"USD"', '"usd"')
    assert len(refused(tmp_path, wrong).splitlines()) == 1 + 4, "sourc, source, currency, annualAmount"


_WHOLE = {
    "type": '"fasttrack.spend.updated.v1"',
    "source": '"/erp"',
    "data.currency": '"M"',
    **{f"data.{name}": '"A"' for name in EVENT_TYPES["fasttrack.spend.updated.v1"].data.members if name != "currency"},
}
_ODD = ("[]", "{}", "5", "1.5", "true", '""', "2026-03-01", '["utf-8"]', "{ column = [] }", '{ values = { "a" = [] } }')


@pytest.mark.parametrize("odd", _ODD)
@pytest.mark.parametrize(
    "place",
    [
        *("type", "source", "time", "id", "file", "file.delimiter", "file.encoding", "data"),
        *("data.endsOn", "data.endsOn.date", "data.annualAmount.decimal", "data.newDeployment.values"),
        *("data.currency.constant", "data.customerId.column"),
    ],
)
def test_a_value_of_another_kind_in_any_place_is_refused_in_words(tmp_path: Path, place: str, odd: str) -> None:
    others = {name: said for name, said in _WHOLE.items() if not f"{place}.".startswith(f"{name}.")}
    others = {name: said for name, said in others.items() if not name.startswith(f"{place}.")}
    parent, _, last = place.rpartition(".")
    if last in ("date", "decimal", "values"):
        others[f"{parent}.column"] = '"A"'
    text = "\n".join(f"{name} = {said}" for name, said in {**others, place: odd}.items())
    if (place, odd) in (("file", "{}"), ("data.newDeployment.values", "{}")):
        (tmp_path / "m.toml").write_text(text)
        read_mapping(tmp_path / "m.toml")
    else:
        assert "m.toml is not a mapping:\n  " in refused(tmp_path, text)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_type_can_be_mapped_by_its_required_members_alone(tmp_path: Path, name: str) -> None:
    columns = "\n".join(f'{member} = "{member}"' for member in EVENT_TYPES[name].data.required)
    (tmp_path / "m.toml").write_text(f'type = "{name}"\nsource = "/erp"\n[data]\n{columns}\n')
    assert set(read_mapping(tmp_path / "m.toml").data) == set(EVENT_TYPES[name].data.required)


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        read_mapping(tmp_path / "m.toml")
