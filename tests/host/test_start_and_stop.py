"""Starting says what is wrong in one place; stopping leaves no process behind."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from local.azurite import Azurite
from local.setup.ports import HOST
from tests.host.hosts import APP, ROOT, RunningHost, command, environment, eventually, lives


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
                "@app.queue_trigger('message', queue_name='%NOWHERE%', connection='EligibilityStorage')\n"
                "async def take(message: func.QueueMessage) -> None: ..."
            ),
            "there is no setting 'NOWHERE'",
        ),
        (
            (
                "import azure.functions as func\napp = func.FunctionApp()\n"
                "@app.blob_trigger('blob', path='x', connection='EligibilityStorage')\n"
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
    assert "'EligibilityStorage' holds no storage account's key: it has no AccountName" in ended.stderr
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


def test_azurite_keeps_what_was_stored_in_its_folder_over_a_restart(tmp_path: Path) -> None:
    for expected in ([], ["kept"]):
        with Azurite(tmp_path) as azurite:
            tables = TableServiceClient.from_connection_string(azurite.connection_string)
            assert [table.name for table in tables.list_tables()] == expected
            tables.create_table_if_not_exists("kept")
            tables.close()


def test_azurite_leaves_neither_process_nor_folder() -> None:
    with Azurite() as azurite:
        pid, folder = azurite.pid, azurite.folder
        assert pid
    assert not Path(f"/proc/{pid}").exists()
    assert not folder.exists()


if sys.platform == "linux":  # only there does the kernel end a child with its parent

    def test_azurite_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
        source = (
            "import sys, time; from pathlib import Path; from local.azurite import Azurite\n"
            "with Azurite(Path(sys.argv[1])) as azurite: print(azurite.pid, flush=True); time.sleep(60)"
        )
        parent = subprocess.Popen([sys.executable, "-c", source, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
        with parent:
            assert parent.stdout
            child = int(parent.stdout.readline())
            parent.kill()
        eventually(lambda: not lives(child))
