"""The keyboard alone: to a link, button or field by Tab, and on by Enter."""

from collections.abc import Iterable

from playwright.sync_api import Locator, expect

from tests.portal.visits import Visit

MOST_TABS = 200


def tab_to(visit: Visit, wanted: Locator) -> None:
    """Press Tab until it has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        visit.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {wanted}")


def enter(visit: Visit, wanted: Locator) -> None:
    tab_to(visit, wanted)
    visit.page.keyboard.press("Enter")


def follow(visit: Visit, names: Iterable[str]) -> None:
    """From the overview, a link after another; each is a step."""
    visit.open("/")
    for name in names:
        enter(visit, visit.page.get_by_role("link", name=name, exact=True).first)
        visit.settle()


def fill(visit: Visit, field: Locator, text: str) -> None:
    tab_to(visit, field)
    visit.page.keyboard.press("Control+A")
    visit.page.keyboard.type(text)
