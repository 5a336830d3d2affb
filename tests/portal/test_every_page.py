"""Every page by its address: it is there, the browser has no complaint, axe none in both themes at three widths."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from local.setup.node import NODE_MODULES
from tests.portal.pages import PAGES
from tests.portal.visits import Visit, visiting

AXE = NODE_MODULES / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (320, 390, 1280)


@pytest.mark.parametrize(("path", "heading"), PAGES.items(), ids=PAGES)
def test_it_opens_by_its_address_and_again_when_it_is_loaded_again(visit: Visit, path: str, heading: str) -> None:
    visit.open(path, heading)
    visit.page.wait_for_load_state("networkidle")
    shown = visit.main.inner_text()
    visit.page.reload()
    expect(visit.heading).to_have_text(heading)
    visit.settle()
    visit.page.wait_for_load_state("networkidle")
    assert visit.main.inner_text() == shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    browser: Browser, home: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    with visiting(browser, home, color_scheme=scheme, reduced_motion="reduce") as visit:
        visit.open(path)
        visit.page.evaluate(AXE.read_text("utf-8"))
        for width in WIDTHS:
            visit.page.set_viewport_size({"width": width, "height": 800})
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width}"
            assert findings(visit.page) == [], width


def findings(page: Page) -> list[Any]:
    """What axe finds, in short."""
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", TAGS)
    return [
        (each["id"], node["target"], node["failureSummary"]) for each in found["violations"] for node in each["nodes"]
    ]
