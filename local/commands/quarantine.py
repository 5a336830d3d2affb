"""``./dev quarantine list | show ID | redrive ID|--all [--dry-run]``, over a running app."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from local.commands.app import App, CommandError, run
from local.commands.plain import plain
from local.setup.commands import parser_of

_LONGEST = 80


def main(arguments: list[str]) -> int:
    options = parser_of("quarantine").parse_args(arguments)
    return run(lambda: PARTS[options.part](options))


def list_messages(options: argparse.Namespace) -> int:
    shown = 0
    for message in _messages(App(options.url)):
        print(_line(message))
        shown += 1
    print(f"{shown} messages")
    return 0


def show(options: argparse.Namespace) -> int:
    message = _found(App(options.url), options.id)
    for name in ("id", "queue", "state", "at", "attempts", "count", "reason"):
        print(f"{name:<9} {plain(message[name])}")
    for error in message["errors"]:
        print(f"  {plain(error['path'])}: {plain(error['message'])}")
    name = "body" if "body" in message else "bodyBase64"
    print(f"\n{name}:\n{plain(message[name])}")
    return 0


def redrive(options: argparse.Namespace) -> int:
    app = App(options.url)
    if options.all:
        # The list is taken first: a message that fails again is kept again, and would be met a second time.
        messages = [each for each in _messages(app) if each["state"] == "kept"]
    else:
        messages = [_found(app, options.id)]
    waiting = [each for each in messages if each["state"] == "kept"]
    for message in messages:
        if message not in waiting:
            print(f"put back already: {_line(message)}")
    for count, message in enumerate(waiting):
        if not options.dry_run:
            _put_back(app, message, count, len(waiting))
        print(f"{'would put back' if options.dry_run else 'put back'}: {_line(message)}")
    print(f"{len(waiting)} messages {'would be ' if options.dry_run else ''}put back")
    return 0


def _put_back(app: App, message: Mapping[str, Any], count: int, of: int) -> None:
    try:
        app.post("quarantine", message["id"], "redrive")
    except CommandError as stopped:
        raise CommandError(f"{stopped}\n  stopped at {message['id']}: {count} of {of} messages put back") from stopped


def _messages(app: App) -> Iterator[dict[str, Any]]:
    return app.every("quarantine", cursor="after")


def _found(app: App, message_id: str) -> dict[str, Any]:
    for message in _messages(app):
        if message["id"] == message_id:
            return message
    raise CommandError(f"no message {plain(message_id)} is in quarantine; ./dev quarantine list names them")


def _line(message: Mapping[str, Any]) -> str:
    reason = plain(message["reason"])
    cut = reason if len(reason) <= _LONGEST else f"{reason[: _LONGEST - 3]}..."
    return plain(f"{message['id']}  {message['at'][:19]}Z  {message['state']:<8}  {message['queue']}  {cut}")


PARTS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "list": list_messages,
    "show": show,
    "redrive": redrive,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
