"""Follow a change of rules until every customer is decided again, or another change has superseded it."""

import sys
import time
from collections.abc import Callable, Iterator

from local.commands.app import App, CommandError
from local.commands.plain import plain
from shared.domain.decision import JsonObject

ACTIVATE, RETIRE = "activate", "retire"
DONE = {ACTIVATE: "published", RETIRE: "retired"}
_LEADS_TO = {ACTIVATE: "active", RETIRE: "retired"}
_UNDONE = {"active": "activated again", "retired": "retired"}
_LONGEST_WAIT = 3600.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


def versions(app: App) -> Iterator[JsonObject]:
    """Rule sets without their documents, newest first."""
    return app.every("rule-sets", cursor="before")


def check_still_done(changed: JsonObject, action: str) -> None:
    """Raises CommandError if the version, as it is now, was taken out or put back by another change since this one."""
    if changed["state"] != _LEADS_TO[action]:
        other = changed["changes"][0]
        by = f" by {plain(other['author'])}" if other["author"] else ""
        why = f": {plain(other['note'])}" if other["note"] else ""
        raise CommandError(
            f"version {changed['version']} was {DONE[action]}, and {_UNDONE[changed['state']]} meanwhile{by}{why}"
        )


def wait(app: App, changed: JsonObject, action: str) -> None:
    """Until every customer is decided again, by this change or by a later one that superseded it."""
    version, epoch = changed["version"], changed["changes"][0]["epoch"]

    def look() -> JsonObject:
        found: JsonObject = app.get("rule-sets", str(version))
        check_still_done(found, action)
        return found

    found = until(look, lambda each: _has_ended(each, epoch), lambda each: _recomputed(each["progress"]))
    progress = found["progress"]
    if other := _superseding(found, epoch):
        _print_superseded(app, found, other, action)
    else:
        print(f"{progress['done']} customers decided again, {progress['changed']} of them with another outcome")


def _has_ended(found: JsonObject, epoch: int) -> bool:
    return found["progress"]["finishedAt"] is not None or _superseding(found, epoch) is not None


def _superseding(found: JsonObject, epoch: int) -> JsonObject | None:
    """The change because of which that of ``epoch`` will not be finished."""
    progress: JsonObject = found["progress"]
    if progress["epoch"] != epoch:
        return {"version": found["version"], "action": found["changes"][0]["action"], "epoch": progress["epoch"]}
    other: JsonObject | None = progress.get("supersededBy")
    return other


def _print_superseded(app: App, found: JsonObject, other: JsonObject, action: str) -> None:
    """A version that is not in force because of the other change is not what was asked for."""
    what = f"version {other['version']} was {other['action']} meanwhile (epoch {other['epoch']})"
    print(f"superseded: {plain(what)}, and everybody is decided again by that; see ./dev rules list")
    if action == ACTIVATE and (outranking := outranking_of(app, found)):
        raise CommandError(f"version {found['version']} is active, but version {outranking['version']} outranks it")


def outranking_of(app: App, activated: JsonObject) -> JsonObject | None:
    """The version in force instead of one whose start has passed; None if it is in force, or will be."""
    if activated["inForce"]:
        return None
    now: JsonObject | None = next((each for each in versions(app) if each["inForce"]), None)
    return now if now and _rank(now) > _rank(activated) else None


def _rank(item: JsonObject) -> tuple[str, int]:
    return item["effectiveFrom"], item["version"]


def _recomputed(progress: JsonObject) -> str:
    return f"{progress['done']} of {progress['of'] or 'all'} customers decided again"


def until(
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
