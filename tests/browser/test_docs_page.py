"""The page to try the API, read and used in a real browser against the running system."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.launched import launched_browser
from tests.host.hosts import ROOT, ask, eventually
from tests.system.running_system import RunningSystem, running_system

PHONE = 390


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """The system when it has heard the first half of the sample programme and all of it is settled."""
    with running_system(tmp_path_factory.mktemp("system") / "log") as started:
        for line in (ROOT / "samples" / "events.jsonl").read_bytes().splitlines()[:150]:
            started.send(line)
        started.host.settle(60)
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched_browser() as browser:
        yield browser


class Visit:
    """One visit of the page, watched: what it asked for, and what the browser complained of."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        page.set_default_timeout(10_000)
        page.goto(f"{home}/api/docs")
        expect(page.locator(".operation").first).to_be_visible()

    def _note(self, kind: str, text: str) -> None:
        """A status that is no success is always told; it is what some tests are about."""
        if kind in ("error", "warning") and not text.startswith("Failed to load resource: the server responded"):
            self.complaints.append(text)

    def opened(self, route: str) -> Locator:
        """The route's card, opened."""
        card = self.page.locator(f"#{route}")
        card.locator("summary").first.click()
        return card

    def sent(self, card: Locator) -> Locator:
        """The answer to what the card's form says now."""
        card.get_by_role("button", name="Send").click()
        answer = card.locator(".answer")
        expect(answer.locator(".status")).to_be_visible()
        return answer


@pytest.fixture
def visit(system: RunningSystem, browser: Browser) -> Iterator[Visit]:
    """Every test ends without a complaint of the browser, and nothing was asked of another host."""
    page = browser.new_page()
    visit = Visit(page, system.host.url)
    yield visit
    page.close()
    assert visit.complaints == []
    assert {url for url in visit.asked if not url.startswith((f"{system.host.url}/api/", "data:"))} == set()


def test_it_shows_every_route_of_the_description(visit: Visit) -> None:
    document = ask(f"{visit.home}/api/openapi.json").json()
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert sorted(visit.page.locator(".operation").evaluate_all("all => all.map(each => each.id)")) == sorted(names)


def test_customers_are_listed_and_the_next_page_is_a_click_away(visit: Visit) -> None:
    card = visit.opened("listCustomers")
    card.get_by_label("limit").fill("2")
    answer = visit.sent(card)
    expect(answer.locator(".status")).to_have_text("200 OK")
    expect(answer).to_contain_text("C-1001")
    answer.get_by_role("button", name="Next page").click()
    expect(card.locator(".answer")).to_contain_text("C-1003")
    expect(card.get_by_label("after")).to_have_value("C-1002")


def test_eligibility_is_told_in_words_with_its_reasons(visit: Visit) -> None:
    card = visit.opened("getEligibility")
    expect(card.get_by_label("id")).to_have_value("C-1001")
    answer = visit.sent(card)
    expect(answer.locator(".outcome")).to_contain_text("Eligible")
    expect(answer.get_by_text("Eligible with J-1001", exact=True)).to_be_visible()
    lines = answer.get_by_label("Why")
    expect(lines).to_contain_text("Annual spend on new deployments: USD ")
    expect(lines.get_by_label("met", exact=True)).to_have_count(5)


def test_the_whole_tree_of_reasons_is_folded_below_them(visit: Visit) -> None:
    answer = visit.sent(visit.opened("getEligibility"))
    reasons = answer.get_by_label("Reasons")
    expect(reasons).not_to_be_visible()
    answer.get_by_text("The whole tree of reasons").click()
    expect(reasons).to_contain_text("Annual spend on new deployments")
    expect(reasons.get_by_label("met", exact=True).first).to_be_visible()
    expect(reasons.locator(".spare").first).to_contain_text("not needed")


def test_alternatives_are_told_below_the_line_that_needs_one(visit: Visit) -> None:
    card = visit.opened("check")
    partner = {"partnerId": "P-none", "competencies": [], "designations": [], "deployments": [], "trainings": []}
    attached = [{"partnerId": "P-none", "projectId": None, "attached": True}]
    licence = {"licenceId": "L-9", "application": "sales", "annualAmount": "900000", "currency": "USD"}
    project = {"projectId": "J-9", "applications": ["sales"], "initiatedOn": "2026-04-01", "status": "active"}
    facts = {"licences": [licence | {"newDeployment": True}], "projects": [project], "attachments": attached}
    card.locator("textarea").fill(json.dumps({"customer": facts, "partners": [partner]}))
    answer = visit.sent(card)
    expect(answer.locator(".outcome .tag")).to_have_text("Not eligible")
    ways = answer.get_by_label("One of these").get_by_role("listitem")
    expect(ways).to_have_count(2)
    expect(ways.nth(0)).to_contain_text("P-none: no Cloud Business Applications competency")
    expect(ways.nth(1)).to_contain_text("and")


def test_what_cannot_be_decided_is_not_told_as_a_refusal(visit: Visit) -> None:
    card = visit.opened("check")
    licence = {"licenceId": "L-9", "application": "sales", "annualAmount": "900000", "currency": "SEK"}
    facts = {"licences": [licence | {"newDeployment": True}], "projects": [], "attachments": []}
    money = {"type": "annual-spend-at-least", "id": "spend", "title": "Spend", "amount": "1"}
    rules = ask(f"{visit.home}/api/rule-sets/1").json()["document"] | {"criteria": money}
    card.locator("textarea").fill(json.dumps({"customer": facts, "ruleSet": rules}))
    expect(visit.sent(card).locator(".outcome .tag")).to_have_text("Cannot be decided")


def test_what_would_help_is_told_to_those_not_eligible(visit: Visit) -> None:
    card = visit.opened("getEligibility")
    card.get_by_label("id").fill("C-1002")
    answer = visit.sent(card)
    expect(answer.locator(".outcome")).to_contain_text("Not eligible")
    expect(answer.get_by_label("What would help")).to_contain_text("Spend")


def test_a_wrong_parameter_is_told_beside_its_field(visit: Visit) -> None:
    card = visit.opened("listCustomers")
    card.get_by_label("limit").fill("5000")
    answer = visit.sent(card)
    expect(answer.locator(".status")).to_have_text("400 Bad Request")
    expect(answer.get_by_role("alert")).to_contain_text("give a whole number from 1 to 1000")
    expect(card.get_by_label("limit")).to_have_attribute("aria-invalid", "true")
    expect(card.locator("#listCustomers-limit-fault")).to_contain_text("whole number from 1 to 1000")
    card.get_by_label("limit").fill("3")
    visit.sent(card)
    expect(card.locator(".answer .status")).to_have_text("200 OK")
    expect(card.get_by_label("limit")).not_to_have_attribute("aria-invalid", "true")


def test_an_unknown_customer_is_told_as_a_problem(visit: Visit) -> None:
    card = visit.opened("getCustomer")
    card.get_by_label("id").fill("C-none")
    expect(visit.sent(card).get_by_role("alert")).to_contain_text("no event has told of customer C-none")


def test_an_event_posted_from_its_example_decides_the_customer(visit: Visit, system: RunningSystem) -> None:
    card = visit.opened("postEvents")
    example = card.locator("textarea").input_value()
    card.locator("textarea").fill(example.replace("C-1002", "C-tried").replace('"2026-06-30', '"2026-05-30'))
    expect(visit.sent(card).locator(".status")).to_have_text("202 Accepted")
    eventually(lambda: ask(f"{visit.home}/api/customers/C-tried").status == 200)


def test_a_body_at_fault_is_told_member_by_member(visit: Visit) -> None:
    card = visit.opened("postEvents")
    card.locator("textarea").fill('{"specversion": "1.0", "data": {}}')
    problem = visit.sent(card).get_by_role("alert")
    expect(problem).to_contain_text("$.type")
    expect(problem).to_contain_text("$.time")


def test_what_is_answered_is_shown_as_text_and_never_as_markup(visit: Visit) -> None:
    card = visit.opened("getCustomer")
    card.get_by_label("id").fill("<img src=x onerror=alert(1)>")
    visit.sent(card)
    assert card.locator(".answer img").count() == 0


def test_it_can_be_used_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    page.locator("#listRuleSets > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#listRuleSets").get_by_label("limit")).to_be_focused()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.locator("#listRuleSets .answer .status")).to_have_text("200 OK")


def test_the_key_that_is_entered_is_sent_and_only_where_one_is_needed(visit: Visit) -> None:
    visit.page.get_by_label("Function key").fill("a-key")
    keys = {}
    for route, path in (("listCustomers", "/api/customers"), ("health", "/api/health")):
        card = visit.opened(route)
        with visit.page.expect_request(f"**{path}") as asked:
            visit.sent(card)
        keys[route] = asked.value.headers.get("x-functions-key")
    assert keys == {"listCustomers": "a-key", "health": None}


def test_a_link_to_a_route_opens_it(visit: Visit) -> None:
    visit.page.goto(f"{visit.home}/api/docs#getPartner")
    visit.page.reload()
    expect(visit.page.locator("#getPartner form")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_light_and_in_dark(system: RunningSystem, browser: Browser, scheme: str) -> None:
    context = browser.new_context(viewport={"width": PHONE, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    visit = Visit(context.new_page(), system.host.url)
    visit.sent(visit.opened("getEligibility"))
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= PHONE
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(system: RunningSystem, browser: Browser, scheme: str) -> None:
    """At least 4.5 to 1, as WCAG 2.2 AA asks."""
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    visit = Visit(context.new_page(), system.host.url)
    visit.sent(visit.opened("getEligibility"))
    card = visit.opened("listCustomers")
    card.get_by_label("limit").fill("0")
    visit.sent(card)
    card.get_by_text("What it answers").click()
    faint = visit.page.evaluate((Path(__file__).parent / "contrast.js").read_text())
    assert faint == []
    context.close()


def test_it_is_served_with_headers_that_allow_just_its_own_style_and_script(visit: Visit) -> None:
    headers = ask(f"{visit.home}/api/docs").headers
    policy = dict(each.strip().split(" ", 1) for each in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert all(policy[name].startswith("'sha256-") for name in ("script-src", "style-src"))
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
