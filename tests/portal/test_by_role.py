"""As each app role: what the pages of rules, previews, quarantine, exceptions and the log show and offer."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.host.hosts import ask
from tests.portal.people import signed_in
from tests.portal.programme import Programme
from tests.portal.visits import visiting

READER, MANAGER, APPROVER = "Eligibility.Read", "Rules.Manage", "Rules.Approve"
OPERATOR, GRANTER, PUBLISHER = "Operations.Manage", "Exceptions.Manage", "Events.Publish"
PLACES = {
    READER: {"Rules", "Exceptions"},
    MANAGER: {"Rules", "Exceptions", "Change log"},
    APPROVER: {"Rules", "Exceptions", "Change log"},
    OPERATOR: {"Rules", "Exceptions", "Change log", "Quarantine"},
    GRANTER: {"Rules", "Exceptions"},
}
OFFERS = {
    "Draft a change": ("/rules", {MANAGER}),
    "Draft a change of it": ("/rules/2", {MANAGER}),
    "Preview it again": ("/rules/2", {MANAGER}),
    "Approve": ("/rules/2", {APPROVER}),
    "Grant it": ("/customers/C-1059/exceptions", {GRANTER}),
    "Revoke X-1059": ("/customers/C-1059/exceptions", {GRANTER}),
}


@pytest.mark.parametrize("role", PLACES)
def test_the_navigation_has_the_places_of_the_role(browser: Browser, workshop: Programme, role: str) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=signed_in("Kim", role)) as visit:
        visit.open("/rules", "Rules")
        places = visit.page.get_by_role("navigation", name="Portal")
        expect(places.get_by_role("link", name="Rules")).to_be_visible()
        named = set(places.get_by_role("link").all_inner_texts())
        assert named & {"Rules", "Exceptions", "Change log", "Quarantine"} == PLACES[role]


@pytest.mark.parametrize("role", PLACES)
def test_what_changes_something_is_offered_to_who_may_do_it(browser: Browser, workshop: Programme, role: str) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=signed_in("Kim", role)) as visit:
        for name, (path, roles) in OFFERS.items():
            visit.open(path)
            offered = visit.main.get_by_role("button", name=name, exact=True)
            offered = offered.or_(visit.main.get_by_role("link", name=name, exact=True))
            expect(offered).to_have_count(1 if role in roles else 0)


@pytest.mark.parametrize("role", PLACES)
def test_a_preview_is_read_by_all_and_acted_on_by_rule_managers(
    browser: Browser, workshop: Programme, role: str
) -> None:
    previews = ask(f"{workshop.home}/api/previews").json()["items"]
    (first,) = (each for each in previews if each["version"] == 2)
    with visiting(browser, workshop.guarded, extra_http_headers=signed_in("Kim", role)) as visit:
        visit.open(f"/previews/{first['id']}", "Activating version 2")
        expect(visit.main).to_contain_text("Would lose it")
        acts = visit.page.get_by_label(re.compile("Type how many"))
        expect(acts).to_have_count(1 if role == MANAGER and not first["outOfDate"] else 0)


@pytest.mark.parametrize(("path", "role"), [("/quarantine", READER), ("/log", READER), ("/quarantine", MANAGER)])
def test_a_place_of_another_role_names_the_role_that_is_needed(
    browser: Browser, workshop: Programme, path: str, role: str
) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=signed_in("Kim", role)) as visit:
        visit.open(path)
        needed = "Operations.Manage" if path == "/quarantine" else "Rules.Manage"
        expect(visit.main.get_by_role("alert").first).to_contain_text(needed)


def test_who_may_only_send_events_has_no_role_here(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=signed_in("Kim", PUBLISHER)) as visit:
        visit.open("/rules")
        expect(visit.main.get_by_role("alert").first).to_contain_text("Eligibility.Read")
