"""HTTP between Azure Functions and the questions: JSON out, and every failure as a problem document.

Bodies over the limit are refused unread. A passing failure answers 503: asking again may succeed.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import azure.functions as func

from shared.domain.decision import JsonObject
from shared.errors import PassingError
from shared.logs import Log
from shared.ports import Ports
from shared.queries.problems import Problem
from shared.rule_books import NoRuleSetInForceError
from shared.settings import SettingError, read_authorisation
from shared.wiring import ports
from shared.workflow.passing import see_to

MAX_BODY_BYTES = 1024 * 1024
MAX_EVENTS_BYTES = 5 * 1024 * 1024

type Question = Callable[[Ports], Awaitable[JsonObject]]

_log = Log("http")


async def answer(
    request: func.HttpRequest, question: Question, status: int = 200, max_bytes: int = MAX_BODY_BYTES
) -> func.HttpResponse:
    """The question's answer with ``status``, or the problem that stands in its way."""
    if len(request.get_body()) > max_bytes:
        return problem_answer(Problem(413, "Body too large", f"the body has more than {max_bytes} bytes; send less"))
    try:
        return _json(await question(ports()), status)
    except Problem as problem:
        return problem_answer(problem)
    except NoRuleSetInForceError as fault:
        return problem_answer(Problem(409, "No rule set in force", str(fault)))
    except SettingError as fault:
        return problem_answer(Problem(503, "Not set up", str(fault)))
    except PassingError as fault:
        _log.warning("unavailable", fault=str(fault))
        await see_to(ports(), fault)
        return problem_answer(Problem(503, fault.title, fault.detail))


def body(request: func.HttpRequest) -> bytes:
    """The body, which is JSON and says so; raises Problem."""
    from shared.queries import body_types  # by the first request with a body, not at the start of a worker

    body_types.require_body(request.headers, request.get_body())
    return request.get_body()


def optional_body(request: func.HttpRequest) -> bytes:
    """The same of a body that may be missing."""
    from shared.queries import body_types

    return body_types.optional_body(request.headers, request.get_body())


async def accepted(request: func.HttpRequest, question: Question, location: str) -> func.HttpResponse:
    """As ``answer`` with 202, telling by the answer's ``id`` where the work can be followed."""
    response = await answer(request, question, 202)
    if response.status_code == 202:
        place = location.format(id=json.loads(response.get_body())["id"])
        response.headers["Location"] = f"/api/{place}"
    return response


async def health_answer(question: Question) -> func.HttpResponse:
    """The states of the dependencies: 200 when all are up, else 503."""
    try:
        read_authorisation()
        states = await question(ports())
    except SettingError as fault:
        states = {"status": "unhealthy", "dependencies": {"settings": str(fault)}}
    return _json(states, 200 if states["status"] == "healthy" else 503)


def _json(value: Any, status: int, mimetype: str = "application/json") -> func.HttpResponse:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return func.HttpResponse(text.encode("utf-8"), status_code=status, mimetype=mimetype)


def problem_answer(problem: Problem) -> func.HttpResponse:
    """The problem as a document of its own type."""
    return _json(problem.to_json(), problem.status, "application/problem+json")
