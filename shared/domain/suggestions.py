"""What a producer probably meant: the known name near an unknown one, a value as it should be written; the faults that
say so.

Loaded when something is wrong, so that a good event never pays for it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from shared.domain.event_data import (
    APPLICATION,
    CURRENCY,
    MONEY,
    Day,
    Flag,
    ListOf,
    MemberKind,
    Text,
    Word,
    fault,
    shown,
)
from shared.errors import MemberError

_ENDS = "validTo validTill validThrough validUpTo endDate endsAt endOn end ends until to expiry expires expiryDate "
_ENDS += "expireOn expiresAt expireDate expirationDate expiration endsOn validUntil expiresOn"
_STARTS = "startDate startsOn startsAt startedOn start starts from since begin beginsOn effectiveFrom effectiveDate"
_SYNONYMS: Mapping[str, str] = {
    "endsOn": _ENDS,
    "validUntil": _ENDS,
    "expiresOn": _ENDS,
    "validFrom": f"{_STARTS} validSince validOn",
    "initiatedOn": f"{_STARTS} initiated initiatedAt initiationDate",
    "liveOn": f"{_STARTS} goLive goLiveOn goLiveDate liveDate liveSince liveAt wentLiveOn launchedOn",
    "completedOn": "completed completedAt completionDate finishedOn finishedAt passedOn date",
    "annualAmount": "amount annualSpend spend yearlyAmount amountPerYear annualValue value price total",
    "licenceId": "licence license licenseId subscription subscriptionId agreementId",
    "application": "app applicationId applicationName product productId workload applications",
    "applications": "application apps applicationIds products workloads",
    "currency": "currencyCode currencyId",
    "newDeployment": "new isNew",
    "customerId": "customer tenant tenantId account accountId client clientId organisationId organizationId",
    "partnerId": "partner vendor vendorId mpnId",
    "projectId": "project engagement engagementId",
    "status": "state projectStatus projectState stage phase",
    "competency": "competence",
    "area": "solutionArea businessArea",
    "level": "tier grade rank",
    "active": "enabled status state",
    "deploymentId": "deployment",
    "eligible": "qualifies qualified",
    "course": "training",
    "part": "module section component step",
    "learnerId": "learner user userId employee employeeId person personId student studentId",
    "exceptionId": "exception exemption exemptionId waiver waiverId",
    "reason": "why justification because",
    "approvedBy": "approver approved grantedBy granter author signedOffBy",
    "name": "displayName fullName title label customerName partnerName accountName companyName",
    "owner": "ownerName accountManager manager responsible contact responsiblePerson",
    "revoked": "withdrawn cancelled canceled revokedOn",
}
"""Names under which other systems know a member."""

_LONGEST = 64
_MOST_UNKNOWN = 10
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)


def value_fault(path: str, value: object, kind: MemberKind) -> MemberError:
    """A member of data that is missing or not of its kind, and how to write what is meant, where that is plain."""
    found = fault(path, value, kind.right)
    right = "" if value is None else written_right(kind, value)
    return MemberError(path, f"{found.message}; write {right}") if right else found


def unknown_members(names: list[str], known: Iterable[str], path: str) -> Iterator[MemberError]:
    """Members that an object at ``path`` does not have, each with the known one that is meant."""
    for name in names[:_MOST_UNKNOWN]:
        place = f"{path}.{name}" if _PLAIN_NAME.fullmatch(name) else f"{path}[{shown(name)}]"
        near = nearest(name, known)
        others = f"give {', '.join(known)}; what is your own belongs beside data, in an extension attribute"
        right = f'write "{near}"' if near else others
        yield MemberError(place, f"is unknown; {right}")
    if len(names) > _MOST_UNKNOWN:
        yield MemberError(path, f"has {len(names) - _MOST_UNKNOWN} more unknown members")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is meant: the same but for case and punctuation, a synonym, or one or two letters away."""
    if len(name) > _LONGEST:
        return None
    wanted, names = _folded(name), list(known)
    for each in names:
        if wanted in (_folded(each), f"is{_folded(each)}"):
            return each
    for each in names:
        if wanted in _FOLDED_SYNONYMS.get(each, ()):
            return each
    most = 2 if len(wanted) > 5 else 1 if len(wanted) > 2 else 0
    near = [each for each in names if abs(len(_folded(each)) - len(wanted)) <= most]
    distance, found = min(((_distance(wanted, _folded(each)), each) for each in near), default=(_LONGEST, ""))
    return found if distance <= most else None


def _folded(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


_FOLDED_SYNONYMS = {name: frozenset(map(_folded, words.split())) for name, words in _SYNONYMS.items()}


def _distance(one: str, other: str) -> int:
    """Letters put in, left out, replaced or swapped with their neighbour between the two."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one):
        row = [i + 1]
        for j, b in enumerate(other):
            cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a != b))
            swapped = i and j and a == other[j - 1] and one[i - 1] == b
            row.append(min(cost, before[j - 1] + 1) if swapped else cost)
        before, last = last, row
    return last[-1]


def written_right(kind: MemberKind, value: object) -> str:
    """The value as JSON in a form that its kind accepts; empty where what is meant is not plain."""
    for candidate in _candidates(kind, value):
        if kind.accepts(candidate):
            return json.dumps(candidate)
    return ""


def _candidates(kind: MemberKind, value: object) -> Iterable[object]:
    match kind:
        case Flag():
            return [{"true": True, "false": False}.get(value.strip().lower())] if isinstance(value, str) else []
        case ListOf(each=each):
            return [[value]] if each.accepts(value) else []
        case Word(words=words):
            return [nearest(value, words)] if isinstance(value, str) else []
        case Day():
            return _days(_text(value))
        case Text():
            return _amounts(_text(value)) if kind is MONEY else _texts(kind, _text(value))
    return []


def _text(value: object) -> str:
    """A short text or number as text; all else is empty."""
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    if not plain or (isinstance(value, int) and abs(value) >= 10**_LONGEST):
        return ""
    text = str(value).strip()
    return text if len(text) <= _LONGEST else ""


def _texts(kind: Text, text: str) -> list[str]:
    other = {CURRENCY: text.upper(), APPLICATION: re.sub(r"[\s_]+", "-", text.lower())}
    return [text, other[kind]] if kind in other else [text]


def _amounts(text: str) -> list[str]:
    """To the cent, if it is exact so."""
    if re.fullmatch(r"\d{1,3}([, _']\d{3})+(\.\d+)?", text):
        text = re.sub(r"[, _']", "", text)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return []
    if not amount.is_finite() or amount.is_signed() or amount.adjusted() > 15 or amount.adjusted() < -2:
        return []
    return [f"{amount:.2f}"] if Decimal(f"{amount:.2f}") == amount else []


def _days(text: str) -> list[str]:
    """The day of a time, or a date in another form of ISO 8601."""
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text)
    day = f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else text
    try:
        return [date.fromisoformat(day).isoformat()]
    except ValueError:
        return []
