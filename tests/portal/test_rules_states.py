"""What only turns up while somebody works: axe finds nothing in it either, in both themes at three widths."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.host.hosts import ask
from tests.portal.accessible import assert_accessible
from tests.portal.visits import Visit


def preview(visit: Visit, **query: str) -> None:
    (first,) = ask(f"{visit.home}/api/previews").json()["items"][-1:]
    search = "&".join(f"{name}={value}" for name, value in query.items())
    visit.open(f"/previews/{first['id']}?{search}", "Activating version 2")


def preview_narrowed(visit: Visit) -> None:
    preview(visit, change="lost", partner="P-woodgrove")
    expect(visit.main).to_contain_text("Show all of them")


def preview_gained(visit: Visit) -> None:
    preview(visit, change="gained")
    expect(visit.panel("Would gain it")).to_contain_text("C-1038")


def invalid_draft(visit: Visit) -> None:
    visit.open("/rules/2/edit")
    visit.page.get_by_label("Amount a year").fill("1,5")
    visit.page.get_by_label("1 EUR in USD").fill("one")
    expect(visit.panel("Is it valid?")).to_contain_text("Not valid: 2 faults")


def draft_that_breaks_cases(visit: Visit) -> None:
    visit.open("/rules/2/edit")
    visit.page.get_by_label("Amount a year").fill("900000000")
    expect(visit.panel("Golden cases")).to_contain_text("expected eligible")


def dialog(visit: Visit) -> None:
    visit.open("/quarantine?state=kept")
    visit.page.get_by_role("button", name="Choose all shown").click()
    visit.page.get_by_role("button", name=re.compile("Put back")).click()
    visit.page.get_by_role("button", name="Try it first").click()
    expect(visit.page.get_by_role("dialog").get_by_role("status")).to_contain_text("would be put back")


def revoking(visit: Visit) -> None:
    visit.open("/customers/C-1059/exceptions")
    visit.page.get_by_role("button", name="Revoke X-1059").click()
    expect(visit.page.get_by_label("Why it ends")).to_be_visible()


STATES = (preview, preview_narrowed, preview_gained, invalid_draft, draft_that_breaks_cases, dialog, revoking)


@pytest.mark.parametrize("state", STATES, ids=lambda state: str(state.__name__))
def test_axe_finds_nothing_in_it_and_nothing_is_cut_off(visit: Visit, state: Callable[[Visit], None]) -> None:
    state(visit)
    assert_accessible(visit.page)


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/log", "at,action,kind,subject,"),
        ("/exceptions", "customerId,"),
    ],
)
def test_a_list_is_saved_as_csv(visit: Visit, path: str, columns: str, tmp_path: Path) -> None:
    visit.open(path)
    with visit.page.expect_download() as saved:
        visit.page.get_by_role("button", name="CSV").click()
    saved.value.save_as(tmp_path / "saved.csv")
    text = (tmp_path / "saved.csv").read_text("utf-8-sig")
    assert text.startswith(columns)
    assert len(text.splitlines()) > 2


def test_the_losers_of_a_preview_are_saved_with_their_owners(visit: Visit, tmp_path: Path) -> None:
    preview(visit)
    with visit.page.expect_download() as saved:
        visit.panel("Would lose it").get_by_role("button", name="CSV").click()
    saved.value.save_as(tmp_path / "saved.csv")
    head, first, *_ = (tmp_path / "saved.csv").read_text("utf-8-sig").splitlines()
    assert {"customerId", "name", "owner", "because", "spend"} <= set(head.split(","))
    assert "account-team-" in first
