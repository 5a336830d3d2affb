"""A blueprint that knows its routes: HEAD is served wherever GET is, and a wrong method can be told the right ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import azure.functions as func

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All that the host passes on; any other it answers itself."""


@dataclass(frozen=True, slots=True)
class Route:
    """A template such as ``customers/{id}`` and the methods served there."""

    template: str
    methods: tuple[str, ...]

    def matches(self, path: str) -> bool:
        """As the host matches: literals in any case of letters, a parameter for one segment."""
        return re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(self.template)), path, re.IGNORECASE) is not None


ROUTES: list[Route] = []
"""Of every blueprint imported."""


class RoutesBlueprint(func.Blueprint):
    """The host answers HEAD by the same function as GET, so that it asks for the same key; it leaves out the body."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def route(self, route: str | None = None, *arguments: Any, **others: Any) -> Callable[..., Any]:
        methods = others["methods"]
        served = tuple(each for each in METHODS if each in methods or (each == "HEAD" and "GET" in methods))
        ROUTES.append(Route(route or "", served))
        return super().route(route, *arguments, **{**others, "methods": served})
