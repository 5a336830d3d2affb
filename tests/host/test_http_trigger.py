"""HTTP triggers behave as in Azure: routes, parameters, headers, bodies and failures."""

import http.client

import pytest

from tests.host.hosts import Answer, RunningHost, ask, running


def get(host: RunningHost, path: str, method: str = "GET", body: bytes | None = None) -> Answer:
    return ask(f"{host.url}{path}", method, body, {"X-Mixed-Case": "Kept As Is", "Content-Type": "text/plain"})


def test_route_and_query_parameters_arrive_decoded_repeated_ones_joined_and_empty_ones_left_out(
    host: RunningHost,
) -> None:
    told = get(host, "/api/things/a%2Fb%20c?x=1&x=%C3%A9&empty=").json()
    assert told["id"] == "a/b c"
    assert told["query"] == {"x": "1,é"}


def test_a_line_end_in_a_route_parameter_arrives_as_any_other_character(host: RunningHost) -> None:
    assert get(host, "/api/things/a%0D%0Ab").json()["id"] == "a\r\nb"


def test_header_names_arrive_in_lower_case(host: RunningHost) -> None:
    assert get(host, "/api/things/1").json()["headers"]["x-mixed-case"] == "Kept As Is"


def test_a_body_arrives_as_bytes(host: RunningHost) -> None:
    told = get(host, "/api/things/1", "POST", b"\x00\xff").json()
    assert (told["method"], told["body"]) == ("POST", "\x00ÿ")


def test_a_body_sent_in_chunks_arrives_empty_as_in_azure(host: RunningHost) -> None:
    connection = http.client.HTTPConnection(host.url.removeprefix("http://"))
    connection.request("POST", "/api/things/1", iter([b"abc"]), encode_chunked=True)
    assert b'"body": ""' in connection.getresponse().read()
    connection.close()


def test_status_headers_and_type_of_the_answer_are_the_functions(host: RunningHost) -> None:
    answer = get(host, "/api/things/1")
    assert answer.status == 201
    assert answer.headers["x-answer"] == "yes"
    assert answer.headers["content-type"].startswith("text/x-told")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nowhere"),
        ("GET", "/things/1"),
        ("DELETE", "/api/things/1"),
        ("HEAD", "/api/things/1"),
        ("GET", "/api/numbers/one"),
        ("GET", "/api/things/1/more"),
    ],
    ids=["unknown route", "no prefix", "method not declared", "HEAD not declared", "not an int", "longer path"],
)
def test_what_no_route_meets_is_404_without_a_body(host: RunningHost, method: str, path: str) -> None:
    """The real host has no 405 and answers HEAD only where it is declared."""
    answer = get(host, path, method)
    assert (answer.status, answer.body) == (404, b"")


def test_literals_go_before_parameters_and_are_case_blind(host: RunningHost) -> None:
    assert get(host, "/API/Things/Special").json() == "special"


def test_a_constraint_lets_through_what_it_describes(host: RunningHost) -> None:
    assert get(host, "/api/numbers/42").json() == "42"


def test_a_failing_function_is_500_without_a_body_and_logged_on_one_line(host: RunningHost) -> None:
    answer = get(host, "/api/broken")
    assert (answer.status, answer.body) == (500, b"")
    assert [line for line in host.log.read_text().splitlines() if "broken failed" in line and "told to fail" in line]


def test_a_function_that_is_not_async_runs_too(host: RunningHost) -> None:
    assert get(host, "/api/plain").json() == "from a thread"


def test_a_body_over_the_limit_is_500(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    limit = {"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "10"}
    with running(azurite, tmp_path_factory.mktemp("limited") / "log", **limit) as host:
        assert get(host, "/api/things/1", "POST", b"x" * 10).status == 201
        assert get(host, "/api/things/1", "POST", b"x" * 11).status == 500
