"""Facts gathered by kind in the shape of the events' data, the owner left out, as a what-if question gives them.

Arrives: registers, and perhaps facts given. Leaves: lists of facts; a fact given replaces the one in the register of
the same key and leaves the others.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.customer_state import Registers
from shared.domain.decision import JsonObject
from shared.domain.events import EVENT_TYPES
from shared.domain.facts import Data
from shared.domain.registers import ATTACHED, Kind, Register

CUSTOMER_LISTS: Mapping[str, Kind] = {
    "licences": Kind.LICENCE,
    "projects": Kind.PROJECT,
    "attachments": Kind.ATTACHMENT,
}
PARTNER_LISTS: Mapping[str, Kind] = {
    "competencies": Kind.COMPETENCY,
    "designations": Kind.DESIGNATION,
    "deployments": Kind.DEPLOYMENT,
    "trainings": Kind.TRAINING,
}
_KEYS = {each.kind: each.key for each in EVENT_TYPES.values()}


def customer_facts(registers: Registers, given: Mapping[str, Any] | None = None) -> JsonObject:
    """A customer's facts by list, with those ``given`` laid over them."""
    facts: JsonObject = {}
    for name, kind in CUSTOMER_LISTS.items():
        stored = {key: _fact(register) for key, register in registers.get(kind, {}).items()}
        facts[name] = list({**stored, **keyed(kind, (given or {}).get(name) or ())}.values())
    return facts


def _fact(register: Register) -> Data:
    data = {name: value for name, value in register.data.items() if name != "customerId"}
    return {**data, "attached": register.type == ATTACHED} if "partnerId" in data else data


def keyed(kind: Kind, given: Iterable[Data]) -> dict[str, Data]:
    """Facts given, each without nulls, by the key of its register."""
    facts = [{name: value for name, value in fact.items() if value is not None} for fact in given]
    return {"~".join(fact.get(member, "") for member in _KEYS[kind]): fact for fact in facts}
