"""Every page by its address: it is there, again too, axe has no finding, and its first view takes few storage calls."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, expect

from bench._portal_calls import calls_of, filled
from bench.portal import MOST_CALLS
from shared import wiring
from tests.portal.accessible import assert_accessible
from tests.portal.pages import PAGES
from tests.portal.visits import Visit, visiting

CUSTOMERS = 300
"""More than any list shows, or counts."""


@pytest.fixture(scope="module")
def calls() -> Iterator[Callable[[Sequence[str]], int]]:
    """Storage calls of questions to the API about many customers; beside the loop of the browser."""
    with ThreadPoolExecutor(1) as aside, pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "_built", None)
        runner = asyncio.Runner()
        population = aside.submit(runner.run, filled(CUSTOMERS)).result()
        yield lambda asked: aside.submit(runner.run, calls_of(*population, asked)).result()
        aside.submit(runner.close).result()


@pytest.fixture(scope="module")
def tab(home: str, browser: Browser) -> Iterator[Visit]:
    """One for every page: a tab that has run the portal and axe before needs not compile them again."""
    with visiting(browser, home) as made:
        yield made


@pytest.fixture
def visit(tab: Visit) -> Iterator[Visit]:
    tab.begin_anew()
    yield tab
    tab.assert_clean()


@pytest.mark.parametrize(("path", "heading"), PAGES.items(), ids=PAGES)
def test_it_opens_by_its_address_again_too_for_everybody_and_in_few_calls(
    visit: Visit, calls: Callable[[Sequence[str]], int], path: str, heading: str
) -> None:
    visit.open(path, heading)
    first = visit.asked_of_api
    shown = visit.whole()
    assert_accessible(visit.page)
    visit.page.set_viewport_size({"width": 1280, "height": 720})
    visit.page.reload()
    expect(visit.heading).to_have_text(heading)
    visit.settle()
    assert visit.whole() == shown
    assert calls(first) <= MOST_CALLS, first
