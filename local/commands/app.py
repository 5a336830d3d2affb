"""A running app over HTTP.

Arrives: where it is, and questions. Leaves: its answers as JSON values, or CommandError with what its problem says.
"""

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

DEFAULT_URL = "http://127.0.0.1:7071"
KEY, TOKEN = "ELIGIBILITY_KEY", "ELIGIBILITY_TOKEN"
_SECONDS = 60
_LOST_NAMED = 50


class CommandError(Exception):
    """What stops a command, for the person at the terminal."""


def run(command: Callable[[], int]) -> int:
    """The command's status; 1 with a line on standard error if it was stopped."""
    try:
        return command()
    except CommandError as stopped:
        print(f"dev: {stopped}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def add_url(parser: argparse.ArgumentParser) -> None:
    said = f"where the app runs ({DEFAULT_URL}); what it asks for is read from {KEY} or {TOKEN}"
    parser.add_argument("--url", default=DEFAULT_URL, help=said)


class App:
    """The app at ``url``; requests to this machine go past any proxy."""

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise CommandError(f"{url} is no address of an app, give one such as {DEFAULT_URL}")
        self.url = url.rstrip("/")
        own = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self._opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if own else []))

    def get(self, *path: str, **params: object) -> Any:
        return self._ask("GET", path, params)

    def post(self, *path: str, value: object = None) -> Any:
        return self._ask("POST", path, {}, json.dumps(value or {}).encode())

    def _ask(self, method: str, path: tuple[str, ...], params: dict[str, object], body: bytes | None = None) -> Any:
        given = {name: value for name, value in params.items() if value is not None}
        place = "/".join(quote(each, safe="") for each in path)
        url = f"{self.url}/api/{place}" + (f"?{urlencode(given)}" if given else "")
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310  checked to be http
        _sign(request)
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                raise CommandError(_told(refused.code, refused.read())) from refused
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "reason", fault)
            raise CommandError(f"{self.url} does not answer as the app would ({reason}); is it up? ./dev up") from fault


def _sign(request: urllib.request.Request) -> None:
    """Add what the app asks for; it does not follow a redirection, to a page to sign in for example."""
    if os.environ.get(KEY):
        request.add_unredirected_header("x-functions-key", os.environ[KEY])
    if os.environ.get(TOKEN):
        request.add_unredirected_header("authorization", f"Bearer {os.environ[TOKEN]}")


def _told(status: int, body: bytes) -> str:
    """A problem document in lines."""
    try:
        problem = json.loads(body)
        lines = [f"{status} {problem['title']}: {problem['detail']}"]
    except (ValueError, LookupError, TypeError):
        return f"the app answered {status}"
    lines += [f"  {each['path']}: {each['message']}" for each in problem.get("errors", ())]
    lost = problem.get("lost", [])
    more = f" and {len(lost) - _LOST_NAMED} more" if len(lost) > _LOST_NAMED else ""
    return "\n".join([*lines, *([f"  {', '.join(lost[:_LOST_NAMED])}{more}"] if lost else [])])
