"""One sample programme for all tests of the portal in a run, and in a process one to change and a browser.

All end with the tests of the portal: an app that nobody asks polls its queues all the same.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.launched import launched_browser
from tests.portal.programme import Programme, guarded_programme, sample_programme
from tests.portal.together import used_together
from tests.portal.visits import Visit, visiting


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app: the processes of a run use one, since each only reads it."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with used_together(Path(folder) / "portal", sample_programme) as address:
        yield address


@pytest.fixture(scope="package")
def workshop() -> Iterator[Programme]:
    """For tests that change something: what they look at is their own."""
    with guarded_programme() as programme:
        yield programme


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ended with these tests: while Playwright runs, no other test in this process can run a loop of asyncio."""
    with launched_browser() as browser:
        yield browser


@pytest.fixture
def visit(home: str, browser: Browser) -> Iterator[Visit]:
    """A visit that ends without a complaint of the browser."""
    with visiting(browser, home) as made:
        yield made
