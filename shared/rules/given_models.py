"""Checks facts as a what-if question gives them: the events' data gathered by kind, without whose they are."""

from collections.abc import Iterator, Mapping
from types import GenericAlias
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from shared.domain import event_data as events
from shared.domain.events import EVENT_TYPES
from shared.domain.suggestions import nearest, written_right
from shared.rules.faults import Faults, member, shown
from shared.rules.given_members import fields_of, type_of


class Given(BaseModel):
    """What all have in common: no coercion, unknown members refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def _fact(name: str, event: events.EventData, owner: str, **more: Any) -> type[Given]:
    """The event's members without the owner's id."""
    members = {name: field for name, field in fields_of(event) if name != owner}
    return create_model(name, __base__=Given, **members, **more)


GivenLicence = _fact("GivenLicence", events.SPEND_UPDATED, "customerId")
GivenProject = _fact("GivenProject", events.PROJECT_UPDATED, "customerId")
GivenAttachment = _fact("GivenAttachment", events.PARTNER_ATTACHED, "customerId", attached=(type_of(events.FLAG), True))
GivenCompetency = _fact("GivenCompetency", events.PARTNER_CERTIFIED, "partnerId")
GivenDesignation = _fact("GivenDesignation", events.PARTNER_DESIGNATED, "partnerId")
GivenDeployment = _fact("GivenDeployment", events.DEPLOYMENT_RECORDED, "partnerId")
GivenTraining = _fact("GivenTraining", events.TRAINING_COMPLETED, "partnerId")


def _list(kind: type[Given], what: str) -> Any:
    return GenericAlias(list, kind), Field(default=[], description=f"a list of {what}")


GivenCustomer = create_model(
    "GivenCustomer",
    __base__=Given,
    licences=_list(GivenLicence, "licences"),
    projects=_list(GivenProject, "projects"),
    attachments=_list(GivenAttachment, "attachments"),
)
GivenPartner = create_model(
    "GivenPartner",
    __base__=Given,
    partnerId=type_of(events.IDENTIFIER),
    competencies=_list(GivenCompetency, "competency periods"),
    designations=_list(GivenDesignation, "designation periods"),
    deployments=_list(GivenDeployment, "deployments"),
    trainings=_list(GivenTraining, "completions"),
)
GivenFacts = create_model(
    "GivenFacts",
    __base__=Given,
    customer=(GivenCustomer, Field(default={}, description="an object with licences, projects and attachments")),
    partners=_list(GivenPartner, "partners with their facts"),
)


_KEYS: Mapping[str, tuple[str, ...]] = {
    "licences": ("licenceId",),
    "projects": ("projectId",),
    "attachments": ("partnerId", "projectId"),
    "competencies": ("competency", "area", "validFrom"),
    "designations": ("designation", "validFrom"),
    "deployments": ("deploymentId",),
    "trainings": ("course", "part", "learnerId", "completedOn"),
}
"""The members that make the key of each kind's register."""


def add_given_faults(value: object, path: str, faults: Faults) -> None:
    """Add every fault of ``{"customer"?: {...}, "partners"?: [...]}`` found at ``path``."""
    before = faults.count
    try:
        GivenFacts.model_validate(_without_nulls(value, GivenFacts))
    except ValidationError as refused:
        for error in refused.errors(include_url=False):
            message = "" if faults.is_full else _message(error["type"], error["loc"], error["input"])
            faults.add(_place(path, error["loc"]), message)
    if faults.count == before:
        _add_repeats(value, path, faults)


def _without_nulls(value: object, model: type[BaseModel] | None) -> object:
    """A null is the same as an absent member, of those that the model has; one it has not stays, to be refused."""
    if isinstance(value, dict) and model:
        known = model.model_fields
        return {
            name: _without_nulls(each, _MODELS.get(name) if name in known else None)
            for name, each in value.items()
            if each is not None or name not in known
        }
    if isinstance(value, list) and model:
        return [_without_nulls(each, model) if isinstance(each, dict) else each for each in value]
    return value


def _place(path: str, location: tuple[int | str, ...]) -> str:
    for step in location:
        path = f"{path}[{step}]" if isinstance(step, int) else member(path, step)
    return path


def _message(kind: str, location: tuple[int | str, ...], value: object) -> str:
    if kind == "extra_forbidden":
        known = _members_at(location[:-1])
        near = nearest(str(location[-1]), known)
        return f"is not a member here, write {f'"{near}"' if near else f'only {", ".join(known)}'}"
    right = _right(location)
    if kind == "missing":
        return f"is missing, write {right}"
    meant = _written_right(location, value)
    return f"{shown(value)} is not right, write {right}" + (f"; here {meant}" if meant else "")


def _written_right(location: tuple[int | str, ...], value: object) -> str:
    names = [step for step in location if isinstance(step, str)]
    wanted = _KINDS.get(names[-1]) if names else None
    if names and isinstance(location[-1], int) and isinstance(wanted, events.ListOf):
        wanted = wanted.each
    return written_right(wanted, value) if wanted else ""


def _members_at(location: tuple[int | str, ...]) -> list[str]:
    names = [step for step in location if isinstance(step, str)]
    model = _MODELS[names[-1]] if names else GivenFacts
    return list(model.model_fields)


def _right(location: tuple[int | str, ...]) -> str:
    names = [step for step in location if isinstance(step, str)]
    if not names:
        return "an object with customer and partners"
    if isinstance(location[-1], str):
        return _DESCRIPTIONS[names[-1]]
    if names[-1] == "applications":
        return "an application id"
    return f"an object with {', '.join(_members_at(location))}"


def _add_repeats(value: Any, path: str, faults: Faults) -> None:
    customer, partners = value.get("customer") or {}, value.get("partners") or []
    _add_repeated(partners, f"{path}.partners", ("partnerId",), faults)
    owners = [(customer, f"{path}.customer")]
    owners += [(partner, f"{path}.partners[{index}]") for index, partner in enumerate(partners)]
    for owner, where in owners:
        for kind in _KEYS.keys() & owner.keys():
            _add_repeated(owner[kind] or [], f"{where}.{kind}", _KEYS[kind], faults)


def _add_repeated(facts: list[Any], path: str, key: tuple[str, ...], faults: Faults) -> None:
    seen = set()
    for index, fact in enumerate(facts):
        values = tuple(fact.get(name) for name in key)
        if values in seen:
            said = ", ".join(f"{name} {shown(each)}" for name, each in zip(key, values, strict=True) if each)
            faults.add(f"{path}[{index}]", f"has the {said} of one before it, write each once")
        seen.add(values)


def _all_models() -> Iterator[tuple[str, type[Given]]]:
    """Each object of given facts by the member that holds it or a list of it."""
    for model in (GivenFacts, GivenCustomer, GivenPartner):
        for name, field in model.model_fields.items():
            kind = next(iter(get_args(field.annotation)), field.annotation)
            if isinstance(kind, type) and issubclass(kind, Given):
                yield name, kind


_MODELS = dict(_all_models())
_KINDS: Mapping[str, events.MemberKind] = {
    name: kind for each in EVENT_TYPES.values() for name, kind in each.data.members.items()
}
_DESCRIPTIONS = {
    name: field.description or ""
    for model in (GivenFacts, *_MODELS.values())
    for name, field in model.model_fields.items()
}
