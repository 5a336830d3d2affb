"""host.json and local.settings.json are read as the real host reads them; what is wrong is one line that says where."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.host.settings import AppError, HostSettings, apply_local_settings
from local.host.settings_files import read_settings_file


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GREETING", "removed again afterwards")
    monkeypatch.delenv("GREETING")
    yield tmp_path
    monkeypatch.delenv("GREETING", raising=False)


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff{"a": [1, 2], "b": "// no /* comment, */ ,}"}',
        '{\n  // a comment with a "quote\n  "a": [1, 2], /* and\n one "more */ "b": "// no /* comment, */ ,}"\n}',
        '{"a": [1, 2,], "b": "// no /* comment, */ ,}",}',
        '{"a": [1, 2, // the last\n], "b": "// no /* comment, */ ,}", /* end */ }\r\n// after it',
    ],
    ids=["byte-order mark", "comments", "trailing commas", "all"],
)
def test_a_byte_order_mark_comments_and_trailing_commas_are_read_and_strings_stay_as_they_are(
    app: Path, text: str
) -> None:
    (app / "host.json").write_text(text, encoding="utf-8")
    assert read_settings_file(app / "host.json") == {"a": [1, 2], "b": "// no /* comment, */ ,}"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{\n  // fine\n  "a" 1\n}', "host.json, line 3: not JSON: Expecting ':' delimiter; give JSON; a byte-order"),
        (b'{"a": 1,,}', "host.json, line 1: not JSON: "),
        (b"", "host.json, line 1: not JSON: "),
        (b"[]", "host.json, line 1: not an object"),
        (b"\xff\xfe{\x00}\x00", "host.json is not UTF-8"),
        (b'{\n"functionTimeout": "5 min"}', "host.json, line 2: functionTimeout is '5 min'; give a time like 00:00:30"),
        (
            b'{"extensions":\n{"queues":\n{"batchSize": "many"}}}',
            "line 3: extensions.queues.batchSize is 'many'; give",
        ),
        (b'{"extensions":\n{"queues": 7}}', "host.json, line 2: extensions.queues is 7; give an object"),
        (b'{"extensions": []}', "host.json, line 1: extensions is []; give an object"),
        (b'{"extensions": {"http": {"routePrefix": null}}}', "extensions.http.routePrefix is None; give a string"),
    ],
)
def test_what_is_wrong_in_host_json_is_one_line_with_its_place_and_what_would_be_right(
    app: Path, text: bytes, said: str
) -> None:
    (app / "host.json").write_bytes(text)
    with pytest.raises(AppError) as stopped:
        HostSettings.read(app, {})
    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"Values": {\n"GREETING": {}}}', "local.settings.json, line 2: Values.GREETING is {}; give a string"),
        ('{"Values": []}', "local.settings.json, line 1: Values is []; give an object of settings"),
        ('{"IsEncrypted": true}', "local.settings.json, line 1: its values are encrypted; func settings decrypt"),
    ],
)
def test_what_is_wrong_in_local_settings_is_one_line_with_its_place(app: Path, text: str, said: str) -> None:
    (app / "local.settings.json").write_text(text)
    with pytest.raises(AppError, match=r"^local\.settings\.json") as stopped:
        apply_local_settings(app)
    assert str(stopped.value) == said


def test_local_settings_with_a_byte_order_mark_and_comments_are_applied_where_nothing_else_is_set(app: Path) -> None:
    text = '\ufeff{ // local\n "IsEncrypted": false, "Values": {"GREETING": "hello",}, }'
    (app / "local.settings.json").write_text(text, encoding="utf-8")
    apply_local_settings(app)
    assert os.environ["GREETING"] == "hello"


def test_an_override_that_cannot_be_meant_is_told_as_the_member_it_overrides(app: Path) -> None:
    with pytest.raises(AppError, match=r"extensions\.queues\.maxDequeueCount is 'x'; give a whole number"):
        HostSettings.read(app, {"AzureFunctionsJobHost__extensions__queues__maxDequeueCount": "x"})
