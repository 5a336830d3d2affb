"""Who may grant exceptions over HTTP, and under whose name: the queue is trusted, a caller needs a role."""

from typing import Any, NamedTuple

from shared.api.principal import Principal, Role
from shared.api.problems import Problem
from shared.domain.decision import JsonObject
from shared.domain.events import Event
from shared.domain.facts import GrantedException
from shared.logs import Log

_log = Log("http")


class Granter(NamedTuple):
    """Who posts an event: a verified caller, or None where callers have keys, which name nobody."""

    principal: Principal | None = None

    def granted(self, event: Any, read: Event, path: str) -> JsonObject:
        """The ``event`` found at ``path`` as it may be queued; of a granted exception, approved by the verified caller.
        Raises Problem 403 if the caller may not grant any."""
        posted: JsonObject = event
        if self.principal is None or read.kind != GrantedException.kind:
            return posted
        if Role.EXCEPTION_MANAGER not in self.principal.roles:
            _log.warning("forbidden", event=read.register.type)
            role = Role.EXCEPTION_MANAGER.value
            raise Problem(403, "Forbidden", f"{path} grants an exception; that takes the role {role}")
        data = {**read.register.data, "approvedBy": self.principal.name}
        return {**{name: value for name, value in posted.items() if name != "data_base64"}, "data": data}
