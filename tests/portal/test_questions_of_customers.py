"""Questions 6 to 13, each answered by the keyboard alone in at most three steps from the overview.

A step opens a view or asks it something: a link, a button, a search or a field.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.portal.keyboard import enter, fill, follow, tab_to
from tests.portal.visits import Visit, visiting

MOST_STEPS = 3


@dataclass(frozen=True)
class Question:
    """Its steps, of which each is named, and what is then read."""

    asked: str
    steps: tuple[tuple[str, Callable[[Visit], None]], ...]
    answered: Callable[[Visit], None]


def link(name: str) -> tuple[str, Callable[[Visit], None]]:
    def press(visit: Visit) -> None:
        enter(visit, visit.page.get_by_role("link", name=name).first)
        visit.settle()

    return f"the link {name}", press


def button(name: str) -> tuple[str, Callable[[Visit], None]]:
    return f"the button {name}", lambda visit: enter(visit, visit.page.get_by_role("button", name=name))


def search(text: str) -> tuple[str, Callable[[Visit], None]]:
    def find(visit: Visit) -> None:
        visit.page.keyboard.press("/")
        visit.page.keyboard.type(text)
        visit.page.keyboard.press("Enter")
        expect(visit.heading).not_to_have_text("Overview")
        visit.settle()

    return f"/{text}", find


def field(label: str, text: str) -> tuple[str, Callable[[Visit], None]]:
    def write(visit: Visit) -> None:
        fill(visit, visit.page.get_by_label(label, exact=True), text)
        visit.page.keyboard.press("Enter")
        visit.settle()

    return f"{label}: {text}", write


def day(label: str, parts: str) -> tuple[str, Callable[[Visit], None]]:
    """A field of a date takes month, day and year, each as it is typed."""

    def write(visit: Visit) -> None:
        tab_to(visit, visit.page.get_by_label(label, exact=True))
        visit.page.keyboard.type(parts)
        visit.page.keyboard.press("Enter")
        expect(visit.page).to_have_url(re.compile(r"on=2027-03-01"))
        visit.settle()

    return f"{label}: {parts}", write


def says(panel: str, *words: str) -> Callable[[Visit], None]:
    def read(visit: Visit) -> None:
        for each in words:
            expect(visit.panel(panel)).to_contain_text(each)

    return read


def names(*wanted: str) -> Callable[[Visit], None]:
    def read(visit: Visit) -> None:
        for each in wanted:
            expect(visit.main.get_by_role("link", name=each).first).to_be_visible()

    return read


def keeps_it(visit: Visit) -> None:
    says("Why", "Cloud Business Applications competency")(visit)
    expect(visit.main.locator("#help")).to_contain_text("Attach partner P-litware")


def can_be_sent(visit: Visit) -> None:
    says("For the customer", "Solution Blueprint review")(visit)
    expect(visit.main.get_by_role("button", name="Copied")).to_be_visible()


QUESTIONS = {
    6: Question(
        "Which are my customers?",
        (link("Customers"), field("Owner", "account-team-north")),
        names("Contoso Retail"),
    ),
    7: Question(
        "Who loses it next quarter?",
        (link("Upcoming losses"), link("Next quarter")),
        lambda visit: expect(visit.main.get_by_role("table", name="Upcoming losses")).to_be_visible(),
    ),
    8: Question(
        "Why, and what would keep it?",
        (link("Upcoming losses"), link("Contoso Retail")),
        keeps_it,
    ),
    9: Question(
        "What does this partner's lapse cost?",
        (link("Partners"), link("Fabrikam Consulting"), button("Who loses?")),
        says("What if it ended on …", "would lose it", "Graphic Design Institute"),
    ),
    10: Question(
        "Why is this customer not eligible?",
        (search("C-1010"),),
        says("Why", "no Cloud Business Applications competency"),
    ),
    11: Question(
        "Why is its spend 0?",
        (search("C-1016"),),
        says("Spend and threshold", "no: a renewal, not a new deployment", "USD 510,000"),
    ),
    12: Question(
        "What would make it eligible by March?",
        (search("C-1002"), day("As of", "03012027")),
        says("What would help", "Spend USD 116,000 more a year"),
    ),
    13: Question(
        "What can I send the customer?",
        (search("C-1001"), button("Copy link")),
        can_be_sent,
    ),
}


@pytest.mark.parametrize("number", QUESTIONS)
def test_it_is_answered_by_the_keyboard_alone_in_at_most_three_steps(browser: Browser, home: str, number: int) -> None:
    question = QUESTIONS[number]
    assert len(question.steps) <= MOST_STEPS
    with visiting(browser, home, permissions=["clipboard-read", "clipboard-write"]) as visit:
        follow(visit, ())
        for _, step in question.steps:
            step(visit)
        question.answered(visit)
