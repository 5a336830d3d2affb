"""Commands against a running app: who is eligible and why, and a draft on its way into force."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local.commands import check_customer, replay, rules
from local.host.ports import HOST, free_ports
from tests import events
from tests.system.running_system import RunningSystem, running_system

SHIPPED = Path(__file__).parents[2] / "rule_sets" / "2023-02-13.json"

type Out = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    """C-1 eligible with 300,000 and C-2 with 400,000; C-3 spends 299,000."""
    with running_system(tmp_path_factory.mktemp("app") / "log") as running:
        running.create_event_queue()
        for message in events.qualified():
            running.send(message)
        for customer, amount in (("C-1", "300000"), ("C-2", "400000"), ("C-3", "299000")):
            facts = (events.spend(customer, amount), events.project(customer), events.attached(customer))
            for message in facts:
                running.send(message)
        yield running


@pytest.fixture
def system(started: RunningSystem) -> RunningSystem:
    """What another test left to be done is done: it would decide customers by the rules that this one changes."""
    started.host.settle()
    return started


def draft(folder: Path, amount: str, start: str = "2026-05-01") -> str:
    document = json.loads(SHIPPED.read_text()) | {"effectiveFrom": start}
    document["criteria"]["criteria"][0]["amount"] = amount
    path = folder / f"{amount}.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_a_customer_is_explained_as_of_today_or_of_a_date(system: RunningSystem, capsys: Out) -> None:
    assert check_customer.main(["C-3", "--url", system.host.url]) == 0
    told = capsys.readouterr().out
    assert told.startswith("C-3 on 2026-06-01, by rule set 1\n\n")
    assert ": USD 299,000 of the 300,000 needed\n" in told
    assert "Spend USD 1,000 more a year" in told
    assert check_customer.main(["C-1", "--url", system.host.url, "--on", "2026-01-14"]) == 0
    head, known, empty, headline, *_ = capsys.readouterr().out.splitlines()
    assert head.startswith("C-1 on 2026-01-14")
    assert headline[2:].startswith("Not eligible. ")
    assert (known, empty) == ("This is by the facts known today, 2026-06-01, not by those known then.", "")


def test_partners_named_are_proposed_if_they_qualify(system: RunningSystem, capsys: Out) -> None:
    system.send(events.spend("C-4"))
    system.send(events.project("C-4"))
    system.host.settle()
    named = ["--partner", "P-1", "--partner", "P-2", "--on", "2026-06-01"]
    assert check_customer.main(["C-4", *named, "--url", system.host.url]) == 0
    told = capsys.readouterr().out
    assert "1. Attach partner P-1" in told
    assert "P-2" not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["C-9"], "dev: 404 Not found: no event has told of customer C-9\n"),
        (["C-1", "--on", "2020-01-01"], "dev: 409 No rule set in force: "),
        (["../C-1"], "dev: 400 Bad request: id is not an identifier"),
    ],
)
def test_what_the_app_refuses_is_told_in_its_words(
    system: RunningSystem, arguments: list[str], told: str, capsys: Out
) -> None:
    assert check_customer.main([*arguments, "--url", system.host.url]) == 1
    assert capsys.readouterr().err.startswith(told)


@pytest.mark.parametrize("url", ["http://127.0.0.1:PORT", "ftp://127.0.0.1", "127.0.0.1:7071"])
def test_an_app_that_does_not_answer_is_told(url: str, capsys: Out) -> None:
    url = url.replace("PORT", str(free_ports(1)[0]))
    assert rules.main(["list", "--url", url]) == 1
    assert url in capsys.readouterr().err


def test_the_answer_of_a_recorded_decision_replays(system: RunningSystem, tmp_path: Path, capsys: Out) -> None:
    recorded = system.get("customers/C-1/history")["items"]  # one, or two: events that wait together decide once
    for item in recorded:
        path = tmp_path / f"{item['sequence']}.json"
        path.write_text(json.dumps(system.get(f"customers/C-1/history/{item['sequence']}")))
        assert replay.main([str(path)]) == 0
    newest = recorded[0]["sequence"]
    assert capsys.readouterr().out.startswith(
        f"same: decision {newest} of C-1, decided on 2026-06-01 is again eligible"
    )


def test_a_preview_says_who_would_gain_and_lose_and_decides_nobody(
    system: RunningSystem, tmp_path: Path, capsys: Out
) -> None:
    path = draft(tmp_path, "350000")
    arguments = [path, "--note", "dearer", "--url", system.host.url]
    before = system.every("customers")
    assert rules.main(["preview", *arguments]) == 0
    told = capsys.readouterr().out
    assert "annual spend 300000 -> 350000 USD" in told
    assert "     0 gain\n" in told
    assert "     1 lose\n" in told
    assert "Spend at stake: USD 300,000 a year.\n" in told
    assert "C-1       300,000.00  Annual spend on new deployments: USD 300,000 of the 350,000 needed\n" in told
    assert system.every("customers") == before
    assert rules.main(["preview", *arguments]) == 0
    assert "is a draft of this document\n" in capsys.readouterr().out, "it is stored once"


def test_publishing_is_refused_when_more_lose_than_may_and_else_decides_everybody_again(
    system: RunningSystem, tmp_path: Path, capsys: Out
) -> None:
    arguments = [draft(tmp_path, "360000"), "--author", "ada", "--url", system.host.url]
    assert rules.main(["publish", *arguments]) == 1
    refused = capsys.readouterr().err
    assert "not published: 409 Too many customers would lose: 1 customers would lose" in refused
    assert "\n  C-1\n  say --max-lost N to let N customers lose\n" in refused
    assert rules.main(["publish", *arguments, "--max-lost", "1"]) == 0
    told = capsys.readouterr().out
    assert "is active, in force from 2026-05-01\n" in told
    assert " customers decided again, 1 of them with another outcome\n" in told
    statuses = {each["customerId"]: each["status"] for each in system.every("customers")}
    assert (statuses["C-1"], statuses["C-2"], statuses["C-3"]) == ("ineligible", "eligible", "ineligible")
    assert rules.main(["list", "--url", system.host.url]) == 0
    heading, first, *others = capsys.readouterr().out.splitlines()
    assert heading.split("  ")[0] == "VERSION"
    assert "  in force  2026-05-01     ada " in first
    assert others[-1].split()[:2] == ["1", "active"]


def test_a_draft_that_could_not_come_into_force_any_more_is_stored_anew(
    system: RunningSystem, tmp_path: Path, capsys: Out
) -> None:
    stricter, other = (draft(tmp_path, amount, "2026-05-02") for amount in ("370000", "380000"))
    publish = ["--max-lost", "3", "--url", system.host.url]
    assert rules.main(["preview", stricter, "--url", system.host.url]) == 0
    assert rules.main(["publish", other, *publish]) == 0
    assert rules.main(["publish", stricter, *publish]) == 0
    stored = [line for line in capsys.readouterr().out.splitlines() if " a draft" in line]
    assert [line.startswith("stored as version ") for line in stored] == [True] * 3
    newest = system.get("rule-sets")["items"][0]
    assert newest["inForce"]
    assert stored[-1] == f"stored as version {newest['version']}, a draft"


def test_publishing_what_another_version_outranks_says_so_with_status_1(
    system: RunningSystem, tmp_path: Path, capsys: Out
) -> None:
    arguments = ["--max-lost", "3", "--url", system.host.url]
    assert rules.main(["publish", draft(tmp_path, "390000", "2026-05-03"), *arguments]) == 0
    assert rules.main(["publish", draft(tmp_path, "391000", "2026-04-01"), *arguments]) == 1
    after, before = (each["version"] for each in system.get("rule-sets")["items"][:2])
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"dev: version {after} is active from 2026-04-01, but version {before}, in force from 2026-05-03, outranks it: "
        "nothing changes today"
    )
    assert rules.main(["publish", draft(tmp_path, "392000", "2026-07-01"), *arguments]) == 0, "its day is to come"


def test_retiring_says_who_would_lose_is_refused_when_more_than_may_and_else_decides_everybody_again(
    system: RunningSystem, tmp_path: Path, capsys: Out
) -> None:
    url = ["--url", system.host.url]
    assert rules.main(["publish", draft(tmp_path, "290000", "2026-05-04"), *url]) == 0
    version = str(system.get("rule-sets")["items"][0]["version"])
    assert capsys.readouterr().out.endswith(" customers decided again, 2 of them with another outcome\n")
    assert rules.main(["retire", version, *url]) == 1
    told = capsys.readouterr()
    assert "annual spend 290000 -> " in told.out
    assert "     2 lose\n" in told.out
    assert [line.split()[0] for line in told.out.splitlines() if line.startswith("C-")] == ["C-1", "C-3"]
    assert "not retired: 409 Too many customers would lose: 2 customers would lose" in told.err
    assert told.err.endswith("\n  C-1, C-3\n  say --max-lost N to let N customers lose\n")
    assert rules.main(["retire", version, "--author", "bo", "--note", "too loose", "--max-lost", "2", *url]) == 0
    before = next(each["version"] for each in system.get("rule-sets")["items"] if each["inForce"])
    *_, done, counted = capsys.readouterr().out.splitlines()
    assert done == f"version {version} is retired; version {before} is in force"
    assert counted.endswith(" customers decided again, 2 of them with another outcome")
    change = system.get(f"rule-sets/{version}")["changes"][0]
    assert (change["action"], change["author"], change["note"]) == ("retired", "bo", "too loose")
    assert rules.main(["retire", version, *url]) == 1
    assert capsys.readouterr().err.startswith("dev: 409 Not active: ")


@pytest.mark.parametrize("version", ["0", "x", "1.0", "latest", "", "1" * 11])
def test_what_is_no_version_is_refused(version: str, capsys: Out) -> None:
    with pytest.raises(SystemExit):
        rules.main(["retire", version])
    assert "invalid rule-set version" in capsys.readouterr().err


class Guarded(BaseHTTPRequestHandler):
    """Answers as Azure does to those without the key: 401 with no body."""

    def do_GET(self) -> None:
        known = "the-key" in (self.headers.get("x-functions-key"), self.headers.get("authorization", "")[7:])
        self.send_response(200 if known else 401)
        self.end_headers()
        if known:
            self.wfile.write(b'{"items": [], "next": null}')

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing on the terminal."""


@pytest.mark.parametrize("setting", ["ELIGIBILITY_KEY", "ELIGIBILITY_TOKEN"])
def test_the_key_or_token_in_the_environment_is_sent(
    monkeypatch: pytest.MonkeyPatch, capsys: Out, setting: str
) -> None:
    with HTTPServer((HOST, 0), Guarded) as server, ThreadPoolExecutor(1) as beside:
        url = f"http://{HOST}:{server.server_port}"
        for key, status in (("", 1), ("other", 1), ("the-key", 0)):
            monkeypatch.setenv(setting, key)
            answered = beside.submit(server.handle_request)
            assert rules.main(["list", "--url", url]) == status
            answered.result()
    assert capsys.readouterr().err == f"dev: the app answered 401 to GET {url}/api/rule-sets?limit=100\n" * 2


class Elsewhere(Guarded):
    """Sends everybody on to the other server."""

    to = ""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("location", self.to)
        self.end_headers()


@pytest.mark.parametrize("setting", ["ELIGIBILITY_KEY", "ELIGIBILITY_TOKEN"])
def test_it_does_not_follow_a_redirection(monkeypatch: pytest.MonkeyPatch, capsys: Out, setting: str) -> None:
    monkeypatch.setenv(setting, "the-key")
    with (
        HTTPServer((HOST, 0), Elsewhere) as first,
        HTTPServer((HOST, 0), Guarded) as second,
        ThreadPoolExecutor(2) as beside,
    ):
        monkeypatch.setattr(Elsewhere, "to", f"http://{HOST}:{second.server_port}/")
        answered = [beside.submit(each.handle_request) for each in (first, second)]
        url = f"http://{HOST}:{first.server_port}"
        assert rules.main(["list", "--url", url]) == 1
        for each in answered:
            each.result()
    assert capsys.readouterr().err.startswith("dev: the app answered 401 to GET ")
