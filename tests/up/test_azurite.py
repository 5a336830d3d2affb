"""Azurite as a child process: one on a folder at a time, which keeps its folder and leaves nothing else behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from local import azurite
from local.azurite import Azurite, AzuriteError
from tests.host.hosts import ROOT, eventually, lives

_STARTS = """
import sys
from pathlib import Path
from local.azurite import Azurite

print(Azurite(Path(sys.argv[1])).start().pid, flush=True)
sys.stdin.read()
"""


def tables_of(azurite: Azurite) -> TableServiceClient:
    return TableServiceClient.from_connection_string(azurite.connection_string)


def test_a_second_one_on_a_folder_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(azurite, "_LONGEST_SAVE", 0.1)
    with Azurite(tmp_path), pytest.raises(AzuriteError) as refused:
        Azurite(tmp_path).start()
    assert str(refused.value) == f"{tmp_path} is in use by another ./dev up: end that one, or choose another --data"
    with Azurite(tmp_path):
        pass


def test_after_kill_9_the_next_one_waits_until_the_one_before_has_saved_and_ended(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        assert first.stdout
        emulator = int(first.stdout.readline())
        os.kill(emulator, signal.SIGSTOP)  # it saves as slowly as can be
        first.kill()
    with started(tmp_path) as waits:
        assert waits.stdout
        os.set_blocking(waits.stdout.fileno(), False)
        with pytest.raises(subprocess.TimeoutExpired):
            waits.wait(1.5)
        assert waits.stdout.readline() == ""
        os.kill(emulator, signal.SIGCONT)
        os.set_blocking(waits.stdout.fileno(), True)
        assert int(waits.stdout.readline()) != emulator
        waits.communicate()


def test_azurite_keeps_what_was_stored_in_its_folder_over_a_restart(tmp_path: Path) -> None:
    for expected in ([], ["kept"]):
        with Azurite(tmp_path) as azurite, tables_of(azurite) as tables:
            assert [table.name for table in tables.list_tables()] == expected
            tables.create_table_if_not_exists("kept")


def test_azurite_that_is_asked_to_end_again_and_again_saves_what_was_stored(tmp_path: Path) -> None:
    """As the kernel asks after kill -9 of a parent with several threads."""
    with Azurite(tmp_path) as azurite, tables_of(azurite) as tables:
        assert azurite.pid
        tables.create_table("kept")
        while lives(azurite.pid):
            os.kill(azurite.pid, signal.SIGTERM)
    with Azurite(tmp_path) as azurite, tables_of(azurite) as tables:
        assert [table.name for table in tables.list_tables()] == ["kept"]


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


def started(folder: Path) -> subprocess.Popen[str]:
    """A process that has an emulator, and ends with its input."""
    command = [sys.executable, "-c", _STARTS, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
