"""What ./dev up --data has replayed of the sample programme is there once only."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.host.ports import HOST
from tests.host.hosts import ask
from tests.up.running_up import Up


def answer(up: Up, path: str) -> Any:
    return ask(f"http://{HOST}:{up.port}/api/{path}").json()


def replayed(up: Up, process: Any) -> None:
    assert process.stdout
    for line in process.stdout:
        if "events replayed" in line:
            return
    pytest.fail("./dev up ended before the programme was replayed")


@pytest.mark.deep
def test_with_data_kept_people_do_it_once(tmp_path: Path) -> None:
    for _ in range(2):
        up = Up()
        with up.start("--data", str(tmp_path)) as process:
            replayed(up, process)
            found = {path: len(answer(up, path)["items"]) for path in ("rule-sets", "previews", "exceptions")}
            assert found == {"rule-sets": 2, "previews": 1, "exceptions": 3}, json.dumps(found)
