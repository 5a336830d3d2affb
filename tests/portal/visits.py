"""A visit of the portal in a real browser, watched: what it asks for, and what the browser complains of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

_REPORT = "addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective))"
LONGEST = 10_000
"""Milliseconds."""
_QUIET = 6
"""Looks at the network, 20 ms apart, at which nothing is asked."""
expect.set_options(timeout=LONGEST)


class Visit:
    """One tab. ``expects`` are beginnings of what the browser may say: a status that is no success is always told."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(LONGEST)
        page.add_init_script(_REPORT)
        self._waiting: set[Request] = set()
        page.on("request", self._ask)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._note)

    def _ask(self, request: Request) -> None:
        self.asked.append(request.url)
        self._waiting.add(request)

    def _answered(self, request: Request) -> None:
        self._waiting.discard(request)

    def _note(self, message: ConsoleMessage) -> None:
        is_status = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not is_status:
            self.complaints.append(message.text)

    def open(self, path: str, heading: str = "") -> "Visit":
        """Go to a view by its address, and wait until all of it is there."""
        self.page.goto(f"{self.home}/api/portal{'' if path == '/' else path}")
        expect(self.heading).to_have_text(heading) if heading else expect(self.heading).to_be_visible()
        self.settle()
        return self

    def settle(self) -> None:
        """Nothing is loading any more."""
        expect(self.page.locator(".skeleton")).to_have_count(0)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def whole(self) -> str:
        """Its text, of what is asked for once it is seen too."""
        for each in self.page.locator(".later").all():
            each.scroll_into_view_if_needed()
            expect(each.locator(":scope > *")).not_to_have_count(0)
        quiet = 0
        while quiet < _QUIET:  # an answer may lead to the next question
            quiet = 0 if self._waiting else quiet + 1
            self.page.wait_for_timeout(20)
        self.settle()
        return self.main.inner_text()

    def begin_anew(self) -> None:
        """Forget what was asked so far, and look as a tab does that was just opened."""
        self.asked.clear()
        self.page.set_viewport_size({"width": 1280, "height": 720})
        self.page.emulate_media(color_scheme="null", reduced_motion="null")

    def assert_clean(self) -> None:
        """No complaint, and no question to another host."""
        assert self.complaints == []
        assert [url for url in self.asked if not url.startswith((f"{self.home}/api/", "data:", "blob:"))] == []

    @property
    def asked_of_api(self) -> list[str]:
        """Of its questions so far, those that are not for files of the portal; below the API."""
        paths = (url.removeprefix(self.home) for url in self.asked)
        return [each for each in paths if each.startswith("/api/") and not each.startswith("/api/portal")]

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def panel(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name)


@contextmanager
def visiting(browser: Browser, home: str, **options: Any) -> Iterator[Visit]:
    """Ends without a complaint and without a question to another host; ``options`` are those of a browser's context."""
    context = browser.new_context(**options)
    made = Visit(context.new_page(), home)
    yield made
    context.close()
    made.assert_clean()
