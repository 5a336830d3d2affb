"""What no route takes: 404 that names the nearest routes, 405 that names the methods of a path that exists.

Open to everyone, as the host asks for no key where there is no route: it says what ``openapi.json`` says, and reads
nothing.
"""

import re
from typing import Annotated, NoReturn

from shared.api.parameters import in_path, text
from shared.api.problems import Problem, not_found
from shared.api.route import EVERYONE, METHODS, Noun, Request, Route
from shared.api.routes import ROUTES

MOST_SHOWN = 200
"""Characters of a path that are looked at and repeated."""
MOST_COMPARED = 20
"""Characters of a segment that are compared: that takes time by their square."""

Rest = Annotated[str, in_path("rest", text, str, "")]
UNROUTED = Route(Noun("Unrouted", ""), "", "{*rest}", EVERYONE, "Answer what no route takes", any_query=True)


@UNROUTED
async def unrouted(request: Request, rest: Rest) -> NoReturn:
    """Every other method and path."""
    path = rest.rstrip("/")
    served = {method for each in ROUTES if _matches(each.path, path) for method in each.methods}
    if not served or request.method in served:  # the latter: with more slashes than the host takes
        raise _no_route(path[:MOST_SHOWN])
    allow = ", ".join(each for each in METHODS if each in served)
    detail = f"{request.method} is not allowed on /api/{path[:MOST_SHOWN]}; allowed are {allow}"
    raise Problem(405, "Method not allowed", detail, headers={"Allow": allow})


def _matches(template: str, path: str) -> bool:
    """As the host matches: literals in any case of letters, a parameter for one segment, a catch-all for the rest."""
    pattern = re.sub(r"/\\{\\\*\w+\\}", "(?:/.*)?", re.escape(template))
    return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", pattern), path, re.IGNORECASE) is not None


def _no_route(path: str) -> Problem:
    near = [f"{' or '.join(each.methods)} /api/{each.path}" for each in _nearest(path)]
    hint = f"near it are {'; '.join(near)}" if near else "/api/docs describes those there are"
    return not_found(f"there is no route /api/{path}; {hint}")


def _nearest(path: str) -> list[Route]:
    from difflib import get_close_matches

    segments = [each[:MOST_COMPARED] for each in path.lower().split("/")]
    by_path: dict[str, list[Route]] = {}
    for each in ROUTES:
        by_path.setdefault(_filled(each.path, segments), []).append(each)
    return [each for found in get_close_matches("/".join(segments), by_path, 3) for each in by_path[found]]


def _filled(template: str, segments: list[str]) -> str:
    """The template with the path's own segments where it has parameters."""
    filled = [
        segments[number] if each.startswith("{") and number < len(segments) else each
        for number, each in enumerate(template.split("/"))
    ]
    return "/".join(filled)
