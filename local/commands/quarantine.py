"""``./dev quarantine list | faults | show | redrive | close | resubmit``, over a running app."""

import argparse
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from local.commands.app import App, CommandError, run
from local.commands.plain import plain
from local.setup.commands import parser_of
from local.setup.exit_code import NO

_LONGEST = 80
_MOST_IDS = 100
_SHOWN = ("id", "queue", "state", "fault", "firstAt", "lastAt", "attempts", "count", "reason")


def main(arguments: list[str]) -> int:
    options = parser_of("quarantine").parse_args(arguments)
    return run(lambda: PARTS[options.part](options))


def list_messages(options: argparse.Namespace) -> int:
    shown = 0
    wanted = {"state": options.state, "source": options.source, "type": options.type}
    for message in _messages(App(options.url), **wanted):
        print(_line(message))
        shown += 1
    print(f"{shown} messages")
    return 0


def list_faults(options: argparse.Namespace) -> int:
    groups = App(options.url).get("quarantine", "faults")["items"]
    for each in groups:
        least = "at least " if each["isAtLeast"] else ""
        print(f"{least}{each['count']:>7}  {plain(each['fault'] or 'in no group yet')}")
    waiting = sum(each["count"] for each in groups)
    print(f"{waiting} messages wait")
    return NO if waiting and options.exit_code else 0


def show(options: argparse.Namespace) -> int:
    message = App(options.url).get("quarantine", options.id)
    for name in _SHOWN:
        print(f"{name:<9} {plain(message[name] if message[name] is not None else '-')}")
    for error in message["errors"]:
        print(f"  {plain(error['path'])}: {plain(error['message'])}")
    for ending in message["trail"]:
        print(plain(_ending(ending)))
    name = "body" if "body" in message else "bodyBase64"
    print(f"\n{name}:\n{plain(message[name])}")
    return 0


def _ending(ending: Mapping[str, Any]) -> str:
    by = f" by {ending['by']}{'' if ending['verified'] else ' (not verified)'}" if ending["by"] else ""
    said = f": {ending['reason']}" if "reason" in ending else ""
    corrected = f", corrected message {ending['corrected']}" if "corrected" in ending else ""
    return f"{ending['state']} {ending['at'][:19]}Z{by}{said}{corrected}"


def redrive(options: argparse.Namespace) -> int:
    """One by id always goes back; of many, those that can succeed."""
    app = App(options.url)
    if options.id and not options.dry_run:
        return _redrive_one(app, options)
    return _many(app, "redrive", options, {"author": options.author}, "put back")


def _redrive_one(app: App, options: argparse.Namespace) -> int:
    before = app.get("quarantine", options.id)
    after = app.post("quarantine", options.id, "redrive", value={"author": options.author})
    print(f"{'put back already' if before['state'] == 'redriven' else 'put back'}: {_line(after)}")
    return 0


def close(options: argparse.Namespace) -> int:
    return _many(App(options.url), "close", options, {"reason": options.reason, "author": options.author}, "closed")


def resubmit(options: argparse.Namespace) -> int:
    app, corrected = App(options.url), _text(options.file)
    after = app.post("quarantine", options.id, "resubmit", value={"body": corrected, "author": options.author})
    for warning in after.get("warnings", ()):
        print(plain(f"warning: {warning['path']} {warning['message']}"))
    print(f"queued in its place: {_line(after)}")
    return 0


def _text(path: str) -> str:
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as fault:
        raise CommandError(f"cannot read {path}: {fault}") from fault


def _many(app: App, action: str, options: argparse.Namespace, body: Mapping[str, Any], done: str) -> int:
    """By id, by fault or all that are kept; the app says of each what became of it, a part with each call."""
    count = 0
    for asked in _asked(app, options):
        after, is_left = None, True
        while is_left:
            try:
                asking = {**body, **asked, "after": after, "dryRun": options.dry_run}
                answer = app.post("quarantine", action, value=asking)
            except CommandError as stopped:
                raise CommandError(f"{stopped}\n  stopped: {count} messages {done}") from stopped
            for item in answer["items"]:
                print(_outcome(item, f"{'would be ' if options.dry_run else ''}{done}", f"not {done}"))
            count += answer["done"]
            after = answer["next"]
            is_left = after is not None
    print(f"{count} messages {'would be ' if options.dry_run else ''}{done}")
    return 0 if count or not options.id else 1


def _outcome(item: Mapping[str, Any], done: str, not_done: str) -> str:
    detail = f"  {item['detail']}" if "detail" in item else ""
    return plain(f"{done if item['done'] else not_done}: {item['id']}{detail}")


def _asked(app: App, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The messages that are asked for."""
    if options.id:
        yield {"ids": [options.id]}
    elif options.fault:
        yield {"fault": options.fault}
    else:
        # The list is taken first: a message that fails again is kept again, and would be met a second time.
        ids = [each["id"] for each in _messages(app, state="kept")]
        for some in itertools.batched(ids, _MOST_IDS, strict=False):
            yield {"ids": list(some)}


def _messages(app: App, **wanted: str | None) -> Iterator[dict[str, Any]]:
    return app.every("quarantine", cursor="after", **wanted)


def _line(message: Mapping[str, Any]) -> str:
    reason = plain(message["reason"])
    cut = reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 3]}..."
    return plain(f"{message['id']}  {message['firstAt'][:19]}Z  {message['state']:<11}  {message['queue']}  {cut}")


PARTS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "list": list_messages,
    "faults": list_faults,
    "show": show,
    "redrive": redrive,
    "close": close,
    "resubmit": resubmit,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
