"""Rules in the portal: the programme manager's questions by keyboard, and drafts, approvals and changes."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.host.hosts import ask, eventually
from tests.portal.keyboard import enter, fill, follow, tab_to
from tests.portal.people import signed_in
from tests.portal.programme import Programme
from tests.portal.visits import Visit, visiting

ADA = signed_in("Ada", "Rules.Manage")
BO = signed_in("Bo", "Rules.Approve")


def test_question_1_is_my_edit_valid(visit: Visit) -> None:
    follow(visit, ["Rules", "Draft a change"])
    validity = visit.panel("Is it valid?")
    amount = visit.page.get_by_label("Amount a year")
    fill(visit, amount, "320,000")
    expect(validity).to_contain_text("Not valid: 1 fault")
    expect(validity).to_contain_text('write "320000"')
    expect(amount).to_have_attribute("aria-invalid", "true")
    fill(visit, amount, "320000")
    expect(validity).to_have_text(re.compile("Valid$"))


def test_question_2_what_does_it_change_in_words(visit: Visit) -> None:
    follow(visit, ["Rules", "Draft a change"])
    fill(visit, visit.page.get_by_label("Amount a year"), "320000")
    changes = visit.panel("What it changes against version 1")
    expect(changes.get_by_role("listitem")).to_have_text(["annual spend 300,000 becomes 320,000 USD"])
    follow(visit, ["Rules", "Version 2"])
    expect(visit.panel("What it changes")).to_contain_text("application marketing removed")


def test_question_3_who_would_lose_why_and_how_much_spend_is_at_stake(visit: Visit) -> None:
    follow(visit, ["Rules", "Activating version 2"])
    losers = visit.panel("Would lose it")
    expect(losers).to_contain_text("Graphic Design Institute C-1011")
    expect(losers).to_contain_text("no Solutions Partner for Business Applications designation")
    expect(visit.page.get_by_role("navigation", name="What would change")).to_contain_text("at stake")


def test_question_5_who_must_be_informed_before_the_day_it_takes_effect(visit: Visit) -> None:
    follow(visit, ["Rules", "Activating version 2"])
    expect(visit.main).to_contain_text(re.compile(r"Their account teams have to know before 1 \w+ 20\d\d"))
    first = visit.panel("Would lose it").get_by_role("row").nth(1)
    expect(first.get_by_role("cell").last).to_have_text(re.compile("account-team-"))
    expect(visit.panel("Would lose it").get_by_role("button", name="CSV")).to_be_visible()


def test_a_bar_narrows_the_list_and_back_widens_it_again(visit: Visit) -> None:
    follow(visit, ["Rules", "Activating version 2"])
    rows = visit.panel("Would lose it").get_by_role("row")
    every = rows.count()
    bar = visit.panel("By partner").get_by_role("listitem").first
    number = int(bar.locator(".number").inner_text().split()[0])
    bar.get_by_role("link").click()
    expect(rows).to_have_count(number + 1)
    expect(bar.get_by_role("link")).to_have_attribute("aria-current", "true")
    visit.page.go_back()
    expect(rows).to_have_count(every)


def test_structure_is_checked_as_it_is_typed_and_fields_follow_it(visit: Visit) -> None:
    visit.open("/rules/1/edit")
    text = visit.page.get_by_label("Criteria can be moved")
    whole = text.input_value()
    text.fill(whole.replace('"300000"', '"310000"'))
    expect(visit.page.get_by_label("Amount a year")).to_have_value("310000")
    text.fill(whole[:-2])
    expect(visit.panel("Is it valid?")).to_contain_text("This is not JSON yet")
    expect(visit.page.get_by_role("button", name="Store the draft")).to_be_disabled()
    text.fill(whole.replace('"type": "competency"', '"type": "competence"'))
    expect(visit.panel("Is it valid?")).to_contain_text("competence")


def test_rates_lists_and_days_are_edited_in_place(visit: Visit) -> None:
    visit.open("/rules/1/edit")
    page, changes = visit.page, visit.panel("What it changes against version 1").get_by_role("listitem")
    page.get_by_label("1 EUR in USD").fill("1.10")
    page.get_by_label("Another currency").fill("SEK")
    page.get_by_label("Rate", exact=True).fill("0.095")
    page.get_by_label("Rate", exact=True).press("Enter")
    page.get_by_label("Take GBP out").click()
    page.get_by_label("Days before a loss").fill("60, 14")
    page.get_by_label("First day").fill("2031-02-03")
    page.get_by_label("Take Viva Sales out").click()
    page.get_by_role("group", name="Levels").get_by_label("Silver").uncheck()
    expect(changes).to_have_text(
        [
            "in force from 13 Feb 2023 becomes 3 Feb 2031",
            "exchange rate EUR 1.08 becomes 1.10",
            "exchange rate GBP removed",
            "exchange rate SEK added (0.095)",
            "application viva-sales removed",
            "criterion cba: levels gold, silver becomes gold",
            "days of warning before a loss 90, 30, 7 becomes 60, 14",
        ]
    )
    expect(visit.panel("Is it valid?")).to_have_text(re.compile("Valid$"))


def test_golden_cases_that_would_break_are_shown_while_it_is_typed(visit: Visit) -> None:
    visit.open("/rules/2/edit")
    cases = visit.panel("Golden cases").get_by_role("listitem")
    expect(cases.first).to_be_visible()
    visit.page.get_by_label("Amount a year").fill("900000000")
    expect(visit.panel("Golden cases")).to_contain_text("expected eligible, found ineligible")
    expect(visit.page.get_by_label(re.compile("Without the .* golden case"))).to_be_visible()


def draft(programme: Programme, amount: str) -> int:
    """The version of a draft that Ada stored."""
    document = ask(f"{programme.home}/api/rule-sets/1").json()["document"]
    document["criteria"]["criteria"][0]["amount"] = amount
    body = json.dumps({"document": document, "note": "asked by the board"}).encode()
    stored = ask(f"{programme.guarded}/api/rule-sets", "POST", body, ADA)
    assert stored.status == 201, stored.body
    return int(stored.json()["version"])


def test_question_4_it_is_put_in_force_with_a_second_pair_of_eyes(browser: Browser, workshop: Programme) -> None:
    version = draft(workshop, "310000")
    with visiting(browser, workshop.guarded, extra_http_headers=ADA) as ada:
        ada.open(f"/rules/{version}", f"Version {version}")
        ada.page.get_by_role("button", name="Preview it").click()
        lost = ada.page.get_by_role("navigation", name="What would change").get_by_role("link").first
        expect(ada.main.get_by_text("Finished", exact=True)).to_be_visible()
        number = lost.locator("strong").inner_text()
        ada.page.get_by_label("Why").fill("agreed")
        ada.page.get_by_label(re.compile("Type how many")).fill(number)
        ada.page.get_by_role("button", name=re.compile("Put it in force")).click()
        expect(ada.main.get_by_role("alert")).to_contain_text("needs 1 approval and has none")
    with visiting(browser, workshop.guarded, extra_http_headers=BO) as bo:
        follow(bo, ["Rules", f"Version {version}"])
        enter(bo, bo.page.get_by_role("button", name="Approve"))
        expect(bo.panel("Putting it in force")).to_contain_text("1 of 1 approval needed")
    with visiting(browser, workshop.guarded, extra_http_headers=ADA) as ada:
        follow(ada, ["Rules", f"Activating version {version}"])
        fill(ada, ada.page.get_by_label(re.compile("Type how many")), str(int(number) + 1))
        go = ada.page.get_by_role("button", name=re.compile("Put it in force"))
        expect(go).to_be_disabled()
        fill(ada, ada.page.get_by_label(re.compile("Type how many")), number)
        fill(ada, ada.page.get_by_label("Why"), "agreed")
        enter(ada, go)
        expect(ada.heading).to_have_text(f"Version {version}")
        expect(ada.panel("What was done with it")).to_contain_text("Bo")
        expect(ada.main.get_by_text("In force", exact=True)).to_be_visible()


def test_a_draft_is_stored_with_its_reason_and_shown(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=ADA) as ada:
        ada.open("/rules/1/edit")
        ada.page.get_by_label("Amount a year").fill("305000")
        ada.page.get_by_label("Why the rules should change").fill("inflation")
        ada.page.get_by_role("button", name="Store the draft").click()
        expect(ada.heading).to_have_text(re.compile(r"Version \d+"))
        expect(ada.main).to_contain_text("inflation")
        expect(ada.main).to_contain_text("Ada verified")


def test_nobody_approves_what_they_wrote(browser: Browser, workshop: Programme) -> None:
    version = draft(workshop, "311000")
    both = signed_in("Ada", "Rules.Manage", "Rules.Approve")
    with visiting(browser, workshop.guarded, extra_http_headers=both) as ada:
        ada.open(f"/rules/{version}")
        ada.page.get_by_role("button", name="Approve").click()
        expect(ada.panel("Putting it in force").get_by_role("alert")).to_contain_text("author")


ONE: dict[str, Any] = {
    "id": "0123456789abcdef",
    "title": "",
    "version": 2,
    "action": "activate",
    "state": "running",
    "on": "2027-03-01",
    "comparedOn": "2027-03-01",
    "outOfDate": False,
    "startedAt": "2026-11-29T01:00:00.000000Z",
    "finishedAt": None,
    "sha256": None,
    "partnerIds": [],
    "done": 1200,
    "of": 5000,
    "comesIntoForce": True,
    "comparedWith": 1,
    "inForceThen": 2,
    "difference": [],
    "counts": {"gained": 0, "lost": 0, "changedProjects": 0, "changedReason": 0, "stayed": 1200},
    "byCriterion": {},
    "byPartner": {},
    "spendAtStake": {"amount": "0.00", "currency": "USD"},
}


def stub(visit: Visit, path: str, value: object, status: int = 200) -> None:
    def answer(route: Route) -> None:
        route.fulfill(status=status, json=value)

    visit.page.route(re.compile(rf"/api/{path}"), answer)


def test_a_running_preview_says_done_of_total_and_goes_on_by_itself(visit: Visit) -> None:
    stub(visit, r"previews/0123456789abcdef/customers", {"items": [], "next": None})
    stub(visit, r"previews/0123456789abcdef$", ONE)
    visit.page.goto(f"{visit.home}/api/portal/previews/0123456789abcdef")
    expect(visit.main).to_contain_text("1,200 of 5,000 customers looked at")
    expect(visit.main).to_contain_text("Once the preview is finished.")
    expect(visit.panel("Would lose it")).to_contain_text("None so far.")
    stub(visit, r"previews/0123456789abcdef$", ONE | {"state": "finished", "done": 5000})
    expect(visit.panel("Would lose it")).to_contain_text("Nobody would lose it")
    expect(visit.page.get_by_role("progressbar")).to_have_count(0)


def test_a_preview_that_is_out_of_date_says_so_and_changes_nothing(visit: Visit) -> None:
    stub(visit, r"previews/0123456789abcdef/customers", {"items": [], "next": None})
    stub(visit, r"previews/0123456789abcdef$", ONE | {"state": "finished", "outOfDate": True})
    visit.open("/previews/0123456789abcdef", "Activating version 2")
    expect(visit.main).to_contain_text("The rules have changed since it began")
    expect(visit.page.get_by_role("button", name="Preview it again")).to_be_visible()
    expect(visit.page.get_by_role("button", name=re.compile("Put it in force"))).to_have_count(0)


def test_a_refused_activation_says_what_has_changed_in_the_apps_words(visit: Visit) -> None:
    stub(visit, r"previews/0123456789abcdef/customers", {"items": [], "next": None})
    stub(visit, r"previews/0123456789abcdef$", ONE | {"state": "finished"})
    told = {"title": "Preview out of date", "status": 409, "detail": "what is in force changed since this preview"}
    stub(visit, r"rule-sets/2/activate", told, 409)
    visit.open("/previews/0123456789abcdef")
    visit.page.get_by_label(re.compile("Type how many")).fill("0")
    visit.page.get_by_label("Why").fill("agreed")
    visit.page.get_by_role("button", name=re.compile("Put it in force")).click()
    expect(visit.main.get_by_role("alert")).to_contain_text("what is in force changed since this preview")


def test_a_version_that_is_being_decided_says_how_far_that_is(visit: Visit) -> None:
    progress = {
        "epoch": 5,
        "done": 40,
        "of": 60,
        "changed": 3,
        "startedAt": ONE["startedAt"],
        "finishedAt": None,
        "supersededBy": None,
    }
    one = ask(f"{visit.home}/api/rule-sets/1").json() | {"progress": progress}
    stub(visit, r"rule-sets/1(\?|$)", one)
    visit.page.goto(f"{visit.home}/api/portal/rules/1")
    expect(visit.main).to_contain_text("40 of 60 customers")
    stub(visit, r"rule-sets/1(\?|$)", one | {"progress": progress | {"done": 60, "finishedAt": ONE["startedAt"]}})
    expect(visit.panel("What was done with it")).to_contain_text("3 of them with another outcome")


@pytest.mark.parametrize("path", ["/rules", "/rules/1", "/log", "/quarantine", "/exceptions"])
def test_a_store_that_is_not_there_for_a_moment_is_asked_again(visit: Visit, path: str) -> None:
    told = {"title": "Unavailable", "status": 503, "detail": "table storage does not answer"}
    stub(visit, "(rule-sets|previews|log|quarantine|exceptions)", told, 503)
    visit.page.goto(f"{visit.home}/api/portal{path}")
    expect(visit.main.get_by_role("alert").first).to_contain_text("It is tried again")
    visit.page.unroute_all()
    expect(visit.main.get_by_role("alert")).to_have_count(0)
    visit.settle()


def test_there_is_a_word_for_each_kind_of_nothing(visit: Visit) -> None:
    stub(visit, "previews", {"items": [], "next": None})
    visit.open("/rules")
    expect(visit.panel("Previews")).to_contain_text("Nothing was previewed")
    visit.open("/rules/1")
    expect(visit.panel("Golden cases")).to_contain_text("No golden case came with it")
    stub(visit, r"log", {"items": [], "next": None})
    visit.open("/log")
    expect(visit.main).to_contain_text("Nothing was done yet")


def test_a_change_is_followed_until_everybody_is_decided_and_taken_back_in_the_same_way(
    browser: Browser, workshop: Programme
) -> None:
    version = draft(workshop, "290000")
    body = json.dumps({"action": "activate"}).encode()
    begun = ask(f"{workshop.home}/api/rule-sets/{version}/preview", "POST", body).json()
    eventually(lambda: ask(f"{workshop.home}/api/previews/{begun['id']}").json()["state"] == "finished")
    with visiting(browser, workshop.home) as visit:
        visit.open(f"/previews/{begun['id']}")
        lost = visit.page.get_by_role("navigation", name="What would change").locator("strong").first.inner_text()
        tab_to(visit, visit.page.get_by_label(re.compile("Type how many")))
        visit.page.keyboard.type(lost)
        visit.page.get_by_label("Why").fill("tried")
        visit.page.get_by_role("button", name=re.compile("Put it in force")).click()
        expect(visit.heading).to_have_text(f"Version {version}")
        expect(visit.panel("What was done with it")).to_contain_text("Everybody was decided again")
        visit.panel("Taking it back").get_by_role("button", name="Preview it").click()
        expect(visit.heading).to_have_text(f"Retiring version {version}")
        expect(visit.main.get_by_text("Finished", exact=True)).to_be_visible()
        lost = visit.page.get_by_role("navigation", name="What would change").locator("strong").first.inner_text()
        visit.page.get_by_label(re.compile("Type how many")).fill(lost)
        visit.page.get_by_label("Why").fill("only tried")
        visit.page.get_by_role("button", name=re.compile("Take it out of force")).click()
        expect(visit.heading).to_have_text(f"Version {version}")
        expect(visit.main.get_by_text("Retired", exact=True)).to_be_visible()
