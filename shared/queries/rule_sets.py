"""Questions about rule sets."""

import json
from datetime import date

from shared.domain.decision import JsonObject
from shared.ports import Ports
from shared.queries.bounded import within_page
from shared.queries.problems import not_found
from shared.rule_books import RuleBook
from shared.storage.rule_sets import RulesChange, StoredRuleSet

MOST_CHANGES = 100
REPAIRED = "repaired"
"""In place of an action: the rules went back, and everybody is decided again."""


async def list_rule_sets(ports: Ports, before: int | None, limit: int) -> JsonObject:
    """Versions, newest first."""
    in_force = await _in_force(ports)
    versions = await ports.rule_sets.versions(before, limit + 1)
    items = within_page(_json(each, in_force) for each in versions[:limit])
    return {"items": items, "next": str(items[-1]["version"]) if len(versions) > len(items) else None}


async def get_rule_set(ports: Ports, version: int) -> JsonObject:
    """One version with its document, its activations and retirements, and how far the last of them has come."""
    book = await ports.rule_books.book(None)
    stored = await ports.rule_sets.version(version)
    if stored is None:
        raise not_found(f"there is no rule set version {version}")
    changes = await ports.rule_sets.changes(version, MOST_CHANGES)
    return {
        **_json(stored, book.timeline.in_force(ports.today())),
        "changes": [_change_json(each) for each in changes],
        "progress": await _progress(ports, book, changes[0]) if changes else None,
        "document": json.loads(stored.document),
    }


async def _in_force(ports: Ports) -> int | None:
    return (await ports.rule_books.book(None)).timeline.in_force(ports.today())


async def _progress(ports: Ports, book: RuleBook, change: RulesChange) -> JsonObject:
    """Customers decided again; a change that a newer one superseded may stay unfinished."""
    progress = await ports.progress.read(change.epoch)
    superseded = book.epoch > change.epoch and not progress.is_finished
    return {
        "epoch": change.epoch,
        "done": progress.done,
        "of": progress.of,
        "changed": progress.changed,
        "startedAt": change.at,
        "finishedAt": progress.at if progress.is_finished else None,
        "supersededBy": _superseding(book, ports.today()) if superseded else None,
    }


def _superseding(book: RuleBook, today: date) -> JsonObject:
    """The last change of what is in force, which decides everybody; a repair is of the version that is in force."""
    version = book.cause.get("ruleSetVersion") or book.timeline.in_force(today) or max(book.active)[0]
    return {"version": version, "action": book.cause.get("action", REPAIRED), "epoch": book.epoch}


def _json(stored: StoredRuleSet, in_force: int | None) -> JsonObject:
    return {
        "version": stored.version,
        "state": stored.state,
        "inForce": stored.version == in_force,
        "effectiveFrom": stored.effective_from.isoformat(),
        "author": stored.author,
        "note": stored.note,
        "sha256": stored.sha256,
        "createdAt": stored.created_at,
    }


def _change_json(change: RulesChange) -> JsonObject:
    return {
        "action": change.action,
        "author": change.author,
        "note": change.note,
        "at": change.at,
        "epoch": change.epoch,
    }
