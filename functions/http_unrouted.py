"""What no other route takes: 404 that names the nearest routes, 405 that names the methods of a path that exists.

Open to everyone, as the host asks for no key where there is no route: it tells what ``openapi.json`` tells, and reads
nothing.
"""

import azure.functions as func

from functions.access import EVERYONE, allowed
from functions.routes import METHODS, ROUTES, Route
from functions.web import problem_answer
from shared.queries.problems import Problem

MOST_SHOWN = 200
"""Characters of a path that are looked at and repeated."""
MOST_COMPARED = 20
"""Of a segment: comparing takes time by the square."""

blueprint = func.Blueprint()


@blueprint.function_name("unrouted")
@blueprint.route("{*rest}", methods=METHODS, auth_level=func.AuthLevel.ANONYMOUS)
@allowed(EVERYONE, any_query=True)
async def unrouted(req: func.HttpRequest) -> func.HttpResponse:
    path = req.route_params.get("rest", "").rstrip("/")
    served = {method for each in ROUTES if each.matches(path) for method in each.methods}
    if not served or req.method in served:  # the latter: with more slashes than the host takes
        return problem_answer(_not_found(path[:MOST_SHOWN]))
    allow = ", ".join(each for each in METHODS if each in served)
    detail = f"{req.method} is not allowed on /api/{path[:MOST_SHOWN]}; allowed are {allow}"
    response = problem_answer(Problem(405, "Method not allowed", detail))
    response.headers["Allow"] = allow
    return response


def _not_found(path: str) -> Problem:
    near = [f"{' or '.join(each.methods)} /api/{each.template}" for each in _nearest(path)]
    hint = f"near it are {'; '.join(near)}" if near else "/api/docs describes those there are"
    return Problem(404, "Not found", f"there is no route /api/{path}; {hint}")


def _nearest(path: str) -> list[Route]:
    from difflib import get_close_matches  # rarely needed

    segments = [each[:MOST_COMPARED] for each in path.lower().split("/")]
    by_path: dict[str, list[Route]] = {}
    for each in ROUTES:
        by_path.setdefault(_filled(each.template, segments), []).append(each)
    return [each for found in get_close_matches("/".join(segments), by_path, 3) for each in by_path[found]]


def _filled(template: str, segments: list[str]) -> str:
    """The template with the path's own segments where it has parameters."""
    filled = [
        segments[number] if each.startswith("{") and number < len(segments) else each
        for number, each in enumerate(template.split("/"))
    ]
    return "/".join(filled)
