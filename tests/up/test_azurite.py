"""Azurite as a child process: it keeps what it is told to keep, and leaves nothing else behind."""

import subprocess
import sys
from pathlib import Path

from azure.data.tables import TableServiceClient

from local.azurite import Azurite
from tests.host.hosts import ROOT, eventually, lives


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
