"""The schemas of facts: as a question gives them, and as they are answered, with the event each came from."""

from collections.abc import Iterator

from local.descriptions.parts import Schema, moment, nullable, one_of, record, ref, text, titled
from shared.domain.event_data import MemberKind
from shared.domain.events import EVENT_TYPES
from shared.domain.facts import CUSTOMER_FACTS, FACTS, PARTNER_FACTS, CustomerDescription
from shared.rules.given_facts import GIVEN_CUSTOMER, GIVEN_FACTS, GIVEN_PARTNER, Given, Listed, given_fact

_EVENT = {
    "source": text("the event's source"),
    "id": text("the event's id"),
    "type": one_of("the event's type", list(EVENT_TYPES)),
    "time": moment("the event's time"),
}


def fact_schemas() -> Iterator[tuple[str, Schema]]:
    facts = {each.kind: given_fact(each) for each in (*CUSTOMER_FACTS, *PARTNER_FACTS)}
    for form in (*sorted((*facts.values(), GIVEN_CUSTOMER, GIVEN_PARTNER), key=_name), GIVEN_FACTS):
        members = {"required": list(form.required), "properties": _properties(form)}
        yield form.name, {"additionalProperties": False, "type": "object", **members}
    event = titled("fact-event", record("the event it came from", _EVENT))
    described = CustomerDescription.kind, given_fact(CustomerDescription)
    for kind, form in (*facts.items(), described):
        by_type = [FACTS[kind].by_type] if FACTS[kind].by_type else []
        yield (
            kind,
            {
                "type": "object",
                "description": f"A {kind}, as the last event told it.",
                "required": [*form.required, *by_type, "event"],
                "properties": {**_properties(form), "event": event},
            },
        )


def _properties(form: Given) -> dict[str, Schema]:
    schemas = {name: _schema(each) for name, each in form.members.items()}
    return {name: each if name in form.required else nullable(each) for name, each in schemas.items()}


def _schema(form: MemberKind | Given | Listed) -> Schema:
    match form:
        case Given():
            return {**ref(form.name), "default": {}, "description": form.right}
        case Listed():
            return {"default": [], "description": form.right, "items": ref(form.each.name), "type": "array"}
    return form.schema


def _name(form: Given) -> str:
    return form.name
