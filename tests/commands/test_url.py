"""Where the commands of ./dev look for the app, as samples/post_event.sh does."""

import pytest

from local.setup.app_commands import DEFAULT_URL
from local.setup.commands import parser_of

ELSEWHERE, STATED = "http://127.0.0.1:7171", "http://127.0.0.1:7272"


@pytest.mark.parametrize(
    ("setting", "options", "url"),
    [
        ("", [], DEFAULT_URL),
        (ELSEWHERE, [], ELSEWHERE),
        (ELSEWHERE, ["--url", STATED], STATED),
    ],
)
def test_commands_ask_the_app_at_eligibility_url_unless_another_is_stated(
    setting: str, options: list[str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELIGIBILITY_URL", setting)
    assert parser_of("quarantine").parse_args(["list", *options]).url == url
