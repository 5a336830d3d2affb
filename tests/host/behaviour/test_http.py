"""Each measured line about HTTP holds: of the development host always, of a real one where FUNCTIONS_HOST_URL names it.

For a real one: ``func start`` (or a deployed app) in ``tests/host/app``; see conftest.py for its other settings.
"""

from urllib.parse import urlsplit

import pytest

from tests.host.behaviour.http_case import HttpCase
from tests.host.behaviour.http_cases import HTTP_CASES, OF_ALL_CASES
from tests.host.behaviour.raw_http import RawAnswer, exchange
from tests.host.hosts import ServedApp


def _named(case: HttpCase) -> str:
    return case.name


@pytest.mark.parametrize("case", HTTP_CASES, ids=_named)
def test_a_measured_line_holds(case: HttpCase, served: ServedApp) -> None:
    check(case, served)


@pytest.mark.parametrize("case", OF_ALL_CASES, ids=_named)
def test_a_measured_line_holds_of_a_catch_all_over_everything(case: HttpCase, served_second: ServedApp) -> None:
    check(case, served_second)


def check(case: HttpCase, served: ServedApp) -> None:
    if (case.key or case.status == 401) and not served.keys:
        pytest.skip("this host asks for no keys: start it with them and name them by FUNCTIONS_HOST_KEYS")
    answer = exchange(served.url, case.request(urlsplit(served.url).netloc, served.keys))
    assert answer.status == case.status, answer
    for name, value in case.answered.items():
        assert answer.headers.get(name) == value, name
    if case.seen is None:
        assert answer.body == (case.body or b"")
    else:
        assert_seen(case, answer)


def assert_seen(case: HttpCase, answer: RawAnswer) -> None:
    seen = answer.json()
    for name, expected in (case.seen or {}).items():
        found = seen[name]
        if name == "headers":
            found = {each: found.get(each) for each in expected}
        assert found == expected, name
