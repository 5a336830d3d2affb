"""Decision records: each has a number of its own, a date, a status and all parts, and is in the index."""

import re
from datetime import date

import pytest

from tests.docs.decisions import AREAS, FOLDER, INDEX, PARTS, Record, index, records

RECORDS = records()
STATUS = re.compile(r"Accepted|Superseded by \[(\d{4})\]\(\1-[\w-]+\.md\)|No longer holds: .+")


def test_the_index_has_every_record() -> None:
    """If not: ``python -m tests.docs.decisions``."""
    assert INDEX.read_text("utf-8") == index()


def test_records_are_numbered_from_1_without_gaps() -> None:
    assert [record.number for record in RECORDS] == [f"{number:04d}" for number in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.file.stem)
def test_a_record_is_dated_and_has_a_status_an_area_and_every_part(record: Record) -> None:
    assert date.fromisoformat(record.date) >= date(2026, 11, 22)
    assert STATUS.fullmatch(record.status)
    assert record.area in AREAS
    assert re.findall(r"^## (.+)$", record.text, re.MULTILINE) == [*PARTS]
    assert re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", record.file.name)
    assert not record.title.endswith(".")


def test_what_supersedes_a_record_is_in_force_or_superseded_itself() -> None:
    for record in RECORDS:
        if link := re.search(r"\((\d{4}-.+\.md)\)", record.status):
            assert (FOLDER / link[1]).exists()
            assert link[1] != record.file.name
