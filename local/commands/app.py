"""A client of a running app: answers as JSON values, or CommandError with the text of the problem."""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from local.commands.plain import plain
from local.setup.app_commands import DEFAULT_URL, KEY, TOKEN

_SECONDS = 60
_PAGE = 100
_LOST_NAMED = 50
_PIPE_CLOSED = 128 + 13
"""As a shell reports the end by SIGPIPE."""


class CommandError(Exception):
    """What stops a command, for the person at the terminal."""

    status = 1


class UsageError(CommandError):
    """What was asked for makes no sense: nothing was tried."""

    status = 2


class RefusedError(CommandError):
    """The app answered that it will not; ``title`` is that of its problem, empty if it gave none."""

    def __init__(self, message: str, title: str = "") -> None:
        super().__init__(message)
        self.title = title


def run(command: Callable[[], int]) -> int:
    """The command's status; 1, or 2 for a wrong use, with a line on standard error if it was stopped."""
    try:
        status = command()
        sys.stdout.flush()  # here, to tell a closed pipe from a fault
    except CommandError as stopped:
        print("\n".join(plain(line) for line in f"dev: {stopped}".split("\n")), file=sys.stderr)
        return stopped.status
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except KeyboardInterrupt:
        return 130
    return status


class App:
    """The app at ``url``; requests to this machine go past any proxy."""

    def __init__(self, url: str) -> None:
        if not _is_address(url):
            raise CommandError(f"{url} is no address of an app, give one such as {DEFAULT_URL}, with no path")
        self.url = url.rstrip("/")
        own = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self._opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if own else []))

    def get(self, *path: str, **params: object) -> Any:
        return self._ask("GET", path, params)

    def every(self, *path: str, cursor: str, **wanted: str | None) -> Iterator[Any]:
        """The items of a list, page by page; ``cursor`` is the parameter that a page's ``next`` is given in."""
        at = None
        while True:
            page = self.get(*path, **wanted, **{cursor: at}, limit=_PAGE)
            yield from page["items"]
            at = page["next"]
            if at is None:
                return

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
                raise _refusal(request, refused.code, refused.read()) from refused
        except (OSError, ValueError, HTTPException) as fault:
            reason = getattr(fault, "reason", fault)
            raise CommandError(f"{self.url} does not answer as the app would ({reason}); is it up? ./dev up") from fault


def _is_address(url: str) -> bool:
    """Of a host alone: every path asked for begins with the app's own."""
    try:
        parts = urlsplit(url)
        more = parts.path.strip("/") or parts.query or parts.fragment
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not more
    except ValueError:  # a port that is none
        return False


def _sign(request: urllib.request.Request) -> None:
    """Add what the app asks for; it does not follow a redirection, to a page to sign in for example."""
    if os.environ.get(KEY):
        request.add_unredirected_header("x-functions-key", os.environ[KEY])
    if os.environ.get(TOKEN):
        request.add_unredirected_header("authorization", f"Bearer {os.environ[TOKEN]}")


def _refusal(request: urllib.request.Request, status: int, body: bytes) -> RefusedError:
    """A problem document in lines."""
    try:
        problem = json.loads(body)
        title, lines = problem["title"], [f"{status} {problem['title']}: {problem['detail']}"]
    except (ValueError, LookupError, TypeError):
        return RefusedError(f"the app answered {status} to {request.get_method()} {request.full_url}")
    lines += [f"  {each['path']}: {each['message']}" for each in problem.get("errors", ())]
    lost = problem.get("lost", [])
    more = f" and {len(lost) - _LOST_NAMED} more" if len(lost) > _LOST_NAMED else ""
    lines += [f"  {', '.join(lost[:_LOST_NAMED])}{more}"] if lost else []
    return RefusedError("\n".join(map(plain, lines)), title)
