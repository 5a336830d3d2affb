"""./dev reconcile over the storage of a running app."""

from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient

from local.commands import reconcile
from tests import events
from tests.system.running_system import running_system


def test_a_sound_store_passes_and_a_missing_row_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_system(tmp_path / "log") as system:
        system.create_event_queue()
        for message in (*events.qualified(), *events.eligible()):
            system.send(message)
        system.host.settle()
        monkeypatch.setenv("EligibilityStorage", system.host.connection)
        assert reconcile.main([]) == 0
        assert capsys.readouterr().out == "no differences\n"
        with TableServiceClient.from_connection_string(system.host.connection) as tables:
            tables.get_table_client("directory").delete_entity("C-1", "C-1")
        assert reconcile.main([]) == 1
        assert capsys.readouterr().out == "C-1: is not in the directory\n1 differences\n"


@pytest.mark.parametrize("setting", ["", "AccountKey=Y2FuYXJ5"])
def test_without_a_connection_string_it_says_what_to_set_and_not_what_was_set(
    setting: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EligibilityStorage", setting)
    assert reconcile.main([]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("dev: ")
    assert "EligibilityStorage" in told.err
    assert "Y2FuYXJ5" not in told.err + told.out
