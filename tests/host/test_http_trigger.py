"""HTTP triggers beside what tests/host/behaviour lists: constraints, logged failures, limits, other clients' ways."""

import socket
from urllib.parse import urlsplit

import pytest

from local.host.http_path import decode_path, decode_query, split_target
from tests.host.hosts import RunningHost, ask, running


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("/a%0D%0Ab", "/a\r\nb"),
        ("/%C3%A9%e9%C3%A9", "/é%e9é"),
        ("/a%", "/a%"),
        ("/%25%32%46", "/%2F"),
        ("/..%2Fa", "/..%2Fa"),
        ("/a/..", "/"),
        ("/a/b/.", "/a/b/"),
        ("/../../a", "/a"),
        ("/a//../b", "/a/b"),
    ],
)
def test_a_path_is_decoded_once_and_its_dot_segments_removed(sent: str, seen: str) -> None:
    assert decode_path(sent) == seen


def test_empty_values_are_left_out_beside_others_too_and_an_encoded_separator_separates_nothing() -> None:
    assert decode_query("a=&a=1&&b=%26&%3D=2&é=%C3%A9%E9") == {"a": "1", "b": "&", "=": "2", "é": "é%E9"}


def test_a_target_may_name_the_host_too() -> None:
    assert split_target("http://elsewhere:80/api/x?a=http://b/c") == ("/api/x", "a=http://b/c")
    assert split_target("http://elsewhere") == ("/", "")


def test_an_answer_without_a_body_keeps_its_type(host: RunningHost) -> None:
    answer = ask(f"{host.url}/api/answers/created")
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["content-type"].startswith("text/x-created")


def test_literals_go_before_parameters_and_are_case_blind(host: RunningHost) -> None:
    assert ask(f"{host.url}/API/Echo/Special").json()["function"] == "special"


def test_a_constraint_lets_through_what_it_describes(host: RunningHost) -> None:
    assert ask(f"{host.url}/api/numbers/42").json() == "42"
    assert ask(f"{host.url}/api/numbers/one").status == 404


def test_a_failing_function_is_logged_on_one_line(host: RunningHost) -> None:
    assert ask(f"{host.url}/api/broken").status == 500
    assert [line for line in host.log.read_text().splitlines() if "broken failed" in line and "told to fail" in line]


def test_a_function_that_is_not_async_runs_too(host: RunningHost) -> None:
    assert ask(f"{host.url}/api/plain").json() == "from a thread"


def test_a_body_over_the_limit_is_500(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    limit = {"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "10"}
    with running(azurite, tmp_path_factory.mktemp("limited") / "log", **limit) as host:
        assert ask(f"{host.url}/api/echo/1", "POST", b"x" * 10).status == 200
        assert ask(f"{host.url}/api/echo/1", "POST", b"x" * 11).status == 500


def test_a_body_of_megabytes_arrives_whole(host: RunningHost) -> None:
    assert len(ask(f"{host.url}/api/echo/1", "POST", b"x" * 5_000_000).json()["body"]) == 5_000_000


def test_a_client_that_waits_for_100_continue_is_told_to_go_on(host: RunningHost) -> None:
    with _connected(host) as connection:
        connection.sendall(b"POST /api/echo/1 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_of_http_1_0_gets_an_answer_that_is_not_chunked(host: RunningHost) -> None:
    with _connected(host) as connection:
        connection.sendall(b"GET /api/answers/etag HTTP/1.0\r\n\r\n")
        whole = b"".join(iter(lambda: connection.recv(1000), b""))
    assert b"transfer-encoding" not in whole.lower()
    assert whole.endswith(b"\r\n\r\ntagged")


def test_what_is_not_http_costs_a_400_and_no_line_in_the_log(host: RunningHost) -> None:
    before = host.log.read_text()
    with _connected(host) as connection:
        connection.sendall(b"\x16\x03\x01 no http\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.0 400 ")
    assert host.log.read_text() == before


def _connected(host: RunningHost) -> socket.socket:
    place = urlsplit(host.url)
    return socket.create_connection((str(place.hostname), place.port or 0), 20)
