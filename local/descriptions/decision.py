"""The schemas of decisions and of the notification that tells of one. Members may be added to them in time."""

from collections.abc import Iterator

from local.descriptions.parts import (
    DAY,
    IDENTIFIER,
    Schema,
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
from shared.domain.notification import CHANGED
from shared.rules.would_help import MOST_WAYS
from shared.settings import DEFAULT_SOURCE, MAX_SOURCE
from shared.storage.rule_sets import ACTIVATED, RETIRED

_STATUSES = [Status.ELIGIBLE.value, Status.INELIGIBLE.value]
_PROJECTS = list_of(IDENTIFIER, "ids of the projects that meet the rules, sorted; none unless eligible")
_NEXT_CHANGE = (
    "the nearest later date on which status or eligibleProjects are others if no event comes; null if there is none "
    "(with knownUntil: none by then)"
)
_CUT = ("eligibleProjects", "previousEligibleProjects", "benefits", "selfGuidedResources")


def decision_schemas() -> Iterator[tuple[str, Schema]]:
    """By name; the tree's node refers to itself."""
    yield "node", _node()
    yield "cause", _cause()
    yield "decision", decision({})
    yield "current-decision", _current()
    yield "recorded-decision", decision(_KEPT)
    rules = {**nullable(ref("rule-set")), "description": "the rule set's document"}
    described = "documents of the rule sets that were to come into force later, as facts.laterRuleSets has them"
    later = list_of(nullable(ref("rule-set")), described, minItems=1)
    yield "kept-decision", decision({**_KEPT, "facts": _FACTS, "ruleSet": rules, "laterRuleSets": later})
    yield "notification", _notification()


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
    }
    optional = ("subject", "children", "omitted", "notNeeded")
    return record("One criterion's verdict, with its reasons.", members, optional)


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


def decision(recorded: dict[str, Schema]) -> Schema:
    """A decision; of a recorded one these members say more."""
    offer = {"id": text("an id"), "title": text("what it is")}
    link = {**offer, "url": text("where it is")}
    members = {
        "customerId": nullable(named(IDENTIFIER, "the customer; null if the question named none")),
        "sequence": nullable(number("number of the last recorded decision; null if this is not the current one", 1)),
        "status": one_of("whether the customer is eligible", _STATUSES),
        "eligibleProjects": _PROJECTS,
        "decidedOn": named(DAY, "the date decided for (UTC)"),
        "ruleSetVersion": nullable(number("the rules that decided; null if they were given with the question", 1)),
        "criteria": ref("node"),
        "benefits": list_of(titled("benefit", record("a benefit", offer)), "if eligible"),
        "selfGuidedResources": list_of(titled("resource", record("a resource", link)), "if not eligible"),
        "nextChangeOn": nullable(named(DAY, _NEXT_CHANGE)),
        "knownUntil": named(DAY, "how far the days ahead are known, if there are too many; left out if all are"),
        "cause": nullable(ref("cause")),
        **({} if recorded else _ANSWERED),
        **recorded,
    }
    optional = [
        "benefits",
        "selfGuidedResources",
        "wouldHelp",
        "wouldKeep",
        "notComputed",
        "knownAsOf",
        "knownUntil",
        "laterRuleSets",
        *(name for name in recorded if name.endswith("Omitted")),
    ]
    whether = [("eligible", "benefits"), ("ineligible", "selfGuidedResources")]
    offers = [{"properties": {"status": {"const": status}}, "required": [offer]} for status, offer in whether]
    return {**record("Whether a customer is eligible on a date, and why.", members, optional), "oneOf": offers}


def _current() -> Schema:
    """The last decision made, recorded or not; nobody asked for more than its reasons."""
    reasons = "why, by `ruleSetVersion` as of `decidedOn`: the part that decided, at most 16 KiB; null while a partner"
    current = {
        **{name: each for name, each in _RECORDED.items() if not name.endswith("Omitted")},
        "criteria": {**nullable(ref("node")), "description": f"{reasons}'s newer facts are on their way to it"},
    }
    return decision(current)


_ORDER = (
    "one way of each kind of action before a second of any, those first that last longest; null if it was not computed"
)
_ANSWERED: dict[str, Schema] = {
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
        one_of("a member", ["wouldHelp", "wouldKeep"]),
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
}


def _notification() -> Schema:
    members = {
        "specversion": {"const": "1.0"},
        "id": text("the customer and the sequence; a repeat has the same", pattern="^.+/[1-9][0-9]*$"),
        "source": {
            **text("the deployment, as its setting NOTIFICATIONS_SOURCE names it", minLength=1, maxLength=MAX_SOURCE),
            "format": "uri-reference",
            "default": DEFAULT_SOURCE,
        },
        "type": {"const": CHANGED},
        "subject": text('"customers/" and the customer', pattern="^customers/.+$"),
        "time": moment("when it was decided"),
        "datacontenttype": {"const": "application/json"},
        "traceparent": text(
            "the W3C trace of the event that caused it, if that had one",
            pattern="^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        ),
        "tracestate": text("the rest of it"),
        "data": decision({**_RECORDED, **_PREVIOUS}),
    }
    told = "Tells that a customer's status or eligible projects changed: a CloudEvent."
    return record(told, members, optional=("traceparent", "tracestate"))
