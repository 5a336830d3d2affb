"""A draft on its way into force, or a version out of it: previewed for everybody, and done if no more lose than may."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.commands.app import App, CommandError, RefusedError
from local.commands.plain import plain
from shared.domain.decision import JsonObject
from shared.rules.document import RuleSetDocument, sha256_of

_CHANGES = {
    "gained": "gain",
    "lost": "lose",
    "changedProjects": "stay eligible, with other projects",
    "changedReason": "stay as they are, for another reason",
    "stayed": "stay as they are",
}
_DONE = {"activate": "published", "retire": "retired"}
_NAMED = 20
_TOO_MANY_LOSE = "Too many customers would lose"
"""Title of the problem that names them."""
_LONGEST_WAIT = 3600.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Reason:
    """Who wants it, and why."""

    author: str
    note: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may lose their eligibility, and whether to wait until everybody is decided again."""

    most_lost: int
    wait: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A document with its golden cases, not yet stored."""

    document: RuleSetDocument
    cases: list[Any]
    reason: Reason


def preview(app: App, draft: Draft) -> tuple[int, str]:
    """Store the draft and print what it would do; gives its version and the preview's id."""
    version = _store(app, draft)
    return version, _preview(app, version, "activate")


def _preview(app: App, version: int, action: str) -> str:
    """Print what the action would do; gives the preview's id."""
    started = app.post("rule-sets", str(version), "preview", value={"action": action})
    place = ("rule-sets", str(version), "previews", started["id"])
    found = _until(lambda: app.get(*place), lambda each: each["state"] == "finished", _previewed)
    print("\n".join(map(plain, _told(found))))
    for change in ("lost", "gained"):
        if found["counts"].get(change):
            page = app.get(*place, "customers", change=change, limit=_NAMED)
            names = ", ".join(each["customerId"] for each in page["items"])
            print(f"{change}: {names}{' and more' if page['next'] else ''}")
    return str(started["id"])


def publish(app: App, draft: Draft, limits: Limits) -> None:
    """Put the draft in force, held against its preview."""
    version, preview_id = preview(app, draft)
    activated = _change(app, version, "activate", draft.reason, {"previewId": preview_id, "maxLost": limits.most_lost})
    if outranking := _outranking(app, activated):
        told = f"version {version} is active from {activated['effectiveFrom']}, but version {outranking['version']}"
        raise CommandError(f"{told}, in force from {outranking['effectiveFrom']}, outranks it: nothing changes today")
    print(f"version {version} is active, in force from {activated['effectiveFrom']}")
    _wait(app, version, limits)


def retire(app: App, version: int, reason: Reason, limits: Limits) -> None:
    """Take a version out of force, held against a preview of that."""
    preview_id = _preview(app, version, "retire")
    _change(app, version, "retire", reason, {"previewId": preview_id, "maxLost": limits.most_lost})
    now = next((each["version"] for each in versions(app) if each["inForce"]), None)
    print(f"version {version} is retired; version {now} is in force")
    _wait(app, version, limits)


def _change(app: App, version: int, action: str, reason: Reason, guard: JsonObject) -> JsonObject:
    wanted = {"author": reason.author, "note": reason.note, **guard}
    try:
        changed: JsonObject = app.post("rule-sets", str(version), action, value=wanted)
    except RefusedError as refused:
        hint = "\n  say --max-lost N to let N customers lose" if refused.title == _TOO_MANY_LOSE else ""
        raise CommandError(f"not {_DONE[action]}: {refused}{hint}") from refused
    return changed


def _wait(app: App, version: int, limits: Limits) -> None:
    if limits.wait:
        progress = _until(lambda: _progress(app, version), _is_finished, _recomputed)
        print(f"{progress['done']} customers decided again, {progress['changed']} of them with another outcome")


def versions(app: App) -> Iterator[JsonObject]:
    """Rule sets without their documents, newest first."""
    return app.every("rule-sets", cursor="before")


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


def _outranking(app: App, activated: JsonObject) -> JsonObject | None:
    """The version in force instead of one whose start has passed; None if it is in force, or will be."""
    if activated["inForce"]:
        return None
    now: JsonObject | None = next((each for each in versions(app) if each["inForce"]), None)
    return now if now and _rank(now) > _rank(activated) else None


def _rank(item: JsonObject) -> tuple[str, int]:
    return item["effectiveFrom"], item["version"]


def _told(found: JsonObject) -> Iterator[str]:
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


def _progress(app: App, version: int) -> JsonObject:
    found: JsonObject = app.get("rule-sets", str(version))["progress"]
    return found


def _is_finished(progress: JsonObject) -> bool:
    return progress["finishedAt"] is not None


def _previewed(found: JsonObject) -> str:
    return f"{found['done']} customers looked at"


def _recomputed(progress: JsonObject) -> str:
    return f"{progress['done']} of {progress['of'] or 'all'} customers decided again"


def _until(
    look: Callable[[], JsonObject], is_done: Callable[[JsonObject], bool], said: Callable[[JsonObject], str]
) -> JsonObject:
    """Look, pausing longer and longer, until it is done, saying on standard error how far it is."""
    pause, deadline = _FIRST_PAUSE, time.monotonic() + _LONGEST_WAIT
    while not is_done(found := look()):
        if time.monotonic() > deadline:
            raise CommandError(f"not finished after an hour: {said(found)}; it goes on without this command")
        print(f"... {said(found)}", file=sys.stderr, flush=True)
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return found
