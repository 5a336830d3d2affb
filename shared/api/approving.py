"""Approves an activation or a retirement over HTTP, in the name of a verified caller."""

from shared.api import bodies
from shared.api.bodies import MAX_TEXT
from shared.api.previews import not_active
from shared.api.principal import Principal
from shared.api.problems import Problem, bad_request
from shared.api.rule_set_changes import refusals
from shared.api.rule_set_shapes import ApprovalGiven
from shared.errors import MemberError
from shared.ports import Ports
from shared.storage.previews import RETIRE
from shared.workflow import approve as workflow
from shared.workflow.approve import (
    STATES,
    ApprovedAlreadyError,
    NothingToApproveError,
    OwnVersionError,
    UnknownAuthorError,
)

_NOT_VERIFIED = (
    "an approval is that of a verified caller, and with keys (AUTHORISATION) nobody is verified; set AUTHORISATION to "
    "app-roles and let callers sign in"
)
_CHANGED = Problem(409, "Rules changed", "what is in force changed meanwhile; look at it again, then approve")


async def approve(ports: Ports, version: int, body: ApprovalGiven, signed: Principal | None) -> None:
    """Approve the action of the body; raises Problem."""
    if signed is None:
        raise Problem(403, "Nobody is verified", _NOT_VERIFIED)
    action, (note,) = _action(body), bodies.texts(note=(body.get("note"), MAX_TEXT))
    try:
        with refusals(action, _CHANGED):
            await workflow.approve(ports, version, action, signed.who, note)
    except NothingToApproveError as fault:
        raise _nothing_to_approve(version, action, fault.state) from fault
    except UnknownAuthorError as fault:
        detail = (
            f"the author of version {version} was not verified and may be you; store it again as a signed-in caller"
        )
        raise Problem(409, "Author not verified", detail) from fault
    except OwnVersionError as fault:
        detail = f"you are the author of version {version}; somebody else has to approve it"
        raise Problem(409, "Own version", detail) from fault
    except ApprovedAlreadyError as fault:
        detail = f"you have approved {action} of version {version}; somebody else may approve it too"
        raise Problem(409, "Approved already", detail) from fault


def _action(body: ApprovalGiven) -> str:
    action: object = body.get("action")
    if not (isinstance(action, str) and action in STATES):
        raise bad_request(MemberError("$.action", f"is not right; give {' or '.join(STATES)}"))
    return action


def _nothing_to_approve(version: int, action: str, state: str) -> Problem:
    if action == RETIRE:
        return not_active(version, state)
    return Problem(409, "Already active", f"rule set version {version} is {state}; there is nothing to activate")
