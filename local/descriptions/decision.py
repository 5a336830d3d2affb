"""The schemas of decisions and of the notification that tells of one. Members may be added to them in time."""

from collections.abc import Iterator, Sequence

from local.descriptions.parts import (
    APPLICATION,
    AREA,
    CURRENCY,
    DAY,
    IDENTIFIER,
    Schema,
    flag,
    large_number,
    list_of,
    moment,
    named,
    nullable,
    number,
    one_of,
    record,
    ref,
    text,
    titled,
)
from shared.domain.decision import Status, Verdict
from shared.domain.events import EVENT_TYPES
from shared.domain.facts import DESCRIPTIONS, FACTS, Attachment, Project
from shared.domain.notification import CHANGED, ERASED, EXPIRING
from shared.rules.criteria.spend import REASONS
from shared.rules.summary import MOST_CHARACTERS, MOST_LINES
from shared.rules.would_help import MOST_WAYS
from shared.settings import DEFAULT_SOURCE, MAX_SOURCE
from shared.storage.rule_sets import ACTIVATED, RETIRED

_STATUSES = [Status.ELIGIBLE.value, Status.INELIGIBLE.value]
_PROJECTS = list_of(IDENTIFIER, "ids of the projects that meet the rules, sorted; none unless eligible")
_BY_EXCEPTION = flag("whether the customer is eligible, and would not be if no exception held")
_NONE = "null if there is none (with knownUntil: none by then)"
_LOSES = f"the first later date on which an eligible customer is not if no event comes; {_NONE}"
_GAINS = f"the first later date on which another is eligible if no event comes; {_NONE}"
_NEXT_CHANGE = (
    "the nearest later date on which status, eligibleProjects, byException or expiring are others if no event comes; "
    + _NONE
)
_EXPIRING: dict[str, Schema] = {
    "losesOn": named(DAY, "the day on which eligibility is lost if no event comes"),
    "within": number("within how many days: the smallest of the rule set's warnDaysBefore", 1),
}
_LASTING = (Project, Attachment, *DESCRIPTIONS)
_CUT = ("eligibleProjects", "previousEligibleProjects", "benefits", "selfGuidedResources")


def decision_schemas() -> Iterator[tuple[str, Schema]]:
    """By name; the tree's node refers to itself."""
    yield "node", _node()
    yield "summary-line", _summary_line()
    yield "cause", _cause()
    yield "foreseen", _foreseen()
    yield "expiring", record("That an eligible customer is about to lose eligibility.", _EXPIRING)
    yield "decision", decision({})
    yield "current-decision", _current()
    yield "recorded-decision", decision(_KEPT, _ADDED)
    rules = {**nullable(ref("rule-set")), "description": "the rule set's document"}
    described = "documents of the rule sets that were to come into force later, as facts.laterRuleSets has them"
    later = list_of(nullable(ref("rule-set")), described, minItems=1)
    sentence = text("a difference, such as: status ineligible -> eligible")
    since = list_of(sentence, "what has changed since the decision it is compared with")
    kept = {**_KEPT, "facts": _FACTS, "ruleSet": rules, "laterRuleSets": later, "difference": since}
    yield "kept-decision", decision(kept, _ADDED)
    told = "Tells that a customer's outcome changed: status, projects, exception or near loss. A CloudEvent."
    changed = one_of("what changed: nothing but expiring, or more", [CHANGED, EXPIRING])
    data = decision({**_RECORDED, **_PREVIOUS}, _ADDED)
    yield "notification", _notification(told, changed, data)
    told = "Tells that a customer was erased: a CloudEvent. It is the last one of those recorded before."
    yield "erasure-notification", _notification(told, {"const": ERASED}, _erasure())


def _node() -> Schema:
    members = {
        "id": named(IDENTIFIER, "the criterion's id in the rule set"),
        "title": text("the criterion's title"),
        "verdict": one_of("what came out", [each.value for each in Verdict]),
        "required": {"description": 'what was asked: a value, an object, or "all" or "at least one" of the children'},
        "actual": {"description": "what was found"},
        "subject": {
            "type": "object",
            "description": "which project, partner, application or area this is about",
            "additionalProperties": {"type": "string"},
        },
        "children": list_of(ref("node"), "the criteria below", minItems=1),
        "omitted": number("how many nodes below are left out here", 1),
        "notNeeded": {
            "const": True,
            "description": "it missed nothing: another branch met what any of them would have",
        },
        "notCounted": list_of(
            titled("licence-not-counted", _licence_not_counted()), "of a spend: licences that do not count", minItems=1
        ),
        "notCountedOmitted": number("how many more licences do not count", 1),
    }
    optional = ("subject", "children", "omitted", "notNeeded", "notCounted", "notCountedOmitted")
    return record("One criterion's verdict, with its reasons.", members, optional)


def _licence_not_counted() -> Schema:
    members = {
        "licenceId": named(IDENTIFIER, "the licence"),
        "reason": one_of("why: the first of these that is so", REASONS),
        "application": named(APPLICATION, "which application is not listed"),
        "endsOn": named(DAY, "its last day"),
        "currency": named(CURRENCY, "which currency has no exchange rate"),
    }
    return record("a licence that does not count, and why", members, ("application", "endsOn", "currency"))


def _summary_line() -> Schema:
    subject = {
        name: each
        for kind in ("project", "partner")
        for name, each in {
            f"{kind}s": list_of(IDENTIFIER, f"{kind}s, the first few of many", minItems=1),
            f"{kind}sOmitted": number(f"how many more {kind}s", 1),
        }.items()
    }
    about = record("who and what a line is about", subject, tuple(subject))
    members = {
        "verdict": one_of("what is so of it", [each.value for each in Verdict]),
        "text": text("the line in words, in English", maxLength=MOST_CHARACTERS),
        "subject": titled("summary-subject", about),
        "oneOf": list_of(
            list_of(ref("summary-line"), "lines that are needed together", minItems=1),
            "alternatives of which one is enough, those that lack least first; of very many the first few",
            minItems=1,
        ),
    }
    return record("A line of a summary.", members, ("subject", "oneOf"))


def _cause() -> Schema:
    event = {
        "kind": {"const": "event"},
        "source": text("the event's source"),
        "id": text("the event's id"),
        "type": one_of("the event's type", list(EVENT_TYPES)),
    }
    rule_set = {
        "kind": {"const": "rule-set"},
        "ruleSetVersion": number("which version", 1),
        "action": one_of("what was done with it", [ACTIVATED, RETIRED]),
        "epoch": large_number("orders all changes of what is in force", 1),
    }
    day = {"kind": {"const": "date"}, "date": named(DAY, "the date that came")}
    upgrade = {"kind": {"const": "upgrade"}, "decisions": number("the format number of decisions from then on", 2)}
    repair = {"kind": {"const": "repair"}}
    kinds = (
        ("An event.", event),
        ("A change of the rules in force.", rule_set),
        ("A date that came.", day),
        ("An upgrade, after which everybody is decided once more.", upgrade),
        ("A repair, of what a restored table left wrong.", repair),
    )
    return {
        "description": "What made this decision necessary.",
        "oneOf": [record(description, members, ("epoch",)) for description, members in kinds],
    }


def decision(recorded: dict[str, Schema], may_lack: Sequence[str] = ()) -> Schema:
    """A decision; of a recorded one these members say more, and some may be absent."""
    offer = {"id": text("an id"), "title": text("what it is")}
    link = {**offer, "url": text("where it is")}
    members = {
        "customerId": nullable(named(IDENTIFIER, "the customer; null if the question named none")),
        "sequence": nullable(number("number of the last recorded decision; null if this is not the current one", 1)),
        "status": one_of("whether the customer is eligible", _STATUSES),
        "eligibleProjects": _PROJECTS,
        "byException": _BY_EXCEPTION,
        "expiring": _expiring("if a loss is near"),
        "undecided": flag(
            "whether it cannot be decided, since an exchange rate is missing, for instance; `status` is then ineligible"
        ),
        "decidedOn": named(DAY, "the date decided for (UTC)"),
        "ruleSetVersion": nullable(number("the rules that decided; null if they were given with the question", 1)),
        **_SUMMARY,
        "criteria": ref("node"),
        "benefits": list_of(titled("benefit", record("a benefit", offer)), "if eligible"),
        "selfGuidedResources": list_of(titled("resource", record("a resource", link)), "if not eligible"),
        "losesOn": nullable(named(DAY, _LOSES)),
        "gainsOn": nullable(named(DAY, _GAINS)),
        "nextChangeOn": nullable(named(DAY, _NEXT_CHANGE)),
        "knownUntil": named(DAY, "how far the days ahead are known, if there are too many; left out if all are"),
        "cause": nullable(ref("cause")),
        **({} if recorded else _ANSWERED),
        **recorded,
    }
    optional = [
        "summaryOmitted",
        *may_lack,
        "benefits",
        "selfGuidedResources",
        "wouldHelp",
        "wouldKeep",
        "notComputed",
        "knownAsOf",
        "knownUntil",
        "laterRuleSets",
        "difference",
        *(name for name in recorded if name.endswith("Omitted")),
    ]
    whether = [("eligible", "benefits"), ("ineligible", "selfGuidedResources")]
    offers = [{"properties": {"status": {"const": status}}, "required": [offer]} for status, offer in whether]
    return {**record("Whether a customer is eligible on a date, and why.", members, optional), "oneOf": offers}


def _expiring(when: str) -> Schema:
    return {**nullable(ref("expiring")), "description": f"{when}: on which day, within how many; null if none is"}


def _current() -> Schema:
    """The last decision made, recorded or not; nobody asked for more than its reasons."""
    reasons = "why, by `ruleSetVersion` as of `decidedOn`: the part that decided, at most 16 KiB; null while a partner"
    current = {
        **{name: each for name, each in _RECORDED.items() if not name.endswith("Omitted")},
        "summary": nullable(named(_SUMMARY["summary"], "the same in a few lines; null while `criteria` is")),
        "criteria": {**nullable(ref("node")), "description": f"{reasons}'s newer facts are on their way to it"},
    }
    return decision(current)


_SUMMARY: dict[str, Schema] = {
    "summary": list_of(
        ref("summary-line"),
        "why, in at most 12 lines with those inside `oneOf`: first a headline, then what decided, then what else is so",
        minItems=1,
        maxItems=MOST_LINES,
    ),
    "summaryOmitted": number("how many criteria of the tree the summary does not say", 1),
}
_ADDED = ("summary", "byException", "undecided")
"""What decisions do not have that older versions recorded."""
_CHANGES = {
    "kind": one_of("what", ["rule-set", *sorted(kind for kind, fact in FACTS.items() if fact not in _LASTING)]),
    "change": one_of("whether it starts or ends to hold", ["starts", "ends"]),
    "ruleSetVersion": nullable(number("the rules; null for those given with the question", 1)),
    "licenceId": named(IDENTIFIER, "the licence"),
    "exceptionId": named(IDENTIFIER, "the exception"),
    "partnerId": named(IDENTIFIER, "the partner"),
    "competency": text("which competency"),
    "level": text("at which level"),
    "designation": text("which designation"),
    "course": text("which course"),
    "part": text("which part of the course"),
    "area": named(AREA, "in which area"),
    "count": number("of how many deployments", 1),
}


def _foreseen() -> Schema:
    optional = [name for name in _CHANGES if name not in ("kind", "change")]
    changes = list_of(record("what starts or ends", _CHANGES, optional), "rule sets, and facts by what names them")
    because = {
        "text": text("why, in one sentence"),
        "changes": changes,
        "omitted": number("how many changes are left out here", 1),
    }
    members = {
        "on": named(DAY, "the date"),
        "status": one_of("whether the customer is eligible then", _STATUSES),
        "eligibleProjects": _PROJECTS,
        "byException": _BY_EXCEPTION,
        "ruleSetVersion": nullable(number("the rules in force then; null for those given with the question", 1)),
        "because": titled("because", record("what starts or stops then", because, ("omitted",))),
    }
    return record("A later date with another outcome if no event comes.", members)


_ORDER = (
    "one way of each kind of action before a second of any, those first that last longest; null if it was not computed"
)
_ANSWERED: dict[str, Schema] = {
    "forecast": nullable(
        list_of(ref("foreseen"), "each later date with another outcome; null if that was not computed")
    ),
    "wouldHelp": nullable(
        list_of(ref("way"), f"if not eligible, what would help: {_ORDER}", minItems=0, maxItems=MOST_WAYS)
    ),
    "wouldKeep": nullable(
        list_of(
            ref("way"),
            "if eligible and lost on a later day if no event comes: what would help on that day, in the same order; "
            "null if it was not computed",
            minItems=0,
            maxItems=MOST_WAYS,
        )
    ),
    "notComputed": list_of(
        one_of("a member", ["forecast", "wouldHelp", "wouldKeep"]),
        "members that are null because they would take too much work",
        minItems=1,
    ),
    "knownAsOf": named(
        DAY, "if decided for a past day: today, as of which facts and rules are known; not as of that day"
    ),
}
"""What a question is answered with beside."""

_RECORDED: dict[str, Schema] = {
    "customerId": named(IDENTIFIER, "the customer"),
    "sequence": number("1, 2, 3, … per customer, without gaps", 1),
    "cause": ref("cause"),
    "ruleSetVersion": number("the rules that decided", 1),
    **{f"{name}Omitted": number(f"how many of {name} are left out here", 1) for name in _CUT if name[0] != "p"},
}

_KEPT = {
    **_RECORDED,
    "decidedAt": moment("when it was decided"),
    "ruleSetSha256": text("SHA-256 of the rule set's canonical JSON"),
}
"""A recorded decision as it is answered."""
_FACTS: Schema = {
    "type": ["object", "null"],
    "description": "what it was decided from; null if that was more than is kept",
    "required": ["customer", "partners", "on", "ruleSetVersion", "ruleSetSha256", "rulesChangeOn"],
}

_PREVIOUS: dict[str, Schema] = {
    "previousStatus": one_of("the status before; unassessed before the first", [each.value for each in Status]),
    "previousEligibleProjects": named(_PROJECTS, "the eligible projects before"),
    "previousEligibleProjectsOmitted": number("how many of previousEligibleProjects are left out here", 1),
    "previousByException": flag("whether it was by exception before"),
    "previousExpiring": _expiring("if a loss was near before"),
}


def _erasure() -> Schema:
    members = {
        "customerId": _RECORDED["customerId"],
        "sequence": _RECORDED["sequence"],
        "status": {"const": Status.UNASSESSED.value, "description": "nothing is known of the customer"},
        "eligibleProjects": list_of(IDENTIFIER, "none", maxItems=0),
        "byException": {"const": False, "description": "it is not eligible"},
        "expiring": {"type": "null", "description": "none"},
        "erasedAt": moment("events of the customer of a time up to then are not taken any more"),
        "cause": record("An erasure.", {"kind": {"const": "erasure"}}),
        "previousStatus": _PREVIOUS["previousStatus"],
    }
    return record("That a customer was erased; none of its facts.", members)


def _notification(told: str, event_type: Schema, data: Schema) -> Schema:
    members = {
        "specversion": {"const": "1.0"},
        "id": text("the customer and the sequence; a repeat has the same", pattern="^.+/[1-9][0-9]*$"),
        "source": {
            **text("the deployment, as its setting NOTIFICATIONS_SOURCE names it", minLength=1, maxLength=MAX_SOURCE),
            "format": "uri-reference",
            "default": DEFAULT_SOURCE,
        },
        "type": event_type,
        "subject": text('"customers/" and the customer', pattern="^customers/.+$"),
        "time": moment("when it was decided"),
        "datacontenttype": {"const": "application/json"},
        "traceparent": text(
            "the W3C trace of the event that caused it, if that had one",
            pattern="^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        ),
        "tracestate": text("the rest of it"),
        "data": data,
    }
    return record(told, members, optional=("traceparent", "tracestate"))
