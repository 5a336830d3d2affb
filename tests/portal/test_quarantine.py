"""The operator's questions by keyboard, and what ends many messages at once."""

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from samples.broken import BROKEN_LINES
from shared.messaging.sender import Queue
from shared.storage.quarantined import id_of
from tests.host.hosts import ask, eventually
from tests.portal.keyboard import enter, fill, follow
from tests.portal.pages import MESSAGE
from tests.portal.people import signed_in
from tests.portal.programme import Programme
from tests.portal.visits import Visit, visiting

OLA = signed_in("Ola", "Operations.Manage")


def message(name: str) -> str:
    """The id of the sample programme's broken message of an event's id."""
    (line,) = (each for each in BROKEN_LINES if name in each)
    return id_of(Queue.EVENTS.value, line.encode())


def state(programme: Programme, name: str) -> str:
    return str(ask(f"{programme.home}/api/quarantine/{message(name)}").json()["state"])


def licences_of(programme: Programme, customer: str) -> list[str]:
    return [each["licenceId"] for each in ask(f"{programme.home}/api/customers/{customer}").json()["licences"]]


def test_question_14_what_is_this_message_and_what_is_wrong_with_it(visit: Visit) -> None:
    follow(visit, ["Quarantine", "training.completed.v1: time", "crs-7006"])
    expect(visit.heading).to_have_text("Message crs-7006")
    expect(visit.panel("What is wrong").get_by_role("listitem")).to_have_count(2)
    marked = visit.panel("The message").locator("mark")
    expect(marked).to_have_text(['"time": "2026-06-11",', '"data": {'])
    expect(visit.panel("The message")).to_contain_text("learnerId is missing")


def test_question_15_how_do_i_correct_it_and_finish_with_it(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=OLA) as visit:
        follow(visit, ["Quarantine", "spend.updated.v1: annualAmount", "inv-7002"])
        text = visit.page.get_by_label("The corrected message")
        enter_button = visit.page.get_by_role("button", name="Resubmit")
        enter(visit, enter_button)
        expect(visit.panel("Correct it").get_by_role("alert")).to_contain_text('write "250000.00"')
        fill(visit, text, text.input_value().replace("250000,", '"250000.00",'))
        enter(visit, enter_button)
        expect(visit.panel("What was done with it")).to_contain_text("A corrected message was queued in its place")
        expect(visit.panel("What was done with it")).to_contain_text("Ola verified")
        expect(visit.main.get_by_text("Corrected", exact=True)).to_be_visible()
    assert state(workshop, "inv-7002") == "resubmitted"
    eventually(lambda: "L-3" in licences_of(workshop, "C-1002"))


def test_a_message_is_closed_with_its_reason(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=OLA) as visit:
        visit.open(f"/quarantine/{message('pc-7004')}", "Message pc-7004")
        visit.page.get_by_role("button", name="Close it").click()
        assert state(workshop, "pc-7004") == "kept", "a reason has to be given"
        visit.page.get_by_label("Why nothing more is to be done").fill("sent by a test")
        visit.page.get_by_role("button", name="Close it").click()
        expect(visit.panel("What was done with it")).to_contain_text("sent by a test")


def test_a_message_that_is_put_back_as_it_is_comes_again(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=OLA) as visit:
        visit.open(f"/quarantine/{message('inv-7005')}", "Message inv-7005")
        visit.page.get_by_role("button", name="Put it back as it is").click()
        expect(visit.panel("What was done with it")).to_contain_text("Put back on its queue")
    path = f"{workshop.home}/api/quarantine/{message('inv-7005')}"
    eventually(lambda: ask(path).json()["count"] == 2)


def test_a_whole_group_is_closed_once_it_was_tried(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=OLA) as visit:
        follow(visit, ["Quarantine", "partner.certified.v1: a member that is not known"])
        visit.page.get_by_role("button", name="Close the whole group").click()
        dialog = visit.page.get_by_role("dialog")
        dialog.get_by_label("Why nothing more is to be done").fill("misspelt by the sender, sent again")
        dialog.get_by_role("button", name="Try it first").click()
        expect(dialog.get_by_role("status")).to_contain_text("2 messages would be closed")
        assert state(workshop, "pc-7009") == "kept", "a dry run changes nothing"
        dialog.get_by_role("button", name="Close 2 messages").click()
        expect(dialog).to_be_hidden()
        expect(visit.main).to_contain_text("None is left")
    assert {state(workshop, "pc-7009"), state(workshop, "pc-7010")} == {"closed"}


def test_chosen_messages_that_would_fail_again_stay(browser: Browser, workshop: Programme) -> None:
    with visiting(browser, workshop.guarded, extra_http_headers=OLA) as visit:
        visit.open("/quarantine?state=kept")
        for name in ("inv-7007", "inv-7008"):
            visit.page.get_by_label(f"Choose {name}").check()
        visit.page.get_by_role("button", name="Put back 2 messages").click()
        dialog = visit.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Try it first").click()
        expect(dialog.get_by_role("status")).to_contain_text("0 messages would be put back, 2 would stay")
        expect(dialog).to_contain_text('write "164000.00"')
        expect(dialog.get_by_role("button", name="Put back 0 messages")).to_be_disabled()
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_be_hidden()


def test_groups_come_first_and_back_leads_to_them_again(visit: Visit) -> None:
    visit.open("/quarantine")
    groups = visit.panel("By fault").get_by_role("listitem")
    every = groups.count()
    visit.page.get_by_role("link", name="spend.updated.v1: annualAmount").click()
    expect(visit.panel("spend.updated.v1: annualAmount").get_by_role("row")).to_have_count(4)
    visit.page.go_back()
    expect(groups).to_have_count(every)


@pytest.mark.parametrize(("state", "shown"), [("kept", "Waits"), ("closed", "Closed"), ("any", "Closed")])
def test_messages_are_listed_one_by_one_by_their_state(visit: Visit, state: str, shown: str) -> None:
    visit.open(f"/quarantine?state={state}")
    expect(visit.panel("Messages").get_by_role("table")).to_contain_text(shown)


def test_bytes_that_are_no_text_are_shown_in_base64(visit: Visit) -> None:
    one = ask(f"{visit.home}/api/quarantine/{MESSAGE}").json()
    del one["body"]
    told = one | {"bodyBase64": "//4=", "errors": [], "reason": "not UTF-8"}
    visit.page.route("**/api/quarantine/*", lambda route: route.fulfill(json=told))
    visit.open(f"/quarantine/{MESSAGE}")
    expect(visit.panel("The message")).to_contain_text("Bytes that are no text, in base64")
    expect(visit.panel("The message")).to_contain_text("//4=")


def test_with_nothing_in_it_there_is_nothing_to_do(visit: Visit) -> None:
    visit.page.route(re.compile("/api/quarantine"), lambda route: route.fulfill(json={"items": [], "next": None}))
    visit.open("/quarantine", "Quarantine")
    expect(visit.main).to_contain_text("No message waits for anybody.")
    expect(visit.panel("By fault")).to_contain_text("Nothing to do")


@pytest.mark.parametrize("body", ['{"id": 7}', "[1, 2]", '"text"', "null", '{"id": "<b>x</b>"}', "\u202e{}"])
def test_whatever_is_in_a_message_is_shown_as_text(visit: Visit, body: str) -> None:
    one = ask(f"{visit.home}/api/quarantine/{MESSAGE}").json() | {"body": body, "errors": []}
    visit.page.route("**/api/quarantine/*", lambda route: route.fulfill(json=one))
    visit.open(f"/quarantine/{MESSAGE}")
    shown = visit.panel("The message").locator("pre")
    text = shown.inner_text().replace("\n", "")
    expected = body if "\u202e" in body else json.dumps(json.loads(body), indent=2).replace("\n", "")
    assert "".join(expected.split()) in "".join(text.split())
    expect(visit.main.locator("b")).to_have_count(0)
