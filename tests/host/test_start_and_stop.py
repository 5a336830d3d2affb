"""A host that cannot start says why in one place; one that runs says whether it is idle."""

import socket
import subprocess
from pathlib import Path

import pytest

from local.host.ports import HOST
from tests.host.hosts import APP, ROOT, RunningHost, command, environment


def start_app(app: Path, connection: str, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("local.host", "--app", str(app), "--port", "0", *options),
        cwd=ROOT,
        env=environment(connection, "unused", **settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("answer = 42", "Could not find top level function app"),
        ("import azure.functions as func\napp = func.FunctionApp()", "no functions found"),
        (
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.queue_trigger('message', queue_name='%NOWHERE%', connection='Storage')\n"
                "async def take(message: func.QueueMessage) -> None: ..."
            ),
            "there is no setting 'NOWHERE'",
        ),
        (
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.blob_trigger('blob', path='x', connection='Storage')\n"
                "async def take(blob: func.InputStream) -> None: ..."
            ),
            "does not know the binding blobTrigger",
        ),
    ],
    ids=["import error", "no app", "no functions", "missing setting", "unknown binding"],
)
def test_an_app_that_cannot_be_started_is_told_why_with_status_1(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "function_app.py").write_text(source)
    ended = start_app(tmp_path, "UseDevelopmentStorage=true")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert said in ended.stderr


def test_a_connection_string_without_the_accounts_key_is_named_by_its_setting_and_not_quoted() -> None:
    ended = start_app(APP, "QueueEndpoint=http://127.0.0.1:1/account;SharedAccessSignature=sig=secret")
    assert ended.returncode == 1
    assert "'Storage' holds no storage account's key: it has no AccountName" in ended.stderr
    assert "secret" not in ended.stderr


def test_a_port_in_use_is_named_with_the_option_that_changes_it_and_status_2() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        ended = start_app(APP, "UseDevelopmentStorage=true", "--port", str(port))
    assert ended.returncode == 2
    assert ended.stderr.strip() == f"port {port} is in use: choose another with --port"


@pytest.mark.parametrize(
    ("option", "word", "told"),
    [
        ("--app", "/nowhere", "there is no folder /nowhere: give the app's with --app"),
        ("--port", "70000", "give a number from 0 to 65535, 0 for any free one"),
        ("--lease", "nan", "give 1 to 604800 seconds"),
        ("--longest-pause", "nan", "give 0.001 to 60 seconds"),
    ],
)
def test_an_option_that_cannot_be_meant_is_told_with_status_2(option: str, word: str, told: str) -> None:
    ended = start_app(APP, "UseDevelopmentStorage=true", option, word)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[-1].endswith(told)


def test_the_status_lists_every_queue_with_a_trigger_and_is_idle_when_nothing_is_left(host: RunningHost) -> None:
    host.settle()
    status = host.status()
    assert status["state"] == "Running"
    assert status["queues"] == {f"{host.prefix}-{name}": 0 for name in ("binary", "binary-poison", "text", "batch")}
