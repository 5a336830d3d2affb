"""Rows of approvals and of the change log are what was written, over both stores."""

import json
from datetime import UTC, datetime, timedelta

from shared.domain.who import Who
from shared.ports import Ports
from shared.rule_books import SHIPPED
from shared.rules.document import parse_document
from shared.storage.change_log import CLOSED, MESSAGE
from shared.storage.store import Store
from shared.workflow.approve import approve
from shared.workflow.change_log import logged
from shared.workflow.change_rules import ChangeNote, activate, store_draft
from tests.memory_sender import MemorySender

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def test_who_did_what_is_read_as_it_was_written_newest_first(store: Store) -> None:
    done = [""]
    ports = Ports(store, MemorySender(), lambda: NOW + timedelta(seconds=len(done)), approvals=1)
    document = parse_document(json.loads(SHIPPED.read_bytes()))
    version = (await store_draft(ports, document, ChangeNote("ada", "as agreed", True, "7-7"))).version
    done.append("drafted")
    await approve(ports, version, "activate", Who("bö@example.com", True, "8-8"), "ja")
    done.append("approved")
    await activate(ports, version, ChangeNote("ada", verified=True))
    done.append("activated")
    async with logged(ports, CLOSED, MESSAGE, "7", Who("cy"), "a test"):
        begun = (await ports.change_log.page("", 1))[0]
    stored = await ports.rule_sets.version(version)
    assert stored
    assert (stored.verified, stored.author_id, stored.approvals[0].who) == (
        *(True, "7-7"),
        Who("bö@example.com", True, "8-8"),
    )
    (change,) = await ports.rule_sets.changes(version, 10)
    assert (change.verified, change.approved_by) == (True, ("bö@example.com",))
    entries = await ports.change_log.page("", 10)
    told = [(each.action, each.by, each.verified, each.why, each.detail, each.count, each.done) for each in entries]
    assert told == [
        ("closed", "cy", False, "a test", "", 1, True),
        ("activated", "ada", True, "", "", 1, True),
        ("approved", "bö@example.com", True, "ja", "activate", 1, True),
        ("drafted", "ada", True, "as agreed", "", 1, True),
    ]
    assert (begun.done, begun.count) == (False, 0)
    assert [each.action for each in await ports.change_log.page(entries[1].place, 1)] == ["approved"]
    assert await ports.change_log.delete_older(NOW + timedelta(seconds=2), 10)
    assert [each.action for each in await ports.change_log.page("", 10)] == ["closed", "activated"]
