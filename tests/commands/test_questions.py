"""``./dev losses``, ``what-if`` and ``near``: what they ask, and what they print on a screen."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.commands import losses, near, what_if
from local.commands.app import App
from tests.commands.scripted_app import scripted_app

type Out = pytest.CaptureFixture[str]

FINISHED = {"id": "q", "state": "finished", "outOfDate": False, "done": 1_200, "of": 1_200}
COUNTS = {"gained": 0, "lost": 2, "changedProjects": 0, "changedReason": 0, "stayed": 1_198}
TALLIES = {
    "byCriterion": {"annual-spend": {"gained": 0, "lost": 2}, "cba": {"gained": 1, "lost": 0}},
    "byPartner": {f"P-{number}": {"gained": 0, "lost": 9 - number} for number in range(1, 8)},
}


def found(**changed: Any) -> dict[str, Any]:
    stake = {"spendAtStake": {"amount": "1650000.50", "currency": "USD"}}
    return {**FINISHED, "counts": COUNTS, **TALLIES, **stake, **changed}


def customer(name: str, spend: str, because: str = "Annual spend: 300000.00 of 350000 USD") -> dict[str, str]:
    return {"customerId": name, "spend": spend, "because": because}


def script(*customers: Mapping[str, str], **changed: Any) -> dict[str, tuple[int, Any]]:
    return {
        "POST previews": (202, {"id": "q"}),
        "GET previews/q": (200, found(**changed)),
        "GET previews/q/customers": (200, {"items": customers, "next": None}),
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The questions, as they are asked."""
    questions: list[Any] = []
    post = App.post

    def noted(app: App, *path: str, value: object = None) -> Any:
        questions.append(value)
        return post(app, *path, value=value)

    monkeypatch.setattr(App, "post", noted)
    return questions


def test_losses_are_listed_with_the_largest_spend_first(capsys: Out) -> None:
    with scripted_app(script(customer("C-1", "300000.5"), customer("C-2", "1350000"))) as url:
        assert losses.main(["--by", "2027-03-31", "--url", url]) == 0
    assert capsys.readouterr().out == (
        "On 31 March 2027, compared with today: 2 of 1,200 customers lose their eligibility, 0 gain it.\n"
        "Spend at stake: USD 1,650,000.50 a year.\n"
        "\n"
        "CUSTOMER         SPEND  BECAUSE\n"
        "C-2       1,350,000.00  Annual spend: 300000.00 of 350000 USD\n"
        "C-1         300,000.50  Annual spend: 300000.00 of 350000 USD\n"
        "\n"
        "By criterion: annual-spend 2\n"
        "By partner: P-1 8, P-2 7, P-3 6, P-4 5, P-5 4, and 2 more\n"
    )


def test_names_stand_beside_ids_and_long_ones_are_cut(capsys: Out) -> None:
    named = [customer("C-1", "1") | {"name": "Contoso Groep"}, customer("C-2", "2") | {"name": "x" * 200}]
    with scripted_app(script(*named)) as url:
        assert losses.main(["--by", "2027-03-31", "--url", url]) == 0
    _, _, _, _, first, second, *_ = capsys.readouterr().out.splitlines()
    assert (first.split("  ")[0], second.split("  ")[0]) == (f"C-2 {'x' * 27}...", "C-1 Contoso Groep")


@pytest.mark.parametrize(("length", "left"), [(60, 385), (200, 395)])
def test_however_many_lose_it_all_fits_a_screen(capsys: Out, length: int, left: int) -> None:
    many = [customer(f"C-{number}", str(number), "x" * length) for number in range(400)]
    with scripted_app(script(*many, counts={**COUNTS, "lost": 400})) as url:
        assert losses.main(["--by", "2027-03-31", "--url", url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100
    assert f"... and {left} more that spend less" in lines


def test_a_reason_is_said_whole_below_itself(capsys: Out) -> None:
    reason = "P-1: gold Cloud Business Applications competency in finance and operations ended on 30 Jun 2027"
    with scripted_app(script(customer("C-1", "1", reason), customer("C-2", "2"))) as url:
        assert losses.main(["--by", "2027-07-31", "--url", url]) == 0
    assert "\n".join(capsys.readouterr().out.splitlines()[3:7]) == (
        "CUSTOMER  SPEND  BECAUSE\n"
        "C-2        2.00  Annual spend: 300000.00 of 350000 USD\n"
        "C-1        1.00  P-1: gold Cloud Business Applications competency in finance and\n"
        "                   operations ended on 30 Jun 2027"
    )


def test_losses_of_partners_are_asked_of_their_customers_alone(capsys: Out, asked: list[Any]) -> None:
    with scripted_app(script(counts={**COUNTS, "lost": 0})) as url:
        assert losses.main(["--by", "2026-07-01", *("--partner", "P-2", "--partner", "P-1") * 2, "--url", url]) == 0
    assert [each["only"] for each in asked] == [{"partnerIds": ["P-2", "P-1"]}]


def test_where_nobody_loses_one_line_says_so(capsys: Out) -> None:
    with scripted_app(script(counts={**COUNTS, "lost": 0, "gained": 3})) as url:
        assert losses.main(["--by", "2026-07-01", "--url", url]) == 0
    assert capsys.readouterr().out == (
        "On 1 July 2026, compared with today: 0 of 1,200 customers lose their eligibility, 3 gain it.\n"
    )


def test_a_question_that_ends_as_out_of_date_is_told_with_status_1(capsys: Out) -> None:
    with scripted_app(script(outOfDate=True, done=40)) as url:
        assert losses.main(["--by", "2027-03-31", "--url", url]) == 1
    assert capsys.readouterr().err == (
        "dev: out of date: the rules changed after 40 customers; run the command again\n"
    )


def test_what_a_partner_lapse_costs_is_asked_with_its_facts_ended(capsys: Out, asked: list[Any]) -> None:
    held = {"competency": "cba", "area": "a", "level": "gold", "validFrom": "2024-01-01", "event": {"id": "e"}}
    partner = {
        "competencies": [held, {**held, "validFrom": "2023-01-01", "validUntil": "2024-01-01"}],
        "designations": [{"designation": "d", "active": True, "validFrom": "2027-01-01"}],
    }
    with scripted_app({**script(customer("C-1", "1")), "GET partners/P-1": (200, partner)}) as url:
        assert what_if.main(["partner", "P-1", "--ends", "2026-09-30", "--url", url]) == 0
    ended = {name: value for name, value in held.items() if name != "event"} | {"validUntil": "2026-09-30"}
    (question,) = asked
    assert question["to"] == {
        "partners": [{"partnerId": "P-1", "competencies": [ended], "designations": []}],
        "on": "2026-10-01",
    }
    assert capsys.readouterr().out.startswith(
        "If the competency or designation of P-1 ended on 30 September 2026: 2 of 1,200 customers lose"
    )


def test_a_partner_of_which_nothing_could_end_is_told_with_status_1(capsys: Out) -> None:
    partner: Any = {"competencies": [], "designations": []}
    with scripted_app({"GET partners/P-1": (200, partner)}) as url:
        assert what_if.main(["partner", "P-1", "--ends", "2026-09-30", "--url", url]) == 1
    assert "P-1 has no competency or designation that holds after 2026-09-30" in capsys.readouterr().err


def test_the_nearest_are_listed_with_what_they_lack(capsys: Out) -> None:
    item = {"customerId": "C-1", "missing": "0.01", "spend": "299999.99", "required": "300000.00"}
    page = {"items": [item], "next": "1", "countedAt": "2026-06-01T06:00:00.000000Z", "currency": "USD", "omitted": 0}
    with scripted_app({"GET near": (200, page)}) as url:
        assert near.main(["--limit", "1", "--url", url]) == 0
    assert capsys.readouterr().out == (
        "Customers that lack nothing but spend, in USD, as counted 2026-06-01 06:00 UTC:\n"
        "\n"
        "CUSTOMER  MISSING       SPEND    REQUIRED\n"
        "C-1          0.01  299,999.99  300,000.00\n"
        "\n"
        "... and more: --limit lists up to 1000, here 1\n"
    )


@pytest.mark.parametrize(
    ("counted_at", "said"),
    [
        (None, "nobody has been counted yet: a running app begins within some minutes of its first customer\n"),
        ("2026-06-01T06:00:00.000000Z", "No customer lacks nothing but spend, as counted 2026-06-01 06:00 UTC.\n"),
    ],
)
def test_an_empty_list_says_why(capsys: Out, counted_at: str | None, said: str) -> None:
    page: dict[str, Any] = {"items": [], "next": None, "countedAt": counted_at, "currency": None, "omitted": 0}
    with scripted_app({"GET near": (200, json.loads(json.dumps(page)))}) as url:
        assert near.main(["--url", url]) == 0
    assert capsys.readouterr().out == said
