"""Messages of the recompute queue: a step of a fan-out or of a preview, or customers to decide again and why."""

import re
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from shared.domain.customer_state import Evidence
from shared.domain.decision import JsonObject
from shared.domain.event_data import IDENTIFIER
from shared.domain.strict_json import canonical_bytes, parse_json
from shared.errors import LaterVersionError, PermanentError

CUSTOMERS_PER_MESSAGE = 100
DIGITS = 15
"""Of a revision or an epoch at most: no clock gives milliseconds of more, and a reader of JSON takes them exactly."""
NEWEST = 1
"""The greatest format that this version reads. A message without the member has format 1, as all have by now."""


@dataclass(frozen=True, slots=True)
class FanOutStep:
    """Enqueue the next customers of a fan-out, or of one of its chains. Versions that know no chains take that for a
    step of the fan-out."""

    fan_out_id: str
    chain: str = ""

    def to_bytes(self) -> bytes:
        return canonical_bytes({"fanOut": self.fan_out_id, **({"chain": self.chain} if self.chain else {})})


@dataclass(frozen=True, slots=True)
class PreviewStep:
    """Look at the next customers of a part of a population question. Without a part it is of a preview of 0.2.0; that
    version finds no preview of its own under the id of a question."""

    preview_id: str
    part: str = ""

    def to_bytes(self) -> bytes:
        return canonical_bytes({"preview": self.preview_id, **({"part": self.part} if self.part else {})})


@dataclass(frozen=True, slots=True)
class PartnerChanged:
    partner_id: str
    revision: int

    def is_known_to(self, evidence: Evidence) -> bool:
        return evidence.partners.get(self.partner_id, -1) >= self.revision


@dataclass(frozen=True, slots=True)
class RulesChanged:
    epoch: int

    def is_known_to(self, evidence: Evidence) -> bool:
        return evidence.epoch >= self.epoch


@dataclass(frozen=True, slots=True)
class DayCame:
    day: date

    def is_known_to(self, evidence: Evidence) -> bool:
        return evidence.on >= self.day


@dataclass(frozen=True, slots=True)
class Upgraded:
    """Decisions are of format ``decisions`` now: the ``run``-th deciding of everybody for such a reason."""

    run: int
    decisions: int

    def is_known_to(self, evidence: Evidence) -> bool:
        return evidence.decisions >= self.decisions


type Reason = PartnerChanged | RulesChanged | DayCame | Upgraded


@dataclass(frozen=True, slots=True)
class Recompute:
    """Customers to decide again unless their evidence knows of the reason already.

    ``chain`` is that of the fan-out: those that two chains have handed on are counted for each.
    """

    customer_ids: tuple[str, ...]
    reason: Reason
    chain: str = ""

    @property
    def name(self) -> str:
        """Of this message whenever it comes, and of none with other customers: a page that is handed on again may have
        others, from the same first one on."""
        digest = sha256("~".join(self.customer_ids).encode()).hexdigest()[:16]
        return "~".join(filter(None, (self.customer_ids[0], digest, self.chain)))

    def to_bytes(self) -> bytes:
        match self.reason:
            case PartnerChanged(partner_id, revision):
                reason: dict[str, str | int] = {"partnerId": partner_id, "revision": revision}
            case RulesChanged(epoch):
                reason = {"epoch": epoch}
            case DayCame(day):
                reason = {"day": day.isoformat()}
            case Upgraded(run, decisions):
                reason = {"upgrade": run, "decisions": decisions}
        chain = {"chain": self.chain} if self.chain else {}
        return canonical_bytes({"customers": self.customer_ids, **reason, **chain})


def parse_recompute(body: bytes) -> FanOutStep | PreviewStep | Recompute:
    """The message in ``body``; raises PermanentError, or LaterVersionError for one of a later format.

    Ids become keys: one that no event may have is refused here.
    """
    match document := parse_json(body):
        case {"format": int(number)} if number > NEWEST:
            named = f"messages of the recompute queue have format {number}, and this version reads {NEWEST}"
            raise LaterVersionError(named, named)
        case {"fanOut": str(fan_out_id)} if _FAN_OUT.fullmatch(fan_out_id):
            return FanOutStep(fan_out_id, _chain(document))
        case {"preview": str(preview_id)} if _are_ids(preview_id):
            return PreviewStep(preview_id, _name(document, "part"))
        case {"customers": [*ids], "partnerId": partner_id, "revision": int(revision)} if _are_ids(
            partner_id, *ids
        ) and _is_count(revision):
            return Recompute(tuple(ids), PartnerChanged(partner_id, revision))
        case {"customers": [*ids], "epoch": int(epoch)} if _are_ids(*ids) and _is_count(epoch):
            return Recompute(tuple(ids), RulesChanged(epoch), _chain(document))
        case {"customers": [*ids], "day": str(day)} if _are_ids(*ids) and _is_day(day):
            return Recompute(tuple(ids), DayCame(date.fromisoformat(day)))
        case {"customers": [*ids], "upgrade": int(run), "decisions": int(decisions)} if (
            _are_ids(*ids) and _is_count(run, _DIGITS_OF_A_RUN) and _is_count(decisions)
        ):
            return Recompute(tuple(ids), Upgraded(run, decisions), _chain(document))
    raise PermanentError("not a message of the recompute queue, which takes only the product's own")


_DIGITS_OF_A_RUN = 13
_FAN_OUT = re.compile(rf"({IDENTIFIER.pattern})?~[0-9]{{10,{DIGITS}}}|~upgrade~[0-9]{{{_DIGITS_OF_A_RUN}}}")


def _chain(document: JsonObject) -> str:
    return _name(document, "chain")


def _name(document: JsonObject, member: str) -> str:
    name = document.get(member, "")
    if name == "" or IDENTIFIER.accepts(name):
        return str(name)
    raise PermanentError(f"not the name of a {member}")


def _are_ids(*values: object) -> bool:
    return all(IDENTIFIER.accepts(value) for value in values)


def _is_count(number: int, digits: int = DIGITS) -> bool:
    """Of as many digits as keys have for it."""
    return not isinstance(number, bool) and 0 <= number < 10**digits


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
