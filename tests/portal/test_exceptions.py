"""Exceptions in the portal: granted and revoked on a customer's page of them, and listed."""

import re
from urllib.parse import urlparse

from playwright.sync_api import Browser, expect

from tests.portal.people import signed_in
from tests.portal.programme import Programme
from tests.portal.visits import Visit, visiting

GIL = signed_in("Gil", "Exceptions.Manage")


def test_an_exception_is_granted_from_the_customers_page_and_revoked(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=GIL) as visit:
        visit.open("/customers/C-1018")
        visit.page.get_by_role("link", name="Exceptions").last.click()
        expect(visit.panel("Granted")).to_contain_text("None was granted")
        visit.page.get_by_label("Why", exact=True).fill("strategic customer")
        visit.page.get_by_label("Last day").fill("2034-12-31")
        visit.page.get_by_role("button", name="Grant it").click()
        row = visit.panel("Granted").get_by_role("row").nth(1)
        expect(row).to_contain_text("strategic customer")
        expect(row).to_contain_text("31 Dec 2034")
        expect(row).to_contain_text("Gil")
        row.get_by_role("button", name=re.compile("Revoke")).click()
        row.get_by_label("Why it ends").fill("no longer needed")
        row.get_by_role("button", name=re.compile("Revoke")).click()
        expect(row).to_contain_text("Revoked")


def test_a_grant_that_is_refused_says_why_and_keeps_what_was_typed(visit: Visit) -> None:
    told = {"title": "Bad request", "status": 400, "detail": "$.reason is too long", "errors": []}

    visit.page.route(
        lambda url: urlparse(url).path.endswith("/exceptions"),
        lambda route: route.fulfill(status=400, json=told) if route.request.method == "POST" else route.continue_(),
    )
    visit.open("/customers/C-1059/exceptions")
    why = visit.page.get_by_label("Why", exact=True)
    why.fill("because")
    visit.page.get_by_label(re.compile("Who approves it")).fill("Katie Jordan")
    visit.page.get_by_role("button", name="Grant it").click()
    expect(visit.panel("Grant one").get_by_role("alert")).to_contain_text("$.reason is too long")
    expect(why).to_have_value("because")


def test_all_exceptions_are_listed_by_their_last_day(visit: Visit) -> None:
    visit.open("/exceptions")
    rows = visit.panel("Granted").get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.nth(1)).to_contain_text("Holds")
