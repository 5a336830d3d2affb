"""Function keys as Azure asks for them, where the host is given some; else none are asked for."""

from collections.abc import Iterator

import pytest

from tests.host.hosts import RunningHost, ask, running


@pytest.fixture(scope="module")
def guarded(azurite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    """With a key for all functions, one for the function ``locked`` and one for another."""
    keys = ("--key", "host-key==", "--key", "locked:own-key", "--key", "other:others-key")
    with running(azurite, tmp_path_factory.mktemp("guarded") / "log", *keys) as started:
        yield started


def test_a_function_asks_for_the_hosts_key_or_its_own_in_the_header_before_the_parameter(guarded: RunningHost) -> None:
    def status(key: str = "", query: str = "") -> int:
        return ask(f"{guarded.url}/api/locked{query}", "POST", b"", {"x-functions-key": key} if key else {}).status

    refused = (status("host-key"), status("others-key"), status(query="?code=wrong"))
    assert refused == (401, 401, 401)
    assert status("wrong", "?code=host-key%3D%3D") == 401
    assert (status("host-key=="), status("own-key"), status(query="?code=host-key%3D%3D")) == (204, 204, 204)


def test_a_refusal_has_no_body_and_calls_no_function(guarded: RunningHost) -> None:
    before = guarded.calls("locked")
    for headers in ({}, {"x-functions-key": "wrong"}):
        answer = ask(f"{guarded.url}/api/locked", "POST", b"refused", headers)
        assert (answer.status, answer.body) == (401, b"")
        assert ask(f"{guarded.url}/api/nowhere", headers=headers).status == 404
    assert ask(f"{guarded.url}/api/locked", "POST", b"let through", {"x-functions-key": "own-key"}).status == 204
    assert guarded.calls("locked") == [*before, "let through"]


def test_without_keys_none_is_asked_for(host: RunningHost) -> None:
    assert ask(f"{host.url}/api/locked", "POST", b"").status == 204
