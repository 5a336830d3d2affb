"""What is where an answer is late, empty, refused or wrong; those that are hard to get are stubbed at the network."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.host.hosts import ask
from tests.portal.visits import Visit

NOT_THERE = {"title": "Unavailable", "detail": "table storage does not answer"}


def holding(visit: Visit, address: str) -> list[Route]:
    """Questions to that address, which wait until they are let go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visit.page.route(address, hold)
    return held


def problem(route: Route, status: int, **more: Any) -> None:
    told = {"type": "about:blank", "title": "A title", "status": status, "detail": "a detail", **more}
    route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(told))


def test_while_an_answer_is_late_its_place_says_so_and_the_rest_is_there(visit: Visit) -> None:
    held = holding(visit, "**/api/customers/C-1001/history*")
    visit.page.goto(f"{visit.home}/api/portal/customers/C-1001")
    expect(visit.panel("Why")).to_contain_text("Annual spend")
    skeleton = visit.panel("History").locator(".skeleton")
    expect(skeleton).to_have_text("Loading")
    expect(skeleton).to_have_css("opacity", "1")
    held[0].continue_()
    expect(visit.panel("History").get_by_role("row")).not_to_have_count(0)
    expect(skeleton).to_have_count(0)


def test_a_skeleton_is_not_seen_in_the_first_fifth_of_a_second(visit: Visit) -> None:
    visit.page.route("**/api/near*", lambda _: None)
    visit.page.goto(f"{visit.home}/api/portal/near")
    expect(visit.page.locator(".skeleton")).to_have_css("animation-delay", "0.2s")


def test_what_was_shown_stays_until_a_filter_is_answered(visit: Visit) -> None:
    visit.open("/customers")
    held = holding(visit, "**/api/statistics/customers?status=eligible*")
    visit.page.get_by_role("combobox", name="Status").select_option("eligible")
    expect(visit.main.locator("[aria-busy=true]")).to_be_visible()
    expect(visit.main).to_contain_text("Not eligible")
    held[0].continue_()
    visit.settle()
    expect(visit.main.get_by_role("cell").filter(has_text="Not eligible")).to_have_count(0)


def test_an_answer_that_comes_too_late_is_not_shown(visit: Visit) -> None:
    visit.open("/customers")
    held = holding(visit, "**/api/statistics/customers?status=ineligible*")
    status = visit.page.get_by_role("combobox", name="Status")
    status.select_option("ineligible")
    status.select_option("eligible")
    visit.settle()
    shown = visit.main.inner_text()
    assert held
    assert visit.main.inner_text() == shown
    assert visit.page.url.endswith("/customers?status=eligible")


@pytest.mark.parametrize(
    ("path", "stubbed", "words"),
    [
        ("/customers", "**/api/customers?*", "No customer yet"),
        ("/partners", "**/api/partners?*", "No partner yet"),
        ("/losses", "**/api/upcoming?*", "Nobody loses it"),
    ],
)
def test_where_there_is_nothing_at_all_it_says_so(visit: Visit, path: str, stubbed: str, words: str) -> None:
    visit.page.route(stubbed, lambda route: route.fulfill(json={"items": [], "next": None}))
    visit.open(path)
    expect(visit.main).to_contain_text(words)


def test_where_nobody_was_counted_yet_no_number_is_made_up(visit: Visit) -> None:
    visit.page.route("**/api/statistics*", lambda route: route.fulfill(json={"items": [], "next": None}))
    visit.open("/")
    expect(visit.main.get_by_text("Nobody has been counted yet").first).to_be_visible()
    expect(visit.main.locator(".tile strong")).to_have_count(0)


def test_where_nobody_was_counted_yet_a_list_of_those_counted_does_not_say_that_none_matches(visit: Visit) -> None:
    nobody: dict[str, Any] = {"items": [], "next": None, "countedAt": None}
    visit.page.route("**/api/statistics/customers?*", lambda route: route.fulfill(json=nobody))
    visit.open("/customers?status=eligible")
    expect(visit.main).to_contain_text("Nobody has been counted yet")
    expect(visit.main).not_to_contain_text("No customer matches")


def test_where_a_filter_lets_nobody_through_it_says_so_and_can_be_cleared(visit: Visit) -> None:
    visit.open("/customers?partner=P-nobody")
    expect(visit.main).to_contain_text("No customer matches")
    visit.main.get_by_role("link", name="Clear the filters").click()
    expect(visit.main.get_by_role("link", name="Contoso Retail")).to_be_visible()


def test_where_there_is_nothing_to_worry_about_it_says_so(visit: Visit) -> None:
    visit.open("/losses?partner=P-nobody")
    expect(visit.main).to_contain_text("Nobody loses it")


def test_a_fault_stays_in_its_panel_in_its_own_words(visit: Visit) -> None:
    told = {"title": "Unexpected failure", "detail": "the app failed", "invocationId": "11-22"}
    visit.page.route("**/api/customers/C-1001/history*", lambda route: problem(route, 500, **told))
    visit.open("/customers/C-1001")
    alert = visit.panel("History").get_by_role("alert")
    expect(alert).to_contain_text("Unexpected failure. the app failed")
    expect(alert).to_contain_text("11-22")
    expect(visit.panel("Why")).to_contain_text("Annual spend")
    visit.page.unroute("**/api/customers/C-1001/history*")
    alert.get_by_role("button", name="Try again").click()
    expect(visit.panel("History").get_by_role("link", name="Decision 1")).to_be_visible()


def test_members_at_fault_are_named(visit: Visit) -> None:
    visit.open("/customers?owner=x&losesBefore=soon")
    expect(visit.main.get_by_role("alert")).to_contain_text("losesBefore is not a date of the calendar")


def test_who_is_not_signed_in_signs_in_and_comes_back_to_the_view(visit: Visit) -> None:
    signed_in = False

    def answer(route: Route) -> None:
        route.continue_() if signed_in else problem(route, 401, title="Not signed in")

    def sign_in(route: Route) -> None:
        nonlocal signed_in
        signed_in = True
        back = re.search(r"post_login_redirect_uri=([^&]+)", route.request.url)
        assert back
        route.fulfill(
            status=302, headers={"Location": back[1].replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")}
        )

    visit.page.route("**/api/statistics/customers?*", answer)
    visit.page.route("**/.auth/login/aad?*", sign_in)
    visit.asked.clear()
    visit.page.goto(f"{visit.home}/api/portal/customers?status=eligible")
    expect(visit.main.get_by_role("link", name="Contoso Retail")).to_be_visible()
    assert visit.page.url == f"{visit.home}/api/portal/customers?status=eligible"
    visit.asked = [url for url in visit.asked if "/.auth/" not in url]


def test_whose_sign_in_does_not_work_is_not_sent_there_for_ever(visit: Visit) -> None:
    sent: list[str] = []

    def sign_in(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=302, headers={"Location": f"{visit.home}/api/portal/near"})

    visit.page.route(re.compile(r"/api/(me|near)"), lambda route: problem(route, 401, title="Not signed in"))
    visit.page.route("**/.auth/login/aad?*", sign_in)
    visit.page.goto(f"{visit.home}/api/portal/near")
    expect(visit.heading).to_have_text("You are not signed in")
    expect(visit.main).to_contain_text("Signing in did not work")
    assert len(sent) == 1
    with visit.page.expect_request("**/.auth/login/aad?*"):
        visit.page.get_by_role("button", name="Try again").click()
    expect(visit.heading).to_have_text("You are not signed in")
    visit.asked = [url for url in visit.asked if "/.auth/" not in url]


def test_who_has_no_role_for_something_reads_which_one_it_takes(visit: Visit) -> None:
    said = "the caller has no role for this; it takes Operations.Manage"
    visit.page.route("**/api/quarantine/faults", lambda route: problem(route, 403, title="Forbidden", detail=said))
    visit.open("/")
    visit.page.locator(".later").last.scroll_into_view_if_needed()
    expect(visit.panel("Quarantine").get_by_role("alert")).to_contain_text("it takes Operations.Manage")
    expect(visit.panel("Losses by month")).to_contain_text("Jan")


def test_who_has_no_role_at_all_reads_that_and_nothing_else(visit: Visit) -> None:
    said = "the caller has no role for this; it takes Eligibility.Read"
    visit.page.route("**/api/me", lambda route: problem(route, 403, title="Forbidden", detail=said))
    visit.open("/", "You have no role here")
    expect(visit.main).to_contain_text("it takes Eligibility.Read")


def test_a_conflict_is_told_in_its_own_words(visit: Visit) -> None:
    visit.open("/customers/C-1001?on=1999-01-01")
    expect(visit.panel("Why").get_by_role("alert")).to_contain_text("No rule set in force")


def test_what_is_away_for_a_moment_keeps_the_content_and_is_asked_again(visit: Visit) -> None:
    visit.open("/customers?limit=2")
    away = True

    def answer(route: Route) -> None:
        problem(route, 503, **NOT_THERE) if away else route.continue_()

    visit.page.route("**/api/statistics/customers?*", answer)
    visit.page.get_by_role("combobox", name="Status").select_option("eligible")
    expect(visit.main.get_by_role("alert")).to_contain_text("table storage does not answer")
    expect(visit.main.get_by_role("link", name="Contoso Retail")).to_be_visible()
    expect(visit.main.get_by_role("alert")).to_contain_text("What is shown is what was there before")
    away = False
    expect(visit.main.get_by_role("alert")).to_have_count(0)
    expect(visit.main).not_to_contain_text("Not eligible USD")


def test_where_no_network_is_it_says_so_and_goes_on_when_it_is_back(visit: Visit) -> None:
    visit.open("/near")
    visit.page.route("**/api/partners?*", lambda route: route.abort())
    visit.page.get_by_role("link", name="Partners", exact=True).click()
    expect(visit.main.get_by_role("alert")).to_contain_text("The app does not answer")
    visit.page.unroute("**/api/partners?*")
    expect(visit.main.get_by_role("link", name="Fabrikam Consulting")).to_be_visible()
    visit.complaints = [each for each in visit.complaints if "net::ERR_FAILED" not in each]


def test_a_page_whose_code_is_of_another_version_offers_to_load_it_again(visit: Visit) -> None:
    visit.open("/near")
    visit.page.route("**/pages/partners.js", lambda route: problem(route, 404))
    visit.page.get_by_role("link", name="Partners", exact=True).click()
    expect(visit.heading).to_have_text("This page cannot be shown")
    visit.page.unroute("**/pages/partners.js")
    visit.main.get_by_role("button", name="Load it again").click()
    expect(visit.heading).to_have_text("Partners")


def test_who_cannot_be_decided_is_never_shown_as_not_eligible(visit: Visit) -> None:
    visit.open("/")
    visit.main.get_by_role("link", name="Cannot be decided").click()
    expect(visit.heading).to_have_text("Customers")
    visit.settle()
    expect(visit.main.locator("td .state").first).to_be_visible()
    assert set(visit.main.locator("td .state").all_inner_texts()) == {"Cannot be decided"}
    visit.main.locator("a.who").first.click()
    expect(visit.main.locator(".heading .state")).to_have_text("Cannot be decided")
    expect(visit.main.locator(".banner")).to_contain_text("no exchange rate for")


def test_of_a_partners_customers_too(visit: Visit) -> None:
    item = {
        "customerId": "C-1",
        "name": None,
        "owner": None,
        "status": "ineligible",
        "undecided": True,
        "losesOn": None,
    }
    visit.page.route("**/partners/*/customers*", lambda route: route.fulfill(json={"items": [item], "next": None}))
    visit.open("/partners/P-fabrikam")
    expect(visit.panel("Customers").locator("td .state")).to_have_text("Cannot be decided")


@pytest.mark.parametrize("panel", ["Losses by month", "What most often decides against"])
def test_each_bar_of_the_overview_opens_its_list(visit: Visit, panel: str) -> None:
    visit.open("/")
    bar = visit.panel(panel).get_by_role("link").nth(1)
    visit.page.goto(f"{visit.home}{bar.get_attribute('href')}")
    visit.settle()
    expect(visit.main.locator("a.who").first).to_be_visible()


def test_the_list_of_a_criterion_is_as_long_as_its_number(visit: Visit) -> None:
    day = ask(f"{visit.home}/api/statistics").json()["items"][-1]
    for criterion, number in day["byCriterion"].items():
        visit.open(f"/customers?criterion={criterion}&limit=100")
        expect(visit.main.locator("a.who")).to_have_count(number)
        expect(visit.main.get_by_label("Decided by")).to_have_value(criterion)


def test_long_work_says_how_far_it_is_and_its_address_goes_on_with_it(visit: Visit) -> None:
    visit.open("/partners/P-fabrikam")
    done = 20

    def answer(route: Route) -> None:
        found = route.fetch().json()
        route.fulfill(json=found | ({"state": "running", "done": done, "of": 60} if done < 60 else {}))

    visit.page.route(re.compile(r"/api/previews/[0-9a-f]+$"), answer)
    visit.panel("What if it ended on …").get_by_role("button", name="Who loses?").click()
    ends = visit.panel("What if it ended on …")
    expect(ends.get_by_text("20 of 60 customers looked at")).to_be_visible()
    done = 40
    visit.page.reload()
    expect(ends.get_by_text("40 of 60 customers looked at")).to_be_visible()
    done = 60
    expect(ends.get_by_text("would lose it").first).to_be_visible()


def test_with_a_key_the_portal_asks_for_it_keeps_it_in_memory_and_only_reads(visit: Visit) -> None:
    def shell(route: Route) -> None:
        page = route.fetch()
        route.fulfill(response=page, body=page.text().replace('content="local"', 'content="keys"'))

    def guarded(route: Route) -> None:
        has_key = route.request.headers.get("x-functions-key") == "a-key"
        route.continue_() if has_key else route.fulfill(status=401, body="")

    visit.page.route("**/api/portal/near", shell)
    visit.page.route(re.compile(r"/api/(me|near)"), guarded)
    visit.page.goto(f"{visit.home}/api/portal/near")
    visit.page.get_by_label("Function key").fill("a-key")
    visit.page.keyboard.press("Enter")
    expect(visit.main.get_by_role("link", name="What if it spends that").first).to_be_visible()
    kept = visit.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]


def test_a_question_that_is_posted_has_the_portals_own_header(visit: Visit) -> None:
    visit.open("/losses")
    with visit.page.expect_request("**/api/check") as asked:
        visit.main.get_by_role("button", name="What would keep them?").click()
    assert asked.value.headers["x-requested-with"] == "portal"
    expect(visit.main.get_by_role("columnheader", name="What would keep it")).to_be_visible()
    expect(visit.main.get_by_role("cell").filter(has_text="The account team").first).to_be_visible()
