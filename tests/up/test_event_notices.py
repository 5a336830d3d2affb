"""./dev up shows what became of events: those that changed nothing, and what in one was probably not meant (F19)."""

import json
from pathlib import Path

from local.event_notices import lines
from tests.up.running_up import Up, spend


def test_up_prints_events_that_changed_nothing_and_applications_that_no_rule_set_lists(tmp_path: Path) -> None:
    repeated = spend(2, "200")
    unlisted = json.loads(spend(3, "300"))
    unlisted["data"] |= {"application": "finnance", "licenceId": "L-2"}
    events = tmp_path / "events.jsonl"
    events.write_text(f"{repeated}\n{repeated}\n{json.dumps(unlisted)}\n")
    ended = Up().run("--once", "--events", str(events))
    assert ended.returncode == 0, ended.stderr
    printed = {line for line in ended.stdout.splitlines() if line.startswith(("unchanged", "warning"))}
    warning = 'counts for nothing: no rule set of today or later lists it; did you mean "finance"?'
    assert printed == {
        "unchanged fasttrack.spend.updated.v1 inv-2  because it was applied before",
        f'warning   fasttrack.spend.updated.v1 inv-3  $.data.application "finnance" {warning}',
    }


OUTRANKED = {"result": "unchanged", "because": "outranked", "byId": "inv-2", "bySource": "/billing", "byTime": "2026"}


def test_an_outranked_event_is_shown_with_the_one_that_is_kept() -> None:
    (line,) = lines({"type": "a.b", "eventId": "inv-1", **OUTRANKED})
    assert line == "unchanged a.b inv-1  because inv-2 of /billing, 2026, is kept; to correct it, post a later time"


def test_an_event_that_is_applied_or_kept_in_quarantine_is_not_shown_here() -> None:
    assert not [*lines({"result": "applied", "type": "a.b", "eventId": "1"}), *lines({"result": "kept"}), *lines({})]


def test_an_id_steers_no_terminal() -> None:
    (line,) = lines({"type": "a.b", "eventId": "x\u202ey", **OUTRANKED})
    assert line.startswith("unchanged a.b x\\u202ey  because")
