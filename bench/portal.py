"""The portal in a real browser: bytes, first paint, content on a slow line, storage calls of each first view.

Bytes are those compressed, as they are served. Times are medians of visits of the sample programme, each with an empty
cache: on this machine as it is, and on "3G fast" (1.6 Mbit/s down, 768 kbit/s up, 150 ms) with a processor four times
slower. Storage calls are counted in memory with --customers. --pictures writes docs/pictures.
"""

import argparse
import asyncio
import gzip
import re
import sys
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page

from bench._figures import ROOT, file_of, keep, spread
from bench._portal_calls import calls
from local.commands.portal import SERVED, VENDOR
from tests.browser.launched import launched_browser
from tests.portal.pages import CLOSED, MESSAGE, NO_JSON, PAGES
from tests.portal.programme import sample_programme

PICTURES = ROOT / "docs" / "pictures"
LEFT_OUT = ("/nowhere", "C-none", "/none", "/rules/99", "previews/0123456789abcdef")
"""Pages of which there is nothing to show."""
FIRST_LOAD, VENDORED, ONE_PAGE, MOST_CALLS = 60 * 1024, 12 * 1024, 8 * 1024, 20
LONGEST = 30
"""Seconds to wait for content."""
PAINT, CONTENT = 300, 2000
"""Milliseconds."""
_3G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 768e3 / 8}
_WATCH = """
new MutationObserver(() => {
  const is_there = document.querySelector('main h1') && !document.querySelector('.skeleton, [aria-busy=true]')
    && document.querySelector('.loaded, .empty, textarea');
  if (is_there && !window.contentAt) window.contentAt = performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true});
"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def compressed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in files)


def sizes() -> dict[str, int]:
    """Bytes of the vendored part, of the first load without a page's code, and of each page's."""
    core = compressed(*(SERVED / name for name in ("portal.html", "portal.css", "portal.js")))
    pages = {page.stem: compressed(page) for page in sorted((SERVED / "pages").glob("*.js"))}
    return {"vendored": compressed(VENDOR / "vendor.js"), "core": core, **pages}


def visited(browser: Browser, address: str, is_slow: bool) -> tuple[float, float, list[str]]:
    """Milliseconds to the first paint and to the content, and what was asked of the API."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(_WATCH)
    if is_slow:
        _slowed(context, page)
    page.goto(address)
    _until(page, "window.contentAt")
    page.wait_for_timeout(300)
    found = page.evaluate(_PAINT), page.evaluate("window.contentAt")
    context.close()
    return *found, [url[url.index("/api/") :] for url in asked if "/api/" in url and "/api/portal" not in url]


def _until(page: Page, is_so: str) -> None:
    """The page's policy forbids what Playwright waits by."""
    for _ in range(LONGEST * 20):
        if page.evaluate(is_so):
            return
        page.wait_for_timeout(50)
    raise SystemExit(f"{page.url} has no content after {LONGEST} seconds")


def _slowed(context: BrowserContext, page: Page) -> None:
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", _3G)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def measured(browser: Browser, home: str, path: str, rounds: int) -> tuple[dict[str, Any], list[str]]:
    address = f"{home}/api/portal{'' if path == '/' else path}"
    quick = [visited(browser, address, is_slow=False) for _ in range(rounds)]
    slow = [visited(browser, address, is_slow=True) for _ in range(rounds)]
    figures = {
        "firstPaint": spread([each[0] for each in quick]),
        "content": spread([each[1] for each in quick]),
        "contentOn3G": spread([each[1] for each in slow]),
    }
    return figures, quick[0][2]


def _is_pictured(path: str) -> bool:
    """One view of each page, and two of what says more with a query or in another state."""
    is_plain = "?" not in path and not any(each in path for each in (NO_JSON, CLOSED, "history/1"))
    return is_plain or path.endswith(("?spend=116000", "?against=1"))


def picture(browser: Browser, home: str, path: str, scheme: Literal["light", "dark"]) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=scheme)
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(f"{home}/api/portal{'' if path == '/' else path}")
    _until(page, "window.contentAt")
    page.wait_for_timeout(500)
    name = re.sub(r"[^A-Za-z0-9]+", "-", path.replace(MESSAGE, "message")).strip("-") or "overview"
    page.screenshot(path=PICTURES / f"portal-{name}-{scheme}.png")
    context.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench portal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="visits of each page (3)")
    parser.add_argument("--customers", type=int, default=5000, metavar="N", help="for storage calls (5,000)")
    parser.add_argument("--pictures", action="store_true", help="write docs/pictures, measure nothing")
    options = parser.parse_args()
    shown = [path for path in PAGES if not any(each in path for each in LEFT_OUT)]
    with sample_programme() as home, launched_browser() as browser:
        if options.pictures:
            PICTURES.mkdir(exist_ok=True)
            for path in filter(_is_pictured, shown):
                picture(browser, home, path, "light")
                picture(browser, home, path, "dark")
            return
        pages = {path: measured(browser, home, path, options.rounds) for path in shown}
    counted = asyncio.run(calls(options.customers, {path: asked for path, (_, asked) in pages.items()}))
    figures = {path: {**found, "storageCalls": counted[path]} for path, (found, _) in pages.items()}
    _tell(sizes(), figures)
    keep(file_of("portal"), figures, bytes=sizes(), customers=options.customers)


def _tell(found: dict[str, int], figures: dict[str, dict[str, Any]]) -> None:
    """A table, with ! where a budget is not kept."""
    largest = max(number for name, number in found.items() if name not in ("vendored", "core"))
    rows = [
        ("vendored part", found["vendored"], VENDORED),
        ("largest page", largest, ONE_PAGE),
        ("largest first load", found["core"] + largest, FIRST_LOAD),
    ]
    for name, number, most in rows:
        sys.stdout.write(f"{name:24}{number:8,} bytes of {most:,}{_mark(number, most)}\n")
    sys.stdout.write(f"\n{'page':60}{'paint':>8}{'content':>9}{'on 3G':>8}{'calls':>7}\n")
    for path, each in figures.items():
        paint, content, slow = (each[name]["median"] for name in ("firstPaint", "content", "contentOn3G"))
        marks = f"{_mark(paint, PAINT)}{_mark(slow, CONTENT)}{_mark(each['storageCalls'], MOST_CALLS)}"
        sys.stdout.write(f"{path:60}{paint:8.0f}{content:9.0f}{slow:8.0f}{each['storageCalls']:7}{marks}\n")


def _mark(number: float, most: float) -> str:
    return " !" if number > most else ""


if __name__ == "__main__":
    main()
