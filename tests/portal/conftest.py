"""One sample programme for all tests of the portal in a process, and a browser for each module."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from local.setup.browser import HOW_TO_GET, find_browser
from local.setup.node import find_node
from tests.portal.programme import Programme, guarded_programme, sample_programme
from tests.portal.visits import Visit, visiting


@pytest.fixture(scope="session")
def home() -> Iterator[str]:
    """The address of the app."""
    with sample_programme() as address:
        yield address


@pytest.fixture(scope="session")
def workshop() -> Iterator[Programme]:
    """For tests that change something: what they look at is their own."""
    with guarded_programme() as programme:
        yield programme


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with the module: while Playwright runs, no other test in this process can run a loop of asyncio."""
    found = find_browser()
    if found is None:
        pytest.fail(f"there is no browser to open the portal with: run ./dev setup, or {HOW_TO_GET}")
    with pytest.MonkeyPatch.context() as patch:
        # Playwright's own Node needs a library that a bare machine lacks.
        patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(find_node()))
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(
                executable_path=found.executable, args=["--no-sandbox"], env={**os.environ, **found.environment}
            )
            yield launched
            launched.close()


@pytest.fixture
def visit(home: str, browser: Browser) -> Iterator[Visit]:
    """A visit that ends without a complaint of the browser."""
    with visiting(browser, home) as made:
        yield made
