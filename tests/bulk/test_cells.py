"""What cells become, by what the mapping says of their column; what is not written so is named."""

from typing import Any

import pytest

from local.commands.bulk.cells import (
    Cells,
    Form,
    UnreadableCellError,
    amount_form,
    as_it_is,
    day_form,
    flag,
    is_date_form,
    time_form,
)

GERMAN, ENGLISH = amount_form(","), amount_form(".")
DAY_FIRST, MONTH_FIRST = day_form("DD.MM.YYYY"), day_form("MM/DD/YYYY")


@pytest.mark.parametrize(
    ("form", "cell", "value"),
    [
        (GERMAN, "180.000,50", "180000.50"),
        (GERMAN, "1.234.567", "1234567"),
        (GERMAN, "180000", "180000"),
        (GERMAN, "0,5", "0.5"),
        (GERMAN, "180 000,50", "180000.50"),
        (GERMAN, "180\u202f000", "180000"),
        (GERMAN, "180'000,50", "180000.50"),
        (ENGLISH, "180,000.50", "180000.50"),
        (ENGLISH, "180000.5", "180000.5"),
        (ENGLISH, "180 000", "180000"),
        (DAY_FIRST, "31.12.2035", "2035-12-31"),
        (DAY_FIRST, "1.7.2035", "2035-07-01"),
        (DAY_FIRST, "2035-07-01", "2035-07-01"),
        (MONTH_FIRST, "7/1/2035", "2035-07-01"),
        (day_form("YYYY/MM/DD"), "2035/7/1", "2035-07-01"),
        (time_form("DD.MM.YYYY"), "1.7.2026", "2026-07-01T00:00:00Z"),
        (flag, "TRUE", True),
        (flag, "False", False),
        (flag, "maybe", "maybe"),
        (as_it_is, "180.000,50", "180.000,50"),
    ],
)
def test_a_cell_that_is_written_as_the_mapping_says_becomes_what_events_have(
    form: Form, cell: str, value: object
) -> None:
    assert form(cell) == value


@pytest.mark.parametrize(
    ("form", "cell"),
    [
        (GERMAN, "180,000.50"),
        (GERMAN, "180.00"),
        (GERMAN, "1.80.000"),
        (GERMAN, "1.234 567"),
        (GERMAN, "-5"),
        (GERMAN, "75,000"),
        (ENGLISH, "75.000"),
        (GERMAN, "1,2,3"),
        (ENGLISH, "180.000,50"),
        (ENGLISH, "1,80"),
        (ENGLISH, "USD 5"),
        (DAY_FIRST, "12/31/2035"),
        (DAY_FIRST, "1.7.35"),
        (DAY_FIRST, "01.07.2035 00:00"),
        (DAY_FIRST, "45123"),
        (MONTH_FIRST, "1.7.2035"),
    ],
)
def test_a_cell_that_is_not_is_refused_rather_than_guessed(form: Form, cell: str) -> None:
    with pytest.raises(UnreadableCellError, match="the mapping says"):
        form(cell)


@pytest.mark.parametrize(
    ("cells", "cell", "value"),
    [
        (Cells("A"), "  finance\u00a0", "finance"),
        (Cells("A"), "  ", None),
        (Cells("A", values={"yes": True}), " yes ", True),
        (Cells("A", values={"yes": True}), "Yes", "Yes"),
        (Cells(constant="USD"), "", "USD"),
        (Cells("A", separator=" "), "finance  sales", ["finance", "sales"]),
        (Cells("A", separator=";"), "finance; sales ;", ["finance", "sales"]),
        (Cells("A", separator="+", values={"D365 Finance": "finance"}), "D365 Finance+sales", ["finance", "sales"]),
        (Cells("A", separator=";"), "", None),
    ],
)
def test_spaces_around_do_not_count_values_are_replaced_and_lists_split(cells: Cells, cell: str, value: Any) -> None:
    assert cells.value(cell) == value


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("DD.MM.YYYY", True),
        ("YYYY-MM-DD", True),
        ("MM/DD/YYYY", True),
        ("DD.MM.YY", False),
        ("DD.MM-YYYY", False),
        ("DD.DD.YYYY", False),
        ("", False),
        (5, False),
    ],
)
def test_a_date_form_has_day_month_and_year_and_one_mark(written: object, right: bool) -> None:
    assert is_date_form(written) is right
