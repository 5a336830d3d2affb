"""Getting about: addresses that keep the view, focus and titles, the search box, printing, roles, forced colours."""

import re

import pytest
from playwright.sync_api import Browser, expect

from shared.api.principal import Role
from tests.portal.visits import Visit, visiting

READERS = ["Overview", "Customers", "Upcoming losses", "Near the threshold", "Partners"]


def test_back_forward_and_loading_again_keep_the_view(visit: Visit) -> None:
    visit.open("/customers")
    visit.page.get_by_role("combobox", name="Status").select_option("eligible")
    visit.settle()
    visit.page.get_by_label("Partner", exact=True).fill("P-fabrikam")
    visit.page.keyboard.press("Enter")
    visit.settle()
    wanted = f"{visit.home}/api/portal/customers?status=eligible&partner=P-fabrikam"
    assert visit.page.url == wanted
    names = visit.main.locator("a.who").all_inner_texts()
    visit.page.reload()
    visit.settle()
    assert visit.main.locator("a.who").all_inner_texts() == names
    visit.page.go_back()
    expect(visit.page.get_by_label("Partner", exact=True)).to_have_value("")
    visit.page.go_back()
    expect(visit.page.get_by_role("combobox", name="Status")).to_have_value("")
    visit.page.go_forward()
    visit.page.go_forward()
    expect(visit.page.get_by_label("Partner", exact=True)).to_have_value("P-fabrikam")
    assert visit.page.url == wanted


def test_the_next_page_of_a_list_has_an_address_of_its_own(visit: Visit) -> None:
    visit.open("/customers?limit=3")
    visit.main.get_by_role("link", name="Next page").click()
    expect(visit.main.locator("a.who").first).to_contain_text("C-1004")
    visit.page.reload()
    expect(visit.main.locator("a.who").first).to_contain_text("C-1004")
    visit.main.get_by_role("link", name="First page").click()
    expect(visit.main.locator("a.who").first).to_contain_text("C-1001")


def test_focus_goes_to_the_new_heading_and_the_title_is_announced(visit: Visit) -> None:
    visit.open("/customers")
    visit.main.get_by_role("link", name="Contoso Retail").click()
    expect(visit.heading).to_be_focused()
    expect(visit.heading).to_have_text("Contoso Retail")
    expect(visit.page).to_have_title("Contoso Retail (C-1001) · FastTrack eligibility")
    expect(visit.page.locator("#announcer")).to_contain_text("FastTrack eligibility")


def test_the_first_view_leaves_the_focus_where_the_browser_has_it(visit: Visit) -> None:
    visit.open("/near")
    assert visit.page.evaluate("document.activeElement === document.body")


def test_the_search_finds_by_id_and_by_name_with_arrow_keys_alone(visit: Visit) -> None:
    visit.open("/")
    visit.page.keyboard.press("/")
    box = visit.page.get_by_role("combobox", name="Search customers and partners")
    expect(box).to_be_focused()
    visit.page.keyboard.type("contoso")
    options = visit.page.get_by_role("option")
    expect(options.filter(has_text="Contoso Retail")).to_be_visible()
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowDown")
    chosen = visit.page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", re.compile("found-1"))
    name = chosen.locator("span").first.inner_text()
    visit.page.keyboard.press("Enter")
    expect(visit.heading).to_have_text(name)


def test_an_id_that_is_typed_whole_goes_straight_there(visit: Visit) -> None:
    visit.open("/")
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("P-fabrikam")
    visit.page.keyboard.press("Enter")
    expect(visit.heading).to_have_text("Fabrikam Consulting")


def test_what_is_found_nowhere_is_said(visit: Visit) -> None:
    visit.open("/")
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("zzz")
    expect(visit.page.get_by_text("No customer or partner begins with “zzz”.")).to_be_visible()


def test_the_shortcut_can_be_switched_off(visit: Visit) -> None:
    visit.open("/")
    visit.page.get_by_label("Keyboard shortcut").uncheck()
    visit.heading.focus()
    visit.page.keyboard.press("/")
    box = visit.page.get_by_role("combobox", name="Search customers and partners")
    expect(box).not_to_be_focused()
    visit.page.reload()
    expect(visit.page.get_by_label("Keyboard shortcut")).not_to_be_checked()
    visit.heading.focus()
    visit.page.keyboard.press("/")
    expect(box).not_to_be_focused()
    visit.page.get_by_label("Keyboard shortcut").check()
    assert visit.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_the_first_tab_stop_skips_to_the_content(visit: Visit) -> None:
    visit.open("/customers")
    visit.page.keyboard.press("Tab")
    expect(visit.page.get_by_role("link", name="Skip to content")).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(visit.main).to_be_focused()


def test_a_customer_is_printed_on_one_page_without_what_is_for_the_screen(visit: Visit) -> None:
    visit.open("/customers/C-1001")
    visit.page.emulate_media(media="print")
    expect(visit.page.get_by_role("banner")).not_to_be_visible()
    expect(visit.main.get_by_role("button", name="Print")).not_to_be_visible()
    expect(visit.panel("For the customer")).to_be_visible()
    expect(visit.main.locator(".heading .state")).to_be_visible()
    expect(visit.main.locator(".banner")).to_contain_text(re.compile(r"Will be lost on \d+ \w{3} \d{4}.*because"))
    expect(visit.main.locator(".banner")).to_be_visible()
    for each in visit.main.locator("button, input, select").all():
        expect(each).not_to_be_visible()
    pdf = visit.page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_list_is_saved_as_csv_with_all_its_pages(visit: Visit) -> None:
    visit.open("/customers?status=eligible")
    with visit.page.expect_download() as saved:
        visit.main.get_by_role("button", name="CSV").click()
    text = saved.value.path().read_text("utf-8-sig")
    assert saved.value.suggested_filename == "customers.csv"
    assert text.startswith("customerId,")
    assert "C-1001" in text
    assert "ineligible" not in text


def test_the_link_of_a_view_is_copied(browser: Browser, home: str) -> None:
    with visiting(browser, home, permissions=["clipboard-read", "clipboard-write"]) as visit:
        visit.open("/customers/C-1001?on=2027-03-01")
        visit.main.get_by_role("button", name="Copy link").click()
        expect(visit.main.get_by_role("button", name="Copied")).to_be_visible()
        assert visit.page.evaluate("navigator.clipboard.readText()") == visit.page.url


@pytest.mark.parametrize("role", [each.value for each in Role])
def test_each_role_sees_what_it_may_ask_for(visit: Visit, role: str) -> None:
    me = {"name": "ada@example.com", "roles": [role], "access": "app-roles"}
    visit.page.route("**/api/me", lambda route: route.fulfill(json=me))
    visit.open("/")
    names = visit.page.get_by_role("navigation", name="Portal").get_by_role("link").all_inner_texts()
    assert set(READERS) <= set(names) if role != Role.PUBLISHER.value else names == []
    for each in visit.page.locator(".later").all():
        each.scroll_into_view_if_needed()
    expect(visit.panel("Quarantine")).to_have_count(1 if role == Role.OPERATOR.value else 0)
    expect(visit.page.get_by_role("banner")).to_contain_text("ada@example.com")


def test_in_forced_colours_states_and_bars_are_still_seen(browser: Browser, home: str) -> None:
    with visiting(browser, home, forced_colors="active") as visit:
        visit.open("/customers/C-1001")
        border = visit.main.locator(".state").first.evaluate("each => getComputedStyle(each).borderTopWidth")
        assert border == "1px"
        fill = visit.panel("Spend and threshold").locator("rect.good").evaluate("each => getComputedStyle(each).fill")
        assert fill != visit.panel("Spend and threshold").locator("rect.track").evaluate(
            "each => getComputedStyle(each).fill"
        )


@pytest.mark.parametrize("path", ["/", "/losses", "/customers/C-1001"])
def test_every_chart_is_an_image_with_a_sentence_as_its_name_and_a_table_beside_it(visit: Visit, path: str) -> None:
    visit.open(path)
    images = visit.main.locator("svg[role=img]")
    assert images.count() > 0
    for number in range(images.count()):
        assert re.fullmatch(r"[A-Z0-9].{20,}\.", images.nth(number).get_attribute("aria-label") or "")
        beside = visit.main.locator("figure.chart").nth(number)
        beside.get_by_text("As a table").click()
        expect(beside.get_by_role("table")).to_be_visible()
        assert images.nth(number).locator("text").first.evaluate("each => getComputedStyle(each).fontSize") == "12px"
