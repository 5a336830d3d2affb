"""Put a draft in force or take a version out of force: preview it, then do it if not too many customers lose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.commands.app import App, CommandError, RefusedError
from local.commands.plain import plain
from local.commands.questions import losers
from local.commands.rule_change import ACTIVATE, DONE, RETIRE, check_still_done, outranking_of, until, versions, wait
from shared.domain.decision import JsonObject
from shared.rules.document import RuleSetDocument, sha256_of

_CHANGES = {
    "gained": "gain",
    "lost": "lose",
    "changedProjects": "stay eligible, with other projects",
    "changedReason": "stay as they are, for another reason",
    "stayed": "stay as they are",
}
_NAMED = 20
_MISSING = "Rules missing"
"""Title of the problem where there are customers and no rules."""
_TOO_MANY_LOSE = "Too many customers would lose"
"""Title of the problem that names them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Who wants it, and why."""

    author: str
    note: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may lose their eligibility, and whether to wait until every customer is decided again."""

    most_lost: int
    wait: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with its golden cases, not yet stored."""

    document: RuleSetDocument
    cases: list[Any]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Previewed:
    """A version, its preview, and how many customers it would make lose their eligibility."""

    version: int
    preview_id: str
    lost: int


def preview(app: App, draft: Draft) -> Previewed:
    """Store the draft and print what it would do."""
    return _preview(app, _store(app, draft), ACTIVATE)


def _preview(app: App, version: int, action: str) -> Previewed:
    """Print what the action would do."""
    started = app.post("rule-sets", str(version), "preview", value={"action": action})
    place = ("rule-sets", str(version), "previews", started["id"])
    found = until(lambda: app.get(*place), lambda each: each["state"] == "finished", _previewed)
    if found.get("outOfDate"):
        reason = f"the rules changed while version {version} was previewed, after {found['done']} customers"
        raise CommandError(f"preview out of date: {reason}; nothing was changed, run the command again")
    lines = [*_lines(found), *(_named_gained(app, place) if found["counts"].get("gained") else ())]
    lost = found["counts"].get("lost", 0)
    lines += ["", *losers(app, place, found), ""] if lost else []
    print("\n".join(map(plain, lines)))
    return Previewed(version, started["id"], lost)


def _named_gained(app: App, place: tuple[str, ...]) -> Iterator[str]:
    page = app.get(*place, "customers", change="gained", limit=_NAMED)
    yield f"gained: {', '.join(each['customerId'] for each in page['items'])}{' and more' if page['next'] else ''}"


def publish(app: App, draft: Draft, limits: Limits) -> None:
    """Put the draft in force, held against its preview."""
    try:
        previewed = preview(app, draft)
    except RefusedError as refused:
        hint = "\n  say --unpreviewed to put it in force without a preview" if refused.title == _MISSING else ""
        raise CommandError(f"not {DONE[ACTIVATE]}: {refused}{hint}") from refused
    guard = {"previewId": previewed.preview_id, "maxLost": limits.most_lost}
    _activate(app, previewed.version, draft.reason, guard, limits)


def publish_unpreviewed(app: App, draft: Draft, limits: Limits) -> None:
    """Put the draft in force where the rules were lost: there is nothing that it could be held against."""
    if any(each["inForce"] for each in versions(app)):
        raise CommandError(f"not {DONE[ACTIVATE]}: a rule set is in force, leave out --unpreviewed")
    _activate(app, _store(app, draft), draft.reason, {}, limits)


def _activate(app: App, version: int, reason: Reason, guard: JsonObject, limits: Limits) -> None:
    activated = _change(app, version, ACTIVATE, reason, guard)
    _print_age(activated)
    check_still_done(activated, ACTIVATE)
    if outranking := outranking_of(app, activated):
        state = f"version {version} is active from {activated['effectiveFrom']}, but version {outranking['version']}"
        raise CommandError(f"{state}, in force from {outranking['effectiveFrom']}, outranks it: nothing changes today")
    print(f"version {version} is active, in force from {activated['effectiveFrom']}")
    if limits.wait:
        wait(app, activated, ACTIVATE)


def retire(app: App, version: int, reason: Reason, limits: Limits) -> None:
    """Take a version out of force, held against a preview of that."""
    preview_id = _preview(app, version, RETIRE).preview_id
    retired = _change(app, version, RETIRE, reason, {"previewId": preview_id, "maxLost": limits.most_lost})
    _print_age(retired)
    check_still_done(retired, RETIRE)
    now = next((each["version"] for each in versions(app) if each["inForce"]), None)
    print(f"version {version} is retired; version {now} is in force")
    if limits.wait:
        wait(app, retired, RETIRE)


def approve(app: App, version: int, action: str, note: str) -> None:
    """Approve it as the caller that the token names; print how many there are of how many."""
    approved = app.post("rule-sets", str(version), "approve", value={"action": action, "note": note})
    has, needed = approved["approvals"], approved["approvalsNeeded"]
    print(f"{action} of version {version} is approved: {has} of {needed} needed")
    for each in approved["approvedBy"]:
        print(plain(f"   {each['by']}  {each['at']}  {each['note']}".rstrip()))


def _change(app: App, version: int, action: str, reason: Reason, guard: JsonObject) -> JsonObject:
    wanted = {"author": reason.author, "note": reason.note, **guard}
    try:
        changed: JsonObject = app.post("rule-sets", str(version), action, value=wanted)
    except RefusedError as refused:
        hint = "\n  say --max-lost N to let N customers lose" if refused.title == _TOO_MANY_LOSE else ""
        raise CommandError(f"not {DONE[action]}: {refused}{hint}") from refused
    return changed


def _print_age(changed: JsonObject) -> None:
    """An app of before says nothing of it, and neither does one that had nothing to change."""
    if held := changed.get("preview"):
        print(f"by the preview of {held['startedAt']}, {held['ageSeconds']} s old: later facts are not in its counts")


def _store(app: App, draft: Draft) -> int:
    """The version of the draft; a draft of the same document is taken if it could still come into force."""
    sha256, start = sha256_of(draft.document.value), str(draft.document.effective_from)
    for each in versions(app):  # newest first: of equal starts the highest version wins
        if each["state"] == "active" and each["effectiveFrom"] == start:
            break
        if each["state"] == "draft" and each["sha256"] == sha256:
            print(f"version {each['version']} is a draft of this document")
            return int(each["version"])
    reason = {"author": draft.reason.author, "note": draft.reason.note}
    value = {"document": draft.document.value, **reason, "cases": draft.cases}
    stored = app.post("rule-sets", value=value)
    print(f"stored as version {stored['version']}, a draft")
    return int(stored["version"])


def _lines(found: JsonObject) -> Iterator[str]:
    yield "Against what is in force it changes:"
    yield from (f"   {line}" for line in found["difference"] or ["nothing"])
    yield f"Of {found['done']} customers"
    for name, said in _CHANGES.items():
        yield f"   {found['counts'].get(name, 0):>6} {said}"
    for title, tallies in (("By criterion", found["byCriterion"]), ("By partner", found["byPartner"])):
        if tallies:
            yield f"{title}:"
            yield from (f"   {name}: {_counted(counts)}" for name, counts in tallies.items())


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {_CHANGES.get(name, name)}" for name, count in counts.items() if count)


def _previewed(found: JsonObject) -> str:
    return f"{found['done']} customers looked at"
