"""The browser that tests and measurements open pages with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from playwright.sync_api import Browser, sync_playwright

from local.setup.browser import HOW_TO_GET, find_browser
from local.setup.node import find_node


class NoBrowserError(Exception):
    """The message says how to get one."""


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """While it runs, this process can run no loop of asyncio. Raises NoBrowserError."""
    found = find_browser()
    if found is None:
        raise NoBrowserError(f"there is no browser to open a page with: run ./dev setup, or {HOW_TO_GET}")
    # Playwright's own Node needs a library that a bare machine lacks.
    with mock.patch.dict(os.environ, PLAYWRIGHT_NODEJS_PATH=str(find_node())), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable, args=["--no-sandbox"], env={**os.environ, **found.environment}
        )
        yield browser
        browser.close()
