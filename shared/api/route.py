"""A route: declared once, beside its handler, for registration, checks and descriptions."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Protocol, get_type_hints

from shared.api.bodies import MAX_BODY_BYTES, Body
from shared.api.parameters import Parameter
from shared.api.principal import Principal, Role
from shared.api.shapes import Shape
from shared.ports import Ports

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All that the host passes on; it answers any other itself."""

type Roles = frozenset[Role]
type Handler = Callable[..., Awaitable[object]]

EVERYONE: Roles = frozenset()
"""Not even signed in; the host asks for no key either."""
READERS: Roles = frozenset({Role.READER, Role.RULE_MANAGER, Role.OPERATOR, Role.RULE_APPROVER, Role.EXCEPTION_MANAGER})
PUBLISHERS: Roles = frozenset({Role.PUBLISHER})
RULE_MANAGERS: Roles = frozenset({Role.RULE_MANAGER})
RULE_APPROVERS: Roles = frozenset({Role.RULE_APPROVER})
OPERATORS: Roles = frozenset({Role.OPERATOR})
EXCEPTION_MANAGERS: Roles = frozenset({Role.EXCEPTION_MANAGER})
LOG_READERS: Roles = frozenset({Role.RULE_MANAGER, Role.RULE_APPROVER, Role.OPERATOR})
"""Who act, and who approve: it names callers and customers."""
ANY_ROLE: Roles = frozenset(Role)

type Connect = Callable[[], Ports]
"""Gives the ports; raises SettingError."""
Caller = Annotated[str, "the verified caller's name; empty where callers have keys, which name nobody"]
Signed = Annotated[Principal | None, "the verified caller; None where callers have keys"]


class Request(Protocol):
    """A request as Azure Functions gives it; names of headers are in small letters."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def params(self) -> Mapping[str, str]: ...
    @property
    def route_params(self) -> Mapping[str, str]: ...
    def get_body(self) -> bytes: ...


@dataclass(eq=False, repr=False)
class Reply:
    """What is sent back."""

    body: bytes
    status: int = 200
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False, repr=False)
class Noun:
    """A group of routes."""

    title: str
    description: str
    routes: list["Route"] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Route:
    """Decorates the handler, which is called with what its parameters' annotations say.

    Ports, Connect, Request, Caller and Signed are given as they are; a parameter annotated with a Parameter is read
    from the path or the query, in the order of the handler's parameters; ``body`` is read as the route's ``body`` says.
    The handler returns a JSON value, described by its return annotation, or a Reply.
    """

    noun: Noun
    method: str
    path: str
    roles: Roles
    summary: str
    answered: str = "The answer."
    description: str = ""
    body: Body | None = None
    max_bytes: int = MAX_BODY_BYTES
    status: int = 200
    problems: tuple[int, ...] = ()
    """Statuses that not every route has."""
    answer: Shape = None
    """What describes the answer; None: the handler's return annotation."""
    also: Mapping[int, str] = field(default_factory=dict)
    """Other statuses that have the same answer, and what they mean."""
    location: str = ""
    """Where the work can be followed: a path with members of the answer."""
    location_text: str = ""
    answer_type: str = "application/json"
    any_query: bool = False

    def __call__[H: Handler](self, handler: H) -> H:
        self.handler: Handler = handler
        self.name = handler.__name__
        self.noun.routes.append(self)
        return handler

    @cached_property
    def hints(self) -> dict[str, Shape]:
        """The handler's annotations, which are text until they are needed."""
        return get_type_hints(self.handler, include_extras=True)

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The host answers HEAD by the function of GET, so that it asks for the same key; it leaves out the body."""
        return ("GET", "HEAD") if self.method == "GET" else (self.method,)

    @cached_property
    def parameters(self) -> Mapping[str, Parameter[object]]:
        """What is read from the path and the query, by the handler's names."""
        notes = ((name, note) for name, hint in self.hints.items() for note in getattr(hint, "__metadata__", ()))
        return {name: note for name, note in notes if isinstance(note, Parameter)}

    @cached_property
    def described_parameters(self) -> list[Parameter[object]]:
        return sorted(self.parameters.values(), key=lambda each: each.order)

    @cached_property
    def query(self) -> tuple[str, ...]:
        """Names of the parameters of the query."""
        return tuple(each.name for each in self.described_parameters if each.place == "query")

    @cached_property
    def columns(self) -> Sequence[str]:
        """Of the list that is answered as CSV to who wants that; none if it is no flat list."""
        from shared.api.csv_lists import columns

        return columns(self.hints["return"]) if self.method == "GET" else ()

    @cached_property
    def cursor(self) -> str:
        """The parameter of a list that takes ``next``."""
        return self.query[-1]

    def handle(
        self, request: Request, connect: Connect, signed: Callable[[], Principal | None], query: Mapping[str, str]
    ) -> Awaitable[object]:
        """What the handler returns, with the parameters of ``query``; raises Problem, SettingError."""
        hints = ((name, hint) for name, hint in self.hints.items() if name != "return")
        return self.handler(
            **{name: self._argument(name, hint, request, connect, signed, query) for name, hint in hints}
        )

    def _argument(
        self,
        name: str,
        hint: Shape,
        request: Request,
        connect: Connect,
        signed: Callable[[], Principal | None],
        query: Mapping[str, str],
    ) -> object:
        if name in self.parameters:
            return self.parameters[name].of(request.route_params, query)
        if name == "body" and self.body:
            return self.body.read(request.headers, request.get_body())
        if hint is Ports:
            return connect()
        if hint is Signed:
            return signed()
        if hint is Caller:
            return principal.name if (principal := signed()) else ""
        return request if hint is Request else connect
