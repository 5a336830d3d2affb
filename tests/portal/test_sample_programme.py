"""After ./dev up has replayed the sample programme there is something to show of everything."""

from typing import Any

from tests.host.hosts import ask, eventually


def test_there_are_dates_ahead_exceptions_a_draft_with_its_preview_and_groups_of_faults(home: str) -> None:
    def answer(path: str) -> Any:
        return ask(f"{home}/api/{path}").json()

    lost, gained = (answer(f"upcoming?kind={kind}&limit=200")["items"] for kind in ("loses", "gains"))
    assert len({each["on"][:7] for each in lost}) >= 8
    assert len({each["customerId"] for each in gained}) >= 3
    assert [each["state"] for each in answer("exceptions")["items"]] == ["holds"] * 3
    active, draft = (answer(f"rule-sets/{version}") for version in (1, 2))
    assert (active["inForce"], draft["state"]) == (True, "draft")
    assert draft["effectiveFrom"] > active["effectiveFrom"]
    (preview,) = (each for each in answer("previews")["items"] if each["version"] == 2)  # others ask "what if?"
    eventually(lambda: answer(f"previews/{preview['id']}")["state"] == "finished")
    counts = answer(f"previews/{preview['id']}")["counts"]
    assert counts["gained"] > 0 < counts["lost"]
    groups = {each["fault"]: each["count"] for each in answer("quarantine/faults")["items"]}
    assert len(groups) >= 5
    assert sum(count > 1 for count in groups.values()) >= 2
    assert {each["state"] for each in answer("quarantine")["items"]} == {"kept", "closed"}
    assert {each["action"] for each in answer("log")["items"]} >= {"drafted", "granted", "closed"}
    undecided = [each for each in answer("customers?limit=1000")["items"] if each["undecided"]]
    assert [each["customerId"] for each in undecided] == ["C-1024", "C-1057"]
