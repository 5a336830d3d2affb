"""The generated parts of docs/reference: they say what the code declares."""

from pathlib import Path

import pytest

from local.reference.pages import PAGES, PARTS, filled, parts_of
from local.setup.commands import COMMANDS
from shared.domain.events import EVENT_TYPES
from shared.rules.criteria.reader import CRITERIA
from tests.docs.pages import name_of

WRITTEN = sorted(PAGES.glob("*.md"))


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_what_a_page_says_is_what_the_code_declares(page: Path) -> None:
    """If not: ``./dev reference``."""
    text = page.read_text("utf-8")
    assert text == filled(text)


def test_every_part_is_on_one_page() -> None:
    assert sorted(part for page in WRITTEN for part in parts_of(page.read_text("utf-8"))) == sorted(PARTS)


def test_a_part_that_nothing_generates_is_refused() -> None:
    with pytest.raises(KeyError, match="weather"):
        filled("<!-- generated: weather -->\n<!-- end -->\n")


def test_every_event_type_has_its_members_and_a_link_to_its_schema() -> None:
    text = (PAGES / "events.md").read_text("utf-8")
    for name, event_type in EVENT_TYPES.items():
        _, _, section = text.partition(f"\n### {name}\n")
        section, _, _ = section.partition("\n### ")
        assert [member for member in event_type.data.members if f"| `{member}` |" not in section] == []
        assert f"](../../shared/api/published/schemas/{name}.json)" in section


def test_every_criterion_says_when_it_is_met() -> None:
    text = (PAGES / "criteria.md").read_text("utf-8")
    rows = {row.split("`")[1]: row.split(" | ")[-1] for row in text.splitlines() if row.startswith("| `")}
    assert set(rows) >= set(CRITERIA)
    assert min(len(rows[kind]) for kind in CRITERIA) > 30


def test_every_command_has_a_section() -> None:
    text = (PAGES / "commands.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"\n## {name}\n" not in text] == []
