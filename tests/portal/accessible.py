"""What axe finds on a page that is open, and whether anything of it is cut off."""

from typing import Any

from playwright.sync_api import Page

from local.setup.node import NODE_MODULES

_AXE = NODE_MODULES / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_BY_LAYOUT = ["color-contrast", "target-size", "scrollable-region-focusable"]
"""Rules whose outcome may differ between a narrow view and one that is a little narrower."""
_BY_COLOUR = ["color-contrast", "link-in-text-block"]
"""The same between the themes, which differ in colours alone."""
_NARROWEST, _NARROW, _WIDE = 320, 390, 1280


def assert_accessible(page: Page) -> None:
    """At three widths, in both themes; the page is as it was opened, in the light one."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate(_AXE.read_text("utf-8"))
    _assert_at(page, _WIDE, {"type": "tag", "values": _TAGS})
    _assert_at(page, _NARROW, {"type": "rule", "values": _BY_LAYOUT})
    _assert_at(page, _NARROWEST, {"type": "tag", "values": _TAGS})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    _assert_at(page, _NARROWEST, {"type": "rule", "values": _BY_COLOUR})
    _assert_at(page, _WIDE, {"type": "rule", "values": _BY_COLOUR})


def _assert_at(page: Page, width: int, only: dict[str, Any]) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"wider than {width}"
    assert _findings(page, only) == [], width


def _findings(page: Page, only: dict[str, Any]) -> list[Any]:
    """In short."""
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        (each["id"], node["target"], node["failureSummary"]) for each in found["violations"] for node in each["nodes"]
    ]
