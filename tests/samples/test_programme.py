"""After ./dev up has replayed the sample programme there is something to show of everything, and once only."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.host.ports import HOST
from tests.host.hosts import ask, eventually
from tests.up.running_up import Up


def answer(up: Up, path: str) -> Any:
    return ask(f"http://{HOST}:{up.port}/api/{path}").json()


def replayed(up: Up, process: Any) -> None:
    assert process.stdout
    for line in process.stdout:
        if "events replayed" in line:
            return
    pytest.fail("./dev up ended before the programme was replayed")


def test_there_are_dates_ahead_exceptions_a_draft_with_its_preview_and_groups_of_faults() -> None:
    up = Up()
    with up.start() as process:
        replayed(up, process)
        lost, gained = (answer(up, f"upcoming?kind={kind}&limit=200")["items"] for kind in ("loses", "gains"))
        assert len({each["on"][:7] for each in lost}) >= 8
        assert len({each["customerId"] for each in gained}) >= 3
        assert [each["state"] for each in answer(up, "exceptions")["items"]] == ["holds"] * 3
        active, draft = (answer(up, f"rule-sets/{version}") for version in (1, 2))
        assert (active["inForce"], draft["state"]) == (True, "draft")
        assert draft["effectiveFrom"] > active["effectiveFrom"]
        (preview,) = answer(up, "previews")["items"]
        eventually(lambda: answer(up, f"previews/{preview['id']}")["state"] == "finished")
        counts = answer(up, f"previews/{preview['id']}")["counts"]
        assert counts["gained"] > 0 < counts["lost"]
        groups = {each["fault"]: each["count"] for each in answer(up, "quarantine/faults")["items"]}
        assert len(groups) >= 5
        assert sum(count > 1 for count in groups.values()) >= 2
        assert {each["state"] for each in answer(up, "quarantine")["items"]} == {"kept", "closed"}
        assert {each["action"] for each in answer(up, "log")["items"]} >= {"drafted", "granted", "closed"}
        undecided = [each for each in answer(up, "customers?limit=1000")["items"] if each["undecided"]]
        assert [each["customerId"] for each in undecided] == ["C-1024", "C-1057"]


@pytest.mark.deep
def test_with_data_kept_people_do_it_once(tmp_path: Path) -> None:
    for _ in range(2):
        up = Up()
        with up.start("--data", str(tmp_path)) as process:
            replayed(up, process)
            found = {path: len(answer(up, path)["items"]) for path in ("rule-sets", "previews", "exceptions")}
            assert found == {"rule-sets": 2, "previews": 1, "exceptions": 3}, json.dumps(found)
